import { crc32 } from "node:zlib";
import type { DatabaseSync } from "node:sqlite";
import type { Box, Segment } from "./holdings.ts";
import { Holdings } from "./holdings.ts";
import type { Entry } from "./journal.ts";
import { readRow } from "./journal.ts";
import type { Seen } from "./seen.ts";
import { damaged } from "./trouble.ts";

/** What a store knows when it begins. */
export interface Recovered {
  readonly holdings: Holdings;
  readonly lastRow: number;
  readonly lastSeq: number;
  /** Letters whose bodies a damaged file has lost. */
  readonly lost: number;
}

/** Reads the journal, entries only; keys that are in no run yet go to `seen`. Throws `mailbox-corrupt` where a row is not what was written. */
export function recover(db: DatabaseSync, file: string, seen: Seen): Recovered {
  const holdings = new Holdings();
  const byNo = new Map<number, Box>();
  for (const row of db.prepare("SELECT no, name FROM mailboxes").all()) {
    const box = { no: Number(row["no"]), name: String(row["name"]) };
    const empty: Box = { ...box, letters: 0, bytes: 0 };
    byNo.set(empty.no, empty);
    holdings.addBox(empty);
  }
  const sizes = new Map(
    db
      .prepare("SELECT n, length(bytes) AS size FROM bodies")
      .all()
      .map((row) => [Number(row["n"]), Number(row["size"])] as const),
  );
  let lastRow = 0;
  let lastSeq = 0;
  const rows = db.prepare("SELECT n, crc, entries FROM journal ORDER BY n");
  for (const row of rows.iterate()) {
    const n = Number(row["n"]);
    const bytes = row["entries"] as Uint8Array;
    const said = crc32(bytes) === row["crc"] ? readRow(bytes) : undefined;
    if (said === undefined) throw damaged(file);
    const size = sizes.get(n);
    const segment: Segment = {
      n,
      entryBytes: bytes.length,
      bodyBytes: size ?? 0,
      live: 0,
      hasBodies: size !== undefined,
      bodies: undefined,
      letters: undefined,
    };
    holdings.addSegment(segment);
    let at = 0;
    for (const entry of said.entries)
      at = take(entry, segment, at, { holdings, byNo, seen });
    lastRow = n;
    lastSeq = said.lastSeq;
  }
  return { holdings, lastRow, lastSeq, lost: dropLost(holdings) };
}

/** Returns where the next letter's body begins. */
function take(
  entry: Entry,
  segment: Segment,
  at: number,
  known: {
    readonly holdings: Holdings;
    readonly byNo: ReadonlyMap<number, Box>;
    readonly seen: Seen;
  },
): number {
  const { holdings, byNo, seen } = known;
  switch (entry.kind) {
    case "letter":
    case "moved": {
      if (entry.kind === "letter" && segment.n > seen.upTo)
        seen.add(entry.key, entry.seq);
      const boxes = entry.boxes.flatMap((no) => byNo.get(no) ?? []);
      const bytes = entry.headerBytes + entry.payloadBytes;
      if (boxes.length === 0) return at + bytes;
      const before = holdings.get(entry.seq);
      if (before !== undefined) holdings.reserve(before.boxes, bytes, -1);
      holdings.reserve(boxes, bytes);
      holdings.hold(entry, boxes, segment, at, 0);
      return at + bytes;
    }
    case "settled": {
      const box = byNo.get(entry.box);
      if (box !== undefined)
        for (const seq of entry.seqs) holdings.settle(box, seq);
      return at;
    }
    case "failed": {
      const box = byNo.get(entry.box);
      const held = holdings.get(entry.seq);
      if (box === undefined || held === undefined) return at;
      const { at: when, why } = entry;
      held.failures ??= new Map();
      const before = held.failures.get(box) ?? [];
      held.failures.set(box, [...before, { at: when, why }]);
      return at;
    }
  }
}

function dropLost(holdings: Holdings): number {
  let lost = 0;
  for (const held of [...holdings.all()]) {
    const { segment, at, headerBytes, payloadBytes } = held;
    if (
      segment.hasBodies &&
      at + headerBytes + payloadBytes <= segment.bodyBytes
    )
      continue;
    lost += 1;
    for (const box of held.boxes) holdings.settle(box, held.seq);
  }
  return lost;
}
