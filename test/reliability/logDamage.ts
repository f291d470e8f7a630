import assert from "node:assert/strict";
import {
  copyFileSync,
  mkdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { systemClock } from "../../src/adapters/clock/systemClock.ts";
import { openLog } from "../../src/adapters/log/openLog.ts";
import type { SqliteLog } from "../../src/adapters/log/sqliteLog.ts";
import { isProblem } from "../../src/core/errors.ts";
import type { Draft } from "../../src/protocol/event.ts";
import { note } from "../contract/eventLog.ts";
import { DAMAGES, damaged } from "./corruptions.ts";
import type { Seeded } from "./seeded.ts";

/** How a damaged file answered. */
export type Outcome = "harmless" | "detected" | "cut short";

const PAGE_BYTES = 4096;
const EVENTS = 600;
const PER_COMMIT = 10;

/** Stored in the file and, after `checkpoint`, only in the WAL, as a killed writer leaves it; and the hash of each event. */
interface Original {
  readonly dir: string;
  readonly hashes: readonly string[];
}

async function original(dir: string): Promise<Original> {
  const file = join(dir, "work.db");
  let log = await openLog({ file, clock: systemClock });
  const hashes: string[] = [];
  const fill = async (log: SqliteLog, from: number): Promise<void> => {
    const drafts: readonly Draft[] = Array.from(
      { length: EVENTS / 2 },
      (_, n) =>
        note(`m${String(n % 5)}`, "x".repeat((n * 97) % 700), String(from + n)),
    );
    for (let n = 0; n < drafts.length; n += PER_COMMIT)
      for (const { hash } of await log.appendAll(
        drafts.slice(n, n + PER_COMMIT),
      ))
        hashes.push(hash);
  };
  await fill(log, 0);
  await log.dispose();
  log = await openLog({ file, clock: systemClock });
  await fill(log, EVENTS);
  for (const part of ["", "-wal"])
    copyFileSync(file + part, join(dir, `log.db${part}`));
  await log.dispose();
  return { dir, hashes };
}

/** Damages that many copies of a log, one after the other in every way, in the file and in the WAL; throws when what was acknowledged is neither there nor missed. Returns how often each outcome was seen. */
export async function damageLogs(
  dir: string,
  count: number,
  random: Seeded,
): Promise<ReadonlyMap<Outcome, number>> {
  const from = await original(dir);
  const outcomes = new Map<Outcome, number>();
  for (let n = 0; n < count; n += 1) {
    const place = join(dir, `damaged-${String(n)}`);
    mkdirSync(place);
    const file = join(place, "log.db");
    const part = n % 2 === 0 ? "" : "-wal";
    for (const each of ["", "-wal"])
      copyFileSync(join(dir, `log.db${each}`), file + each);
    const damage = DAMAGES[(n >> 1) % DAMAGES.length] ?? "a cut";
    const unit = part === "" ? PAGE_BYTES : PAGE_BYTES + 24;
    const before = readFileSync(file + part);
    writeFileSync(file + part, damaged(before, damage, unit, random));
    const outcome = await outcomeOf(
      file,
      part,
      from.hashes,
      `${damage} in log.db${part}, number ${String(n)}`,
    );
    outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
    rmSync(place, { recursive: true });
  }
  return outcomes;
}

async function outcomeOf(
  file: string,
  part: string,
  hashes: readonly string[],
  what: string,
): Promise<Outcome> {
  const reported: unknown[] = [];
  let log: SqliteLog;
  try {
    log = await openLog({
      file,
      clock: systemClock,
      onProblem: (problem) => {
        reported.push(problem);
      },
    });
  } catch (error) {
    assert.ok(isProblem(error), `${what}: ${String(error)}`);
    return "detected";
  }
  try {
    const stored = new Map<number, string>();
    for (let after = 0; ;) {
      const page = log.read({ after });
      for (const { seq, hash } of page) stored.set(seq, hash);
      const last = page.at(-1);
      if (last === undefined) break;
      after = last.seq;
    }
    for (const [seq, hash] of stored)
      assert.equal(
        hash,
        hashes[seq - 1],
        `${what}: event ${String(seq)} is not what was stored`,
      );
    if (reported.length > 0 || log.verify().length > 0) return "detected";
    if (stored.size === hashes.length) return "harmless";
    // SQLite cannot tell a cut, or damage to the last three commits, from what a crash leaves.
    assert.equal(part, "-wal", `${what}: events are gone without a word`);
    const isCut = what.startsWith("a cut");
    const whole = isCut ? EVENTS / 2 : EVENTS - 3 * PER_COMMIT;
    assert.ok(
      stored.size >= whole,
      `${what}: only ${String(stored.size)} left`,
    );
    return "cut short";
  } catch (error) {
    if (isProblem(error, "log-corrupt")) return "detected";
    throw error;
  } finally {
    await log.dispose();
  }
}
