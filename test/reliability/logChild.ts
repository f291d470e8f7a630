/**
 * A process with the log that works until it is killed: `FILE RUN LANES ARCHIVES`. Says `open EPOCH MS`, then `key MISSION KEY SEQ HASH` for
 * each acknowledged event and `mission ID` for each that was stored from its opening to its end.
 */
import { systemClock } from "../../src/adapters/clock/systemClock.ts";
import { archiveMissions } from "../../src/adapters/log/archive.ts";
import { openLog } from "../../src/adapters/log/openLog.ts";
import type { Draft } from "../../src/protocol/event.ts";
import { wholeMission } from "../adapters/log/missions.ts";
import { note } from "../contract/eventLog.ts";
import { opened, pass, say } from "./failPoints.ts";

/** Far enough from now that every closed mission is old. */
const LATER = {
  ...systemClock,
  now: () => systemClock.now() + 30 * 86_400_000,
};

const [file = "", run = "0", lanes = "0", archives = ""] =
  process.argv.slice(2);
const began = performance.now();
const log = await openLog({ file, clock: systemClock });
log.read({ after: Math.max(0, log.head() - 1) });
opened();
say(`open ${String(log.epoch)} ${String(performance.now() - began)}`);

function task(missionId: string, id: string): Draft {
  return {
    missionId,
    type: "TaskSubmitted",
    data: {
      taskId: id,
      contextId: missionId,
      agentId: "dev",
      from: "client",
      message: {
        messageId: id,
        role: "ROLE_USER",
        parts: [{ text: "go" }],
      },
    },
    by: "client",
    key: id,
  };
}

function done(missionId: string, taskId: string): Draft {
  return {
    missionId,
    type: "TaskStatusChanged",
    data: { taskId, status: { state: "TASK_STATE_COMPLETED" } },
    by: "dev",
    key: `${taskId}-done`,
  };
}

async function store(drafts: readonly Draft[]): Promise<void> {
  for (const event of await log.appendAll(drafts))
    say(
      `key ${event.missionId} ${String(event.key)} ${String(event.seq)} ${event.hash}`,
    );
}

async function append(inRun: number, lane: number, n: number): Promise<void> {
  const id = `${String(inRun)}-${String(lane)}-${String(n)}`;
  const missionId = `m${String((lane + n) % 3)}`;
  if (n % 4 !== 0) {
    await store([note(missionId, "x".repeat((n * 97) % 1500), id)]);
    return;
  }
  await store([task(missionId, id)]);
  await store([done(missionId, id)]);
  // A list of tasks has the rows written that wait for a later commit.
  if (n % 12 === 0) log.tasks({ limit: 1 });
}

/** What the process before may or may not have heard of, once more: what is stored must not be stored again. */
async function again(lane: number): Promise<void> {
  for (let n = 0; n < 12; n += 1) await append(Number(run) - 1, lane, n);
}

async function work(lane: number): Promise<never> {
  if (Number(run) > 1) await again(lane);
  for (let n = 0; ; n += 1) await append(Number(run), lane, n);
}

async function archive(): Promise<never> {
  for (let n = 0; ; n += 1) {
    const id = `archived-${run}-${String(n)}`;
    await wholeMission(log, id, 3, 4000);
    say(`mission ${id}`);
    await archiveMissions(
      log,
      { keepDays: 1, keepMegabytes: 0 },
      {
        clock: LATER,
        onStep: (step) => {
          pass(`archive-${step}`);
        },
      },
    );
  }
}

if (archives === "close") {
  // Every lane has had its say by then.
  setTimeout(() => void log.dispose(), 20);
}
for (let lane = 0; lane < Number(lanes); lane += 1)
  work(lane).catch((error: unknown) => {
    if (archives !== "close") throw error;
  });
if (archives === "archive") await archive();
