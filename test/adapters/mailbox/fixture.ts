import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { TestContext } from "node:test";
import { systemClock } from "../../../src/adapters/clock/systemClock.ts";
import type { MailboxOptions } from "../../../src/adapters/mailbox/openMailboxes.ts";
import { openMailboxes } from "../../../src/adapters/mailbox/openMailboxes.ts";
import type { ErrorCode, RoundtableError } from "../../../src/core/errors.ts";
import { isProblem } from "../../../src/core/errors.ts";
import type { Mailboxes } from "../../../src/ports/mailboxes.ts";

/** A file in a folder that goes when the test ends. */
export function mailboxFile(t: TestContext, below = tmpdir()): string {
  const dir = mkdtempSync(join(below, "roundtable-mailbox-"));
  t.after(() => {
    rmSync(dir, { recursive: true, force: true });
  });
  return join(dir, "mailbox.db");
}

/** Opens mailboxes that are closed when the test ends, and collects what they report. */
export function opened(
  t: TestContext,
  file: string,
  options: Partial<MailboxOptions> = {},
): { readonly store: Mailboxes; readonly problems: RoundtableError[] } {
  const problems: RoundtableError[] = [];
  const store = openMailboxes({
    file,
    clock: systemClock,
    onProblem: (problem) => problems.push(problem),
    ...options,
  });
  t.after(() => store.dispose());
  return { store, problems };
}

/** For `assert.rejects` and `assert.throws`: a problem of this kind with something to do in it. */
export function problem(code: ErrorCode): (error: unknown) => true {
  return (error) => {
    assert.ok(isProblem(error, code), `expected ${code}, got ${String(error)}`);
    assert.ok(error.next.length > 0);
    return true;
  };
}

/** Another process with mailboxes open; see `hubChild.ts`. */
export interface Child {
  readonly lines: AsyncIterableIterator<string>;
  /** Ends it without a chance to tidy up; resolves when it is gone. */
  kill(): Promise<void>;
}

/** Starts one of the processes beside this file. */
export function startChild(
  t: TestContext,
  name: string,
  args: readonly string[],
): Child {
  const child = spawn(
    process.execPath,
    [join(import.meta.dirname, name), ...args],
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

/** The next line of a process. */
export async function nextLine(child: Child): Promise<string> {
  const next = await child.lines.next();
  assert.ok(next.done !== true, "the process ended without a word");
  return next.value;
}
