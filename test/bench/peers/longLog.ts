/** A log with a long history, made fast: the same bytes each time, kept in the temporary folder for the next run. */
import { existsSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { checkDraft } from "../../../src/adapters/log/draft.ts";
import { openProjection } from "../../../src/adapters/log/project.ts";
import { INSERT, values } from "../../../src/adapters/log/row.ts";
import { prepare, SCHEMA_VERSION } from "../../../src/adapters/log/schema.ts";
import { seal } from "../../../src/adapters/log/seal.ts";
import type {
  DataOf,
  Draft,
  EventType,
  Recorded,
} from "../../../src/protocol/event.ts";

/** Events of one A2A conversation, and of one mission. */
const PER_TASK = 4;
const PER_MISSION = 200;
/** Missions at the end that are still open. */
const OPEN = 3;
const START_AT = 1_700_000_000_000;

/** Id of a task in the middle of the history. */
export const OLD_TASK = "task-1000";

type Said = { [T in EventType]: { type: T; data: DataOf<T> } }[EventType];

const text = "x".repeat(600);

function taskEvents(taskId: string, contextId: string): readonly Said[] {
  const message = {
    messageId: `${taskId}-m`,
    role: "ROLE_USER" as const,
    parts: [{ text }],
  };
  const artifact = { artifactId: "a", parts: [{ text }] };
  const from = "client";
  return [
    {
      type: "TaskSubmitted",
      data: { taskId, contextId, agentId: "developer", from, message },
    },
    {
      type: "TaskStatusChanged",
      data: { taskId, status: { state: "TASK_STATE_WORKING" } },
    },
    { type: "TaskArtifactAdded", data: { taskId, artifact, append: false } },
    {
      type: "TaskStatusChanged",
      data: { taskId, status: { state: "TASK_STATE_COMPLETED" } },
    },
  ];
}

function missionEvents(missionId: string, isOpen: boolean): readonly Said[] {
  const said: Said[] = [
    {
      type: "MissionOpened",
      data: {
        kind: "question",
        goal: `The goal of ${missionId}`,
        repo: { root: "/r", branch: "main", commit: "c", tree: "t" },
        model: "played",
        electorate: [],
        rules: {
          threshold: 750,
          quorum: 600,
          maxRounds: 2,
          roundMs: 60_000,
          vetoRoles: [],
          requiredRoles: [],
          prior: 500,
        },
        budget: { microUsd: 1_000_000, turnsPerTask: 20, taskMs: 60_000 },
        approve: "ask",
        checks: [],
        maxAttempts: 3,
      },
    },
  ];
  for (let i = 0; said.length + PER_TASK < PER_MISSION; i += 1)
    said.push(...taskEvents(`${missionId}-${String(i)}`, missionId));
  while (said.length < PER_MISSION - 1)
    said.push({ type: "AgentLeft", data: { agentId: "developer", why: text } });
  if (!isOpen)
    said.push({
      type: "MissionClosed",
      data: { outcome: { kind: "answered", summary: "Done." } },
    });
  return said;
}

/** The conversations of a history of that many events, one after the other; half of it are missions. */
function* conversations(
  events: number,
): Generator<{ missionId: string; said: readonly Said[] }> {
  const missions = Math.floor(events / 2 / PER_MISSION);
  const tasks = Math.floor((events - missions * PER_MISSION) / PER_TASK);
  const perMission = Math.ceil(tasks / Math.max(1, missions));
  let task = 0;
  for (let i = 0; i < missions; i += 1) {
    for (let n = 0; n < perMission && task < tasks; n += 1, task += 1)
      yield {
        missionId: `context-${String(task)}`,
        said: taskEvents(`task-${String(task)}`, `context-${String(task)}`),
      };
    const missionId = `mission-${String(i)}`;
    yield { missionId, said: missionEvents(missionId, i >= missions - OPEN) };
  }
}

/** File of a closed log with about that many events; made when it is not there. */
export function longLog(events: number): string {
  const dir = join(tmpdir(), "roundtable-bench-logs");
  mkdirSync(dir, { recursive: true });
  const file = join(dir, `v${String(SCHEMA_VERSION)}-${String(events)}-2.db`);
  if (existsSync(file)) return file;
  const draft = `${file}.making`;
  rmSync(draft, { force: true });
  const db = new DatabaseSync(draft);
  prepare(db, { exclusive: false });
  db.exec("PRAGMA synchronous = OFF");
  const insert = db.prepare(INSERT);
  const projection = openProjection(db);
  let seq = 0;
  db.exec("BEGIN");
  for (const { missionId, said } of conversations(events)) {
    let prevHash = "";
    const stored: Recorded[] = [];
    for (const { type, data } of said) {
      seq += 1;
      const place = { seq, at: START_AT + seq, epoch: 1, prevHash };
      const checked = checkDraft({ missionId, type, data, by: "hub" } as Draft);
      const { event, body } = seal(checked, place);
      insert.run(...values(event, body));
      prevHash = event.hash;
      stored.push(event);
    }
    projection.apply(stored);
    if (seq % 50_000 < PER_TASK) db.exec("COMMIT; BEGIN");
  }
  db.exec(
    `UPDATE writer SET epoch = 1, closed_at_seq = ${String(seq)}; COMMIT; PRAGMA wal_checkpoint(TRUNCATE)`,
  );
  db.close();
  renameSync(draft, file);
  return file;
}
