import { taskOf } from "../../core/taskFact.ts";
import type { EventType, Recorded } from "../../protocol/event.ts";
import { hashOf } from "./seal.ts";

/** An event as the table holds it. */
export interface Row {
  readonly seq: number;
  readonly mission: string;
  readonly key: string | null;
  readonly type: string;
  readonly body: string;
  readonly hash: string;
}

export const COLUMNS = "seq, mission, key, type, body, hash";
export const INSERT = `INSERT INTO events (${COLUMNS}, task) VALUES (?, ?, ?, ?, ?, ?, ?)`;

/** The same, but nothing happens where the mission has an event of that key. */
export const INSERT_NEW = `${INSERT} ON CONFLICT (mission, key) WHERE key IS NOT NULL DO NOTHING`;

/** Types of which there are many per task or message: no index by type is kept of them, so that storing one stays cheap. */
const FREQUENT: readonly EventType[] = [
  "TaskSubmitted",
  "TaskStatusChanged",
  "TaskArtifactAdded",
  "MessageSent",
  "ToolCalled",
  "ToolReturned",
  "CallReserved",
  "CallSettled",
];

/** Whether events of the type are in the index by type. */
export function isIndexed(type: EventType): boolean {
  return !FREQUENT.includes(type);
}

/** SQL for {@link isIndexed}; the index is used where a query repeats it word for word. */
export function isRare(column: string): string {
  return `${column} NOT IN (${FREQUENT.map((type) => `'${type}'`).join(", ")})`;
}

/** What {@link INSERT} takes to store an event; `body` is what its hash is of. */
export function values(
  event: Recorded,
  body: string,
): [number, string, string | null, string, string, string, string | null] {
  return [
    event.seq,
    event.missionId,
    event.key ?? null,
    event.type,
    body,
    event.hash,
    taskOf(event) ?? null,
  ];
}

/** The event of a row in the shape it was stored with; undefined where a byte of it is not what was stored. */
export function fromRow(row: Row): Recorded | undefined {
  if (hashOf(row.body) !== row.hash) return undefined;
  const event = { ...JSON.parse(row.body), hash: row.hash } as Recorded;
  const same =
    event.seq === row.seq &&
    event.missionId === row.mission &&
    (event.key ?? null) === row.key &&
    event.type === row.type;
  return same ? event : undefined;
}
