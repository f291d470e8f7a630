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
import { openMailboxes } from "../../src/adapters/mailbox/openMailboxes.ts";
import { isProblem } from "../../src/core/errors.ts";
import type { Mailboxes } from "../../src/ports/mailboxes.ts";
import { letter, textOf } from "../contract/mailboxes.ts";
import { DAMAGES, damaged } from "./corruptions.ts";
import type { Outcome } from "./logDamage.ts";
import type { Seeded } from "./seeded.ts";

const PAGE_BYTES = 8192;
const LETTERS = 300;
const PER_COMMIT = 5;

/** Mailboxes half of whose letters are in the file and half only in the WAL, as a killed process leaves them; returns the text at each place. */
async function original(dir: string): Promise<ReadonlyMap<number, string>> {
  const file = join(dir, "work.db");
  const texts = new Map<number, string>();
  const fill = async (store: Mailboxes, from: number): Promise<void> => {
    for (let n = from; n < from + LETTERS / 2; n += PER_COMMIT)
      await Promise.all(
        Array.from({ length: PER_COMMIT }, async (_, i) => {
          const text = `${String(n + i)} `.repeat((n * 97) % 500);
          const { seq } = await store.add(letter(String(n + i), text), ["b"]);
          texts.set(seq, text);
        }),
      );
  };
  let store = openMailboxes({ file, clock: systemClock });
  await fill(store, 0);
  await store.dispose();
  store = openMailboxes({ file, clock: systemClock });
  await fill(store, LETTERS / 2);
  for (const part of ["", "-wal"])
    copyFileSync(file + part, join(dir, `mailbox.db${part}`));
  await store.dispose();
  return texts;
}

/** Damages that many copies of mailboxes like `damageLogs`; throws when a letter is neither there as it was nor missed. */
export async function damageMailboxes(
  dir: string,
  count: number,
  random: Seeded,
): Promise<ReadonlyMap<Outcome, number>> {
  const texts = await original(dir);
  const outcomes = new Map<Outcome, number>();
  for (let n = 0; n < count; n += 1) {
    const place = join(dir, `damaged-${String(n)}`);
    mkdirSync(place);
    const file = join(place, "mailbox.db");
    const part = n % 2 === 0 ? "" : "-wal";
    for (const each of ["", "-wal"])
      copyFileSync(join(dir, `mailbox.db${each}`), file + each);
    const damage = DAMAGES[(n >> 1) % DAMAGES.length] ?? "a cut";
    const unit = part === "" ? PAGE_BYTES : PAGE_BYTES + 24;
    const before = readFileSync(file + part);
    writeFileSync(file + part, damaged(before, damage, unit, random));
    const what = `${damage} in mailbox.db${part}, number ${String(n)}`;
    const outcome = await outcomeOf(file, part, texts, what);
    outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
    rmSync(place, { recursive: true });
  }
  return outcomes;
}

async function outcomeOf(
  file: string,
  part: string,
  texts: ReadonlyMap<number, string>,
  what: string,
): Promise<Outcome> {
  const reported: unknown[] = [];
  let store: Mailboxes;
  try {
    store = openMailboxes({
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
    let there = 0;
    for (const { seq } of store.waiting()) {
      const found = store.read("b", seq);
      assert.equal(
        textOf(found),
        texts.get(seq),
        `${what}: place ${String(seq)}`,
      );
      there += 1;
    }
    if (reported.length > 0) return "detected";
    if (there === texts.size) return "harmless";
    assert.equal(part, "-wal", `${what}: letters are gone without a word`);
    const isCut = what.startsWith("a cut");
    const whole = isCut ? LETTERS / 2 : LETTERS - 3 * PER_COMMIT;
    assert.ok(there >= whole, `${what}: only ${String(there)} left`);
    return "cut short";
  } catch (error) {
    if (isProblem(error, "mailbox-corrupt")) return "detected";
    throw error;
  } finally {
    await store.dispose();
  }
}
