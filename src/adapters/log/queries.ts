/** What can be asked of the tables without reading events one by one. */
import type { SQLInputValue, StatementSync } from "node:sqlite";
import type { TaskFact } from "../../core/taskFact.ts";
import type { EventLog, MissionFact, TaskQuery } from "../../ports.ts";
import type { EventType } from "../../protocol/event.ts";
import type { TaskRow } from "./project.ts";
import { toFact } from "./project.ts";
import { COLUMNS, isIndexed, isRare } from "./row.ts";

type ReadQuery = Parameters<EventLog["read"]>[0];

/** SQL and its parameters. */
export interface Question {
  readonly sql: string;
  readonly parameters: readonly SQLInputValue[];
}

const SELECT = `SELECT ${COLUMNS} FROM events`;

// Names of types are ours; anything else would have been refused when it was stored.
function isOneOf(types: readonly EventType[]): string {
  const names = types
    .map((type) => `'${type.replaceAll("'", "''")}'`)
    .join(", ");
  const indexed = types.every(isIndexed) ? ` AND ${isRare("type")}` : "";
  return `type IN (${names})${indexed}`;
}

/** The question for {@link EventLog.read}; a negative `limit` is none. */
export function readQuestion(query: ReadQuery): Question {
  const { missionId, taskId, types, after = 0, limit = 1000 } = query;
  const conditions: string[] = [];
  const parameters: SQLInputValue[] = [];
  if (missionId !== undefined) {
    conditions.push("mission = ?");
    parameters.push(missionId);
  }
  if (taskId !== undefined) {
    conditions.push("task = ?");
    parameters.push(taskId);
  }
  if (types !== undefined) conditions.push(isOneOf(types));
  conditions.push("seq > ?");
  parameters.push(after, limit);
  // SQLite would walk a whole mission for the few events of such types.
  const by =
    types !== undefined && types.length > 0 && types.every(isIndexed)
      ? " INDEXED BY events_by_type"
      : "";
  return {
    sql: `${SELECT}${by} WHERE ${conditions.join(" AND ")} ORDER BY seq LIMIT ?`,
    parameters,
  };
}

/** The question for {@link EventLog.last}. */
export function lastQuestion(
  missionId: string,
  types: readonly EventType[],
): Question {
  const seqs = types.map(
    (type) =>
      `SELECT MAX(seq) AS seq FROM events WHERE mission = ? AND ${isOneOf([type])}`,
  );
  return {
    sql: `${SELECT} WHERE seq = (SELECT MAX(seq) FROM (${seqs.join(" UNION ALL ")}))`,
    parameters: types.map(() => missionId),
  };
}

/** Answers about tasks and missions. */
export interface Facts {
  tasks(query: TaskQuery): {
    readonly tasks: TaskFact[];
    readonly total: number;
  };
  opened(query: Parameters<EventLog["opened"]>[0]): MissionFact[];
  missionCounts: EventLog["missionCounts"];
}

/** Makes the answers over a database; `statement` prepares and remembers. */
export function openFacts(statement: (sql: string) => StatementSync): Facts {
  return {
    tasks({ address, from, contextId, state, changedAfter, before, limit }) {
      const conditions: string[] = ["TRUE"];
      const parameters: SQLInputValue[] = [];
      const narrow = (
        condition: string,
        value: string | number | undefined,
      ): void => {
        if (value === undefined) return;
        conditions.push(condition);
        parameters.push(value);
      };
      narrow("?1 IN (agent, addressed)", address);
      narrow("sender = ?", from);
      narrow(
        "opened_seq IN (SELECT seq FROM events WHERE mission = ? AND type = 'TaskSubmitted')",
        contextId,
      );
      narrow("state = ?", state);
      narrow("status_at > ?", changedAfter);
      const all = statement(
        `SELECT COUNT(*) AS total FROM tasks WHERE ${conditions.join(" AND ")}`,
      ).get(...parameters);
      narrow("status_seq < ?", before);
      const rows = statement(
        `SELECT * FROM tasks WHERE ${conditions.join(" AND ")} ORDER BY status_seq DESC LIMIT ?`,
      ).all(...parameters, limit) as unknown as TaskRow[];
      return { tasks: rows.map(toFact), total: Number(all?.["total"]) };
    },
    opened({ limit, before = Number.MAX_SAFE_INTEGER, open = false }) {
      const rows = statement(
        `SELECT mission, opened_seq, closed_seq, (SELECT MAX(seq) FROM events WHERE mission = missions.mission) AS last_seq
         FROM missions WHERE opened_seq < ? ${open ? "AND closed_seq IS NULL" : ""} ORDER BY opened_seq DESC LIMIT ?`,
      ).all(before, limit);
      return rows.map((row) => ({
        missionId: String(row["mission"]),
        openedSeq: Number(row["opened_seq"]),
        lastSeq: Number(row["last_seq"]),
        isClosed: row["closed_seq"] !== null,
      }));
    },
    missionCounts() {
      const rows = statement(
        "SELECT outcome, COUNT(*) AS count FROM missions GROUP BY outcome",
      ).all();
      const closed: Record<string, number> = {};
      let open = 0;
      for (const { outcome, count } of rows)
        if (outcome === null) open = Number(count);
        else closed[String(outcome)] = Number(count);
      return { open, closed };
    },
  };
}

/** The snapshot of a name, if one was kept that can be read. */
export function findSnapshot(
  statement: (sql: string) => StatementSync,
  kind: string,
  key: string,
): { readonly seq: number; readonly body: unknown } | undefined {
  const row = statement(
    "SELECT seq, body FROM snapshots WHERE kind = ? AND key = ?",
  ).get(kind, key);
  if (row === undefined) return undefined;
  try {
    return {
      seq: Number(row["seq"]),
      body: JSON.parse(String(row["body"])) as unknown,
    };
  } catch {
    // Worth nothing but time: what cannot be read was never kept.
    return undefined;
  }
}
