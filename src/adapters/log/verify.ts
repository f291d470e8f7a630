import type { Archived } from "./archived.ts";
import type { Row } from "./row.ts";
import { fromRow } from "./row.ts";

/** Places from which events are gone. */
interface Gap {
  readonly from: number;
  readonly to: number;
}

/**
 * The first event of each mission whose bytes, or whose link to the one before, are not what was stored; `missionId` is empty where an
 * event is missing from the order. `rows` come in order; `archived` tells which may be missing, and how many.
 */
export function findBroken(
  rows: Iterable<Row>,
  archived: readonly Archived[] = [],
): { readonly missionId: string; readonly seq: number }[] {
  const broken = new Map<string, number>();
  const tips = new Map<string, string>();
  const kept = new Set<string>();
  const tipOf = new Map(
    archived.map((gone) => [
      gone.mission,
      { tip: gone.tip, seq: gone.last_seq },
    ]),
  );
  const missing: Gap[] = [];
  let expected = 1;
  for (const row of rows) {
    if (row.seq !== expected) missing.push({ from: expected, to: row.seq - 1 });
    expected = row.seq + 1;
    const event = fromRow(row);
    const gone = tipOf.get(row.mission);
    if (gone !== undefined && row.seq <= gone.seq) kept.add(row.mission);
    const before =
      tips.get(row.mission) ??
      (gone !== undefined && row.seq > gone.seq ? gone.tip : "");
    const linked = event?.prevHash === before;
    if (!linked && !broken.has(row.mission)) broken.set(row.mission, row.seq);
    tips.set(row.mission, row.hash);
  }
  const end = archived.reduce((last, gone) => Math.max(last, gone.last_seq), 0);
  if (end >= expected) missing.push({ from: expected, to: end });
  const gap = unexplained(
    missing,
    archived.filter(({ mission }) => !kept.has(mission)),
  );
  if (gap !== undefined) broken.set("", gap);
  return Array.from(broken, ([missionId, seq]) => ({ missionId, seq }));
}

/** The first missing place that no archive accounts for. */
function unexplained(
  missing: readonly Gap[],
  archived: readonly Archived[],
): number | undefined {
  const ranges = [...archived].sort((a, b) => a.first_seq - b.first_seq);
  let next = 0;
  // Everything up to here may be missing.
  let until = 0;
  let absent = 0;
  for (const { from, to } of missing) {
    absent += to - from + 1;
    for (let seq = from; seq <= to; seq = until + 1) {
      for (
        let range = ranges[next];
        range !== undefined && range.first_seq <= seq;
        range = ranges[(next += 1)]
      )
        until = Math.max(until, range.last_seq);
      if (until < seq) return seq;
    }
  }
  const known = archived.reduce((sum, { events }) => sum + events, 0);
  return absent > known ? missing[0]?.from : undefined;
}
