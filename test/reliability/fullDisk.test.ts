import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it } from "node:test";

/** Runs in a user and a mount namespace, so that one need not be root outside: a disk of 4 MB at `$1`, then the command behind it. */
const ON_A_SMALL_DISK = [
  "unshare",
  ...["--user", "--map-root-user", "--mount", "sh", "-c"],
  'mount -t tmpfs -o size=4m tmpfs "$1" && shift && exec "$@"',
  "sh",
];

interface Filled {
  readonly stored: number;
  readonly code: string;
}

interface Told {
  readonly events: Filled;
  readonly letters: Filled;
  readonly whileFull: { readonly events: number; readonly letters: number };
  readonly after: { readonly seq: number; readonly duplicate: boolean };
  readonly kept: {
    readonly events: number;
    readonly broken: number;
    readonly letters: number;
  };
}

describe("a real disk that is full", () => {
  it("refuses with a code, goes on reading, and takes writes again once there is space", (t) => {
    const dir = mkdtempSync(join(tmpdir(), "roundtable-disk-"));
    t.after(() => {
      rmSync(dir, { recursive: true });
    });
    const [disk, roomy] = [join(dir, "disk"), join(dir, "roomy")];
    mkdirSync(disk);
    const [command = "", ...args] = ON_A_SMALL_DISK;
    if (spawnSync(command, [...args, disk, "true"]).status !== 0) {
      // `limits.test.ts` of both stores shows the same with SQLite's own limit, on every machine.
      t.diagnostic("NOT RUN: no disk can be mounted on this machine");
      return;
    }
    const child = join(import.meta.dirname, "fullDiskChild.ts");
    const { stdout, stderr } = spawnSync(
      command,
      [...args, disk, process.execPath, child, disk, roomy],
      { encoding: "utf8" },
    );
    assert.ok(stdout.endsWith("}\n"), stderr);
    const { events, letters, whileFull, after, kept } = JSON.parse(
      stdout,
    ) as Told;
    assert.deepEqual([events.code, letters.code], ["log-full", "mailbox-full"]);
    assert.ok(events.stored > 0);
    assert.deepEqual(whileFull, {
      events: events.stored,
      letters: letters.stored,
    });
    assert.deepEqual(after, { seq: events.stored + 1, duplicate: false });
    assert.deepEqual(kept, {
      events: events.stored + 1,
      broken: 0,
      letters: letters.stored + 1,
    });
  });
});
