import assert from "node:assert/strict";
import type { ChildProcessByStdio } from "node:child_process";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { DatabaseSync } from "node:sqlite";
import type { TestContext } from "node:test";
import { systemClock } from "../../../src/adapters/clock/systemClock.ts";
import type { LogOptions } from "../../../src/adapters/log/openLog.ts";
import { openLog } from "../../../src/adapters/log/openLog.ts";
import { isProblem } from "../../../src/core/errors.ts";
import type { ErrorCode, RoundtableError } from "../../../src/core/errors.ts";
import type { SqliteLog } from "../../../src/adapters/log/sqliteLog.ts";
import type { EventLog } from "../../../src/ports.ts";

/** A file in a folder that goes when the test ends. */
export function logFile(t: TestContext, below = tmpdir()): string {
  const dir = mkdtempSync(join(below, "roundtable-log-"));
  t.after(() => {
    rmSync(dir, { recursive: true, force: true });
  });
  return join(dir, "log.db");
}

/** Opens a log that is closed when the test ends. */
export async function opened(
  t: TestContext,
  file: string,
  options: Partial<LogOptions> = {},
): Promise<SqliteLog> {
  const log = await openLog({ file, clock: systemClock, ...options });
  t.after(() => log.dispose());
  return log;
}

/** Opens a log and collects what it reports. */
export async function openedWithProblems(
  t: TestContext,
  file: string,
): Promise<{ log: EventLog; problems: RoundtableError[] }> {
  const problems: RoundtableError[] = [];
  const log = await opened(t, file, {
    onProblem: (problem) => problems.push(problem),
  });
  return { log, problems };
}

/** Changes the file behind the log's back. */
export function tamper(file: string, sql: string): void {
  const db = new DatabaseSync(file);
  db.exec(
    `DROP TRIGGER events_never_change; DROP TRIGGER events_never_go; ${sql}`,
  );
  db.close();
}

/** For `assert.rejects`: a problem of this kind with something to do in it. */
export function problem(code: ErrorCode): (error: unknown) => true {
  return (error) => {
    assert.ok(isProblem(error, code), `expected ${code}, got ${String(error)}`);
    assert.ok(error.next.length > 0);
    return true;
  };
}

/** Another process that has the log open and appends; see `writerProcess.ts`. */
export interface Writer {
  /** The next line it prints: `open EPOCH`, then `SEQ HASH` for each acknowledged event, or `problem CODE`. */
  readonly lines: AsyncIterableIterator<string>;
  /** Ends it without a chance to tidy up; resolves when it is gone. */
  kill(): Promise<void>;
}

/** Starts a writer; `inFlight` 0 only holds the log. */
export function startWriter(
  t: TestContext,
  file: string,
  inFlight: number,
  waitMs = 0,
): Writer {
  const child: ChildProcessByStdio<null, Readable, null> = spawn(
    process.execPath,
    [
      fileURLToPath(import.meta.resolve("./writerProcess.ts")),
      file,
      String(inFlight),
      String(waitMs),
    ],
    { stdio: ["ignore", "pipe", "inherit"] },
  );
  const gone = once(child, "exit");
  const kill = async (): Promise<void> => {
    child.kill("SIGKILL");
    await gone;
  };
  t.after(kill);
  return {
    lines: createInterface({ input: child.stdout })[Symbol.asyncIterator](),
    kill,
  };
}

/** The next line of a writer. */
export async function nextLine(writer: Writer): Promise<string> {
  const next = await writer.lines.next();
  assert.ok(next.done !== true, "the writer ended without a word");
  return next.value;
}
