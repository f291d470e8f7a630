import assert from "node:assert/strict";
import { copyFileSync, existsSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { systemClock } from "../../src/adapters/clock/systemClock.ts";
import { openLog } from "../../src/adapters/log/openLog.ts";
import { fromShelf } from "../../src/adapters/log/shelf.ts";
import type { RoundtableError } from "../../src/core/errors.ts";
import type { Recorded } from "../../src/protocol/event.ts";
import { writeVersion1 } from "../adapters/log/version1.ts";
import type { Seeded } from "./seeded.ts";
import type { Tally } from "./tally.ts";
import type { End } from "./victim.ts";
import { live } from "./victim.ts";

/** Points of a log's writer, and up to which of its passes it is killed there. */
const POINTS: readonly (readonly [point: string, upTo: number])[] = [
  ["open", 12],
  ["begin", 60],
  ["insert", 120],
  ["commit", 60],
  ["in-commit", 60],
  ["committed", 60],
  ["late-rows", 4],
  ["closing", 1],
  ["archive-written", 2],
  ["archive-delete", 2],
  ["archive-recorded", 2],
  ["archive-give-back", 2],
  ["archive-givenBack", 2],
];
/** Points of the first opening of a file of an older version. */
const MIGRATION_POINTS = ["migrate", "migrated", "open"] as const;
/** Lives of one file. */
const LIVES = 15;
/** Longest time until a random kill, ms. */
const MOST_MS = 60;

/** Every point a log's writer is killed at. */
export const LOG_POINTS: readonly string[] = [
  ...POINTS.map(([point]) => point),
  ...MIGRATION_POINTS,
];

/** Kills that many writers, in files of some lives each, half of them at the named points; throws when anything that was acknowledged is not there as it was, or anything is there twice. */
export async function killLogs(
  script: string,
  dir: string,
  kills: number,
  random: Seeded,
  tally: Tally,
): Promise<void> {
  for (let killed = 0; killed < kills; killed += LIVES) {
    const place = join(dir, `log-${String(killed)}`);
    mkdirSync(place);
    const lives = Math.min(LIVES, kills - killed);
    await killOne(script, place, { lives, before: killed }, random, tally);
    rmSync(place, { recursive: true });
  }
}

async function killOne(
  script: string,
  dir: string,
  { lives, before }: { readonly lives: number; readonly before: number },
  random: Seeded,
  tally: Tally,
): Promise<void> {
  const file = join(dir, "log.db");
  const acknowledged = new Map<string, string>();
  const missions: string[] = [];
  let epoch = 0;
  const hear = (line: string): void => {
    const [what, first = "", second = "", ...place] = line.split(" ");
    if (what === "open") {
      assert.ok(Number(first) > epoch, "the epoch grows with every writer");
      epoch = Number(first);
      tally.recovered(Number(second));
    } else if (what === "mission") missions.push(first);
    else if (what === "key") {
      const key = `${first} ${second}`;
      const told = place.join(" ");
      assert.equal(acknowledged.get(key) ?? told, told, `${key} came twice`);
      acknowledged.set(key, told);
    }
  };
  for (let run = 1; run <= lives; run += 1) {
    const { end, mode } = endOf(before + run, run, random);
    if (mode === "old") writeVersion1(file);
    const args = [file, String(run), String(1 + random.below(8)), mode];
    const pages = random.below(2) === 0 ? { CHECKPOINT_PAGES: "8" } : {};
    await live(script, args, end, hear, pages);
    await check(file, join(dir, "copy"), acknowledged, missions);
    tally.killed(end);
  }
}

/** How the life ends: at each point in turn, and in between at a random time. */
function endOf(
  n: number,
  run: number,
  random: Seeded,
): { readonly end: End; readonly mode: string } {
  const at = (point: string, upTo: number): End => ({
    failPoint: `${point}:${String(1 + random.below(upTo))}:${String(random.below(3000))}`,
  });
  if (run === 1) {
    const point = random.of(MIGRATION_POINTS);
    return { end: at(point, point === "open" ? 12 : 1), mode: "old" };
  }
  if (n % 2 === 0)
    return {
      end: { afterMs: random.below(MOST_MS * 1000) / 1000 },
      mode: random.below(4) === 0 ? "archive" : "",
    };
  const [point = "begin", upTo = 1] = POINTS[(n >> 1) % POINTS.length] ?? [];
  if (point === "closing") return { end: at(point, upTo), mode: "close" };
  const mode = point.startsWith("archive") ? "archive" : "";
  return { end: at(point, upTo), mode };
}

/** Looks at a copy, so that the next writer finds the file as the kill left it. */
async function check(
  file: string,
  dir: string,
  acknowledged: ReadonlyMap<string, string>,
  missions: readonly string[],
): Promise<void> {
  mkdirSync(dir);
  const copy = join(dir, "log.db");
  for (const part of ["", "-wal"])
    if (existsSync(file + part)) copyFileSync(file + part, copy + part);
  const problems: RoundtableError[] = [];
  const log = await openLog({
    file: copy,
    clock: systemClock,
    onProblem: (problem) => problems.push(problem),
  });
  assert.deepEqual(problems, []);
  assert.deepEqual(log.verify(), []);
  const stored = new Map<string, string>();
  const ended = new Set<string>();
  const tasks: string[] = [];
  const kept = new Set<string>();
  for (let after = 0; ;) {
    const page = log.read({ after });
    for (const event of page) take(event);
    const last = page.at(-1);
    if (last === undefined) break;
    after = last.seq;
  }
  function take(event: Recorded): void {
    kept.add(event.missionId);
    if (event.type === "TaskSubmitted") tasks.push(event.data.taskId);
    if (event.type === "TaskStatusChanged") ended.add(event.data.taskId);
    const key = `${event.missionId} ${String(event.key)}`;
    assert.ok(
      event.key === undefined || !stored.has(key),
      `${key} is stored twice`,
    );
    stored.set(key, `${String(event.seq)} ${event.hash}`);
  }
  for (const [key, told] of acknowledged)
    assert.equal(stored.get(key), told, `${key} was lost`);
  assert.equal(new Set(tasks).size, tasks.length, "one task was begun twice");
  for (const id of tasks)
    assert.equal(
      log.task(id)?.state,
      ended.has(id) ? "TASK_STATE_COMPLETED" : "TASK_STATE_SUBMITTED",
    );
  assert.equal(log.tasks({ limit: 1 }).total, tasks.length);
  for (const id of missions) {
    const events = kept.has(id) ? log.mission(id) : await fromShelf(file, id);
    assert.equal(events?.length, 6, `mission ${id} was lost`);
  }
  await log.dispose();
  rmSync(dir, { recursive: true });
}
