/**
 * Ends the process it is loaded into with SIGKILL at a named point of what its stores do to their files, the product's code unchanged:
 * `FAIL_POINT=NAME:NTH[:DELAY_US]`, `CHECKPOINT_PAGES=N`. The points that statements pass are in `BEFORE` and
 * `AFTER`; `in-commit` is somewhere within the COMMIT, its fsync and its checkpoint, DELAY_US after its beginning.
 */
import { writeSync } from "node:fs";
import { DatabaseSync, StatementSync } from "node:sqlite";
import { Worker } from "node:worker_threads";

const [wanted = "", nth = "0", delayUs = "0"] = (
  process.env["FAIL_POINT"] ?? ""
).split(":");
const checkpointPages = process.env["CHECKPOINT_PAGES"];
let left = Number(nth);
let isOpen = false;
const flag = new Int32Array(new SharedArrayBuffer(8));

/** Says a line on stdout at once: it is there for the reader whatever happens next. */
export function say(line: string): void {
  for (;;)
    try {
      writeSync(1, `${line}\n`);
      return;
    } catch (error) {
      const full =
        error instanceof Error && "code" in error && error.code === "EAGAIN";
      if (!full) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1);
    }
}

/** Here the process ends, when this is the point and the time. */
export function pass(point: string): void {
  if (point !== wanted || (left -= 1) !== 0) return;
  say(`at ${point}`);
  if (point === "in-commit") {
    Atomics.store(flag, 0, 1);
    Atomics.notify(flag, 0);
  } else process.kill(process.pid, "SIGKILL");
}

/** The stores are open: `open` is passed for the last time, however many of its passes were still to come. */
export function opened(): void {
  if (wanted === "open") left = 1;
  pass("open");
  isOpen = true;
}

const BEFORE: readonly (readonly [point: string, sql: RegExp])[] = [
  ["begin", /^\s*BEGIN/],
  ["commit", /^\s*COMMIT/],
  ["in-commit", /^\s*COMMIT/],
  ["late-rows", /^UPDATE writer SET projected_seq/],
  ["closing", /^UPDATE writer SET closed_at_seq/],
  ["migrate", /ALTER TABLE events ADD COLUMN/],
  ["archive-delete", /^DELETE FROM events/],
  ["archive-give-back", /incremental_vacuum/],
  ["let-go", /^DELETE FROM bodies/],
  ["forget", /^DELETE FROM journal/],
  ["bury", /^INSERT INTO dead_letters/],
];
const AFTER: readonly (readonly [point: string, sql: RegExp])[] = [
  ["insert", /^INSERT/],
  ["committed", /^\s*COMMIT/],
  ["migrated", /ALTER TABLE events ADD COLUMN/],
];

function around<R>(sql: string, act: () => R): R {
  if (!isOpen) pass("open");
  for (const [point, pattern] of BEFORE) if (pattern.test(sql)) pass(point);
  const result = act();
  for (const [point, pattern] of AFTER) if (pattern.test(sql)) pass(point);
  return result;
}

const exec = Reflect.get(DatabaseSync.prototype, "exec");
const run = Reflect.get(StatementSync.prototype, "run");

DatabaseSync.prototype.exec = function (sql) {
  around(sql, () => {
    Reflect.apply(exec, this, [sql]);
  });
  // Small, so that most commits move pages from the WAL to the file.
  if (checkpointPages !== undefined && sql.includes("wal_autocheckpoint"))
    Reflect.apply(exec, this, [
      `PRAGMA wal_autocheckpoint = ${checkpointPages}`,
    ]);
};
StatementSync.prototype.run = function (...parameters: unknown[]) {
  return around(
    this.sourceSQL,
    () => Reflect.apply(run, this, parameters) as ReturnType<typeof run>,
  );
};

// A thread of its own: while a commit is on its way, the thread that does it is not able to.
if (wanted === "in-commit") {
  const killer = new Worker(
    `const { parentPort, workerData } = require("node:worker_threads");
     parentPort.postMessage("ready");
     Atomics.wait(workerData.flag, 0, 0);
     const end = performance.now() + workerData.delayMs;
     while (performance.now() < end);
     process.kill(process.pid, "SIGKILL");`,
    { eval: true, workerData: { flag, delayMs: Number(delayUs) / 1000 } },
  );
  await new Promise((resolve) => killer.once("message", resolve));
}
