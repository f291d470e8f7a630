import type { Recorded } from "../../protocol/event.ts";
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
export const INSERT = `INSERT INTO events (${COLUMNS}) VALUES (?, ?, ?, ?, ?, ?)`;

/** The row of an event; `body` is what its hash is of. */
export function toRow(event: Recorded, body: string): Row {
  return {
    seq: event.seq,
    mission: event.missionId,
    key: event.key ?? null,
    type: event.type,
    body,
    hash: event.hash,
  };
}

/** The members of a row in the order of {@link COLUMNS}. */
export function values(
  row: Row,
): [number, string, string | null, string, string, string] {
  return [row.seq, row.mission, row.key, row.type, row.body, row.hash];
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
