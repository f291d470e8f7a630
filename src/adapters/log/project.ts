/** The tables that follow from the events: which tasks and missions there are, and how they stand. */
import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { TaskFact } from "../../core/taskFact.ts";
import { evolveTask, taskOf } from "../../core/taskFact.ts";
import type { TaskState } from "../../protocol/a2a.ts";
import type { Recorded } from "../../protocol/event.ts";
import type { Row } from "./row.ts";
import { COLUMNS, fromRow } from "./row.ts";

/** A task as its table holds it. */
export interface TaskRow {
  readonly opened_seq: number;
  readonly id: string;
  readonly context: string;
  readonly agent: string;
  readonly addressed: string;
  readonly sender: string;
  readonly takeovers: number;
  readonly state: string;
  readonly opened_at: number;
  readonly status_seq: number;
  readonly status_at: number;
}

/** The fact a row of the table `tasks` tells. */
export function toFact(row: TaskRow): TaskFact {
  return {
    id: row.id,
    contextId: row.context,
    agentId: row.agent,
    to: row.addressed,
    from: row.sender,
    takeovers: row.takeovers,
    // Nothing but a checked event is ever written there.
    state: row.state as TaskState,
    openedSeq: row.opened_seq,
    openedAt: row.opened_at,
    statusSeq: row.status_seq,
    statusAt: row.status_at,
  };
}

/** Keeps tasks and missions in step with the events; to be called inside the transaction that stores these. */
export interface Projection {
  /** Takes in events whose tasks and missions are to be written now. */
  apply(events: readonly Recorded[]): void;
  /** Takes in what events say of missions. */
  applyToMissions(events: readonly Recorded[]): void;
  /** The task as its row tells it. */
  stored(taskId: string): TaskFact | undefined;
  /** Writes a task's row. */
  write(fact: TaskFact): void;
}

/** Makes the projection of a database whose tables are there. */
export function openProjection(db: DatabaseSync): Projection {
  const statements = new Map<string, StatementSync>();
  const statement = (sql: string): StatementSync => {
    const known = statements.get(sql) ?? db.prepare(sql);
    statements.set(sql, known);
    return known;
  };

  const stored = (id: string): TaskFact | undefined => {
    const row = statement("SELECT * FROM tasks WHERE id = ?").get(id);
    return row === undefined ? undefined : toFact(row as unknown as TaskRow);
  };

  const write = (fact: TaskFact): void => {
    statement(
      `INSERT INTO tasks (opened_seq, id, context, agent, addressed, sender, takeovers, state, opened_at, status_seq, status_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT DO UPDATE SET agent = excluded.agent, takeovers = excluded.takeovers, state = excluded.state, status_seq = excluded.status_seq, status_at = excluded.status_at`,
    ).run(
      fact.openedSeq,
      fact.id,
      fact.contextId,
      fact.agentId,
      fact.to,
      fact.from,
      fact.takeovers,
      fact.state,
      fact.openedAt,
      fact.statusSeq,
      fact.statusAt,
    );
  };

  const takeMission = (event: Recorded): void => {
    if (event.type === "MissionOpened")
      statement(
        "INSERT OR IGNORE INTO missions (opened_seq, mission) VALUES (?, ?)",
      ).run(event.seq, event.missionId);
    else if (event.type === "MissionClosed")
      statement(
        "UPDATE missions SET closed_seq = ?, outcome = ? WHERE mission = ?",
      ).run(event.seq, event.data.outcome.kind, event.missionId);
  };

  return {
    apply(events) {
      // A task that changes often in one commit is written once.
      const changed = new Map<string, TaskFact>();
      for (const event of events) {
        const id = movesTask(event) ? taskOf(event) : undefined;
        if (id === undefined) {
          takeMission(event);
          continue;
        }
        const before =
          changed.get(id) ??
          (event.type === "TaskSubmitted" ? undefined : stored(id));
        const after = evolveTask(before, event);
        if (after !== undefined) changed.set(id, after);
      }
      for (const fact of changed.values()) write(fact);
    },
    applyToMissions(events) {
      for (const event of events) takeMission(event);
    },
    stored,
    write,
  };
}

const MOVING = [
  "TaskSubmitted",
  "TaskStatusChanged",
  "TaskReassigned",
] as const satisfies readonly Recorded["type"][];

/** Whether an event changes what the table of tasks says. */
export function movesTask(event: Recorded): boolean {
  return (MOVING as readonly string[]).includes(event.type);
}

/** The rows of such events after a place, in order. */
export function movingRows(db: DatabaseSync, after: number): Iterable<Row> {
  return rowsOf(db, MOVING, after);
}

function rowsOf(
  db: DatabaseSync,
  types: readonly string[],
  after: number,
): Iterable<Row> {
  const names = types.map((type) => `'${type}'`).join(", ");
  return db
    .prepare(
      // The plus keeps SQLite from walking the index by type: what is wanted is at the end.
      `SELECT ${COLUMNS} FROM events WHERE seq > ? AND +type IN (${names}) ORDER BY seq`,
    )
    .iterate(after) as Iterable<unknown> as Iterable<Row>;
}

/** Makes the tables that follow from the events anew, from all events that are what was stored. Inside a transaction. */
export function project(db: DatabaseSync): void {
  db.exec("DELETE FROM tasks; DELETE FROM missions; DELETE FROM snapshots");
  const projection = openProjection(db);
  let last = 0;
  for (const row of rowsOf(
    db,
    [...MOVING, "MissionOpened", "MissionClosed"],
    0,
  )) {
    const event = fromRow(row);
    if (event !== undefined) projection.apply([event]);
    last = row.seq;
  }
  db.prepare("UPDATE writer SET projected_seq = ?").run(last);
}
