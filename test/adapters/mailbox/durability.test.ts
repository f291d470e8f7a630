/**
 * An acknowledgement means fsynced. A killed process cannot show a missing fsync, because the kernel still writes what it was given; but
 * a thread that waits for the disk gives up the processor. So each acknowledged letter must show at least one voluntary context switch
 * (getrusage(2), `ru_nvcsw`) before it, and the same mailboxes without the fsync must show next to none.
 */
import assert from "node:assert/strict";
import {
  closeSync,
  fdatasyncSync,
  openSync,
  readFileSync,
  writeSync,
} from "node:fs";
import { tmpdir } from "node:os";
import type { TestContext } from "node:test";
import { describe, it } from "node:test";
import type { Mailboxes } from "../../../src/ports/mailboxes.ts";
import { letter } from "../../contract/mailboxes.ts";
import { mailboxFile, opened } from "./fixture.ts";
import { openUnsynced } from "./unsynced.ts";

const LETTERS = 200;

describe("an acknowledged letter", () => {
  it("has been waited for on the disk; the control without fsync is told apart", async (t) => {
    const folder = folderOnDisk(t);
    const full = await waits(opened(t, mailboxFile(t, folder)).store);
    assert.ok(
      full >= LETTERS * 0.95,
      `only ${String(full)} of ${String(LETTERS)} letters waited for the disk`,
    );
    const unsynced = openUnsynced(mailboxFile(t, folder));
    t.after(() => unsynced.dispose());
    const control = await waits(unsynced);
    assert.ok(
      control <= LETTERS * 0.1,
      `${String(control)} of ${String(LETTERS)} letters waited although nothing was synced, so this check shows nothing`,
    );
  });
});

/** How many of 200 letters, one after the other, gave up the processor. */
async function waits(store: Mailboxes): Promise<number> {
  let waited = 0;
  // The first ones create the file and compile statements.
  for (let i = -20; i < LETTERS; i += 1) {
    const before = switches();
    await store.add(letter(`m${String(i)}`), ["b"]);
    if (i >= 0 && switches() > before) waited += 1;
  }
  return waited;
}

/** A folder where an fsync can be seen at all: in memory file systems it does nothing. */
function folderOnDisk(t: TestContext): string {
  for (const folder of [tmpdir(), import.meta.dirname]) {
    const fd = openSync(`${mailboxFile(t, folder)}.probe`, "w");
    let seen = 0;
    for (let i = 0; i < 20; i += 1) {
      writeSync(fd, "x".repeat(4096));
      const before = switches();
      fdatasyncSync(fd);
      if (switches() > before) seen += 1;
    }
    closeSync(fd);
    if (seen === 20) return folder;
  }
  assert.fail(
    `neither ${tmpdir()} nor ${import.meta.dirname} is on a disk that waits for an fsync; set TMPDIR to a folder on a real disk to run this check`,
  );
}

/** Voluntary context switches so far: of the main thread where the system tells, else of the process. */
function switches(): number {
  if (process.platform !== "linux")
    return process.resourceUsage().voluntaryContextSwitches;
  const status = readFileSync("/proc/self/status", "utf8");
  const count = /^voluntary_ctxt_switches:\s*(\d+)$/m.exec(status)?.[1];
  assert.ok(count !== undefined, "/proc/self/status counts no switches");
  return Number(count);
}
