/**
 * An acknowledgement means fsynced. A killed process cannot show a missing fsync, because the kernel still writes what it was given;
 * but a thread that waits for the disk gives up the processor. So each append must show at least one voluntary context switch
 * (getrusage(2), `ru_nvcsw`) between call and acknowledgement, and the same log without the fsync must show next to none.
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
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { TestContext } from "node:test";
import { describe, it } from "node:test";
import type { EventLog } from "../../../src/ports.ts";
import { note } from "../../contract/eventLog.ts";
import { logFile, opened } from "./fixture.ts";
import { openUnsynced } from "./unsynced.ts";

const APPENDS = 200;

describe("an acknowledged event", () => {
  it("has been waited for on the disk; the control without fsync is told apart", async (t) => {
    const folder = folderOnDisk(t);
    const file = logFile(t, folder);
    const full = await waits(await opened(t, file));
    assert.ok(
      full >= APPENDS * 0.95,
      `only ${String(full)} of ${String(APPENDS)} appends waited for the disk`,
    );

    const unsynced = openUnsynced(logFile(t, folder));
    t.after(() => unsynced.dispose());
    const control = await waits(unsynced);
    assert.ok(
      control <= APPENDS * 0.1,
      `${String(control)} of ${String(APPENDS)} appends waited although nothing was synced, so this check shows nothing`,
    );
  });

  it("is committed in the very moment of the acknowledgement: another connection sees it", async (t) => {
    const file = logFile(t);
    const log = await opened(t, file);
    const other = new DatabaseSync(file, { readOnly: true });
    t.after(() => {
      other.close();
    });
    const seen = other.prepare("SELECT MAX(seq) AS seq FROM events");
    for (let i = 0; i < 20; i += 1) {
      const { seq } = await log.append(note("m1", `text ${String(i)}`));
      assert.equal(seen.get()?.["seq"], seq);
    }
  });
});

/** How many of 200 appends, one after the other, gave up the processor. */
async function waits(log: EventLog): Promise<number> {
  let waited = 0;
  // The first ones create the file and compile statements.
  for (let i = -20; i < APPENDS; i += 1) {
    const before = switches();
    await log.append(note("m1", `text ${String(i)}`));
    if (i >= 0 && switches() > before) waited += 1;
  }
  return waited;
}

/** A folder where an fsync can be seen at all: in memory file systems it does nothing. */
function folderOnDisk(t: TestContext): string {
  for (const folder of [tmpdir(), import.meta.dirname]) {
    const fd = openSync(join(logFile(t, folder), "..", "probe"), "w");
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
