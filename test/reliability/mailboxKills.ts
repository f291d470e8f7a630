import assert from "node:assert/strict";
import { copyFileSync, existsSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { systemClock } from "../../src/adapters/clock/systemClock.ts";
import { openMailboxes } from "../../src/adapters/mailbox/openMailboxes.ts";
import type { RoundtableError } from "../../src/core/errors.ts";
import type { Seeded } from "./seeded.ts";
import type { Tally } from "./tally.ts";
import type { End } from "./victim.ts";
import { live } from "./victim.ts";

/** Points of the mailboxes' writer, and up to which of its passes it is killed there. */
const POINTS: readonly (readonly [point: string, upTo: number])[] = [
  ["open", 10],
  ["begin", 60],
  ["insert", 120],
  ["commit", 60],
  ["in-commit", 60],
  ["committed", 60],
  ["let-go", 10],
  ["bury", 10],
];
const LIVES = 15;
const MOST_MS = 60;

/** Every point a mailboxes' writer is killed at. */
export const MAILBOX_POINTS: readonly string[] = POINTS.map(([point]) => point);

/** Kills that many processes with durable delivery, in files of some lives each, half of them at the named points; throws when an acknowledged message is lost or has two places, or comes again after its recipient's acknowledgement was on disk. */
export async function killMailboxes(
  script: string,
  dir: string,
  kills: number,
  random: Seeded,
  tally: Tally,
): Promise<void> {
  for (let killed = 0; killed < kills; killed += LIVES) {
    const place = join(dir, `mailbox-${String(killed)}`);
    mkdirSync(place);
    const lives = Math.min(LIVES, kills - killed);
    await killOne(script, place, { lives, before: killed }, random, tally);
    rmSync(place, { recursive: true });
  }
}

/** What the processes said of one file. */
interface Heard {
  /** Place of every acknowledged message. */
  readonly sent: Map<string, number>;
  /** Places the recipient said it was done with, and those of them that are on disk as such. */
  readonly done: Set<number>;
  readonly stored: Set<number>;
}

async function killOne(
  script: string,
  dir: string,
  { lives, before }: { readonly lives: number; readonly before: number },
  random: Seeded,
  tally: Tally,
): Promise<void> {
  const file = join(dir, "mailbox.db");
  const heard: Heard = { sent: new Map(), done: new Set(), stored: new Set() };
  const placed = new Map<string, number>();
  const hear = (line: string): void => {
    const [what, ...rest] = line.split(" ");
    const [id = "", seq = ""] = rest;
    if (what === "open") tally.recovered(Number(id));
    if (what === "done") heard.done.add(Number(id));
    if (what === "stored")
      for (const one of rest) heard.stored.add(Number(one));
    if (what !== "got" && what !== "sent") return;
    const place = placed.get(id) ?? Number(seq);
    assert.equal(Number(seq), place, `${id} has two places`);
    placed.set(id, place);
    if (what === "sent") heard.sent.set(id, place);
    else assert.ok(!heard.stored.has(place), `${id} came again`);
  };
  for (let run = 1; run <= lives; run += 1) {
    const end = endOf(before + run, random);
    const args = [file, String(run), String(1 + random.below(8))];
    const pages = random.below(2) === 0 ? { CHECKPOINT_PAGES: "8" } : {};
    await live(script, args, end, hear, pages);
    await check(file, join(dir, "copy"), heard);
    tally.killed(end);
  }
  assert.equal(new Set(placed.values()).size, placed.size, "two at one place");
}

function endOf(n: number, random: Seeded): End {
  if (n % 2 === 0) return { afterMs: random.below(MOST_MS * 1000) / 1000 };
  const [point = "begin", upTo = 1] = POINTS[(n >> 1) % POINTS.length] ?? [];
  return {
    failPoint: `${point}:${String(1 + random.below(upTo))}:${String(random.below(3000))}`,
  };
}

/** Looks at a copy, so that the next process finds the file as the kill left it. */
async function check(
  file: string,
  dir: string,
  { sent, done, stored }: Heard,
): Promise<void> {
  mkdirSync(dir);
  const copy = join(dir, "mailbox.db");
  for (const part of ["", "-wal"])
    if (existsSync(file + part)) copyFileSync(file + part, copy + part);
  const problems: RoundtableError[] = [];
  const store = openMailboxes({
    file: copy,
    clock: systemClock,
    onProblem: (problem) => problems.push(problem),
  });
  assert.deepEqual(problems, []);
  const waiting = new Set<number>();
  for (const { mailbox, seq } of store.waiting()) {
    assert.ok(store.read(mailbox, seq) !== undefined);
    assert.ok(!stored.has(seq), `place ${String(seq)} waits again`);
    assert.ok(!waiting.has(seq), `place ${String(seq)} waits twice`);
    waiting.add(seq);
  }
  for (const [id, seq] of sent)
    assert.ok(waiting.has(seq) || done.has(seq), `${id} was lost`);
  const dead = store
    .deadLetters({ limit: 10_000 })
    .map(({ header }) => header.id);
  assert.equal(new Set(dead).size, dead.length, "one died twice");
  await store.dispose();
  rmSync(dir, { recursive: true });
}
