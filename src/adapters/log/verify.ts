import type { Row } from "./row.ts";
import { fromRow } from "./row.ts";

/** The first event of each mission whose bytes, or whose link to the one before, are not what was stored; `missionId` is empty where an event is missing from the order. `rows` come in order. */
export function findBroken(
  rows: Iterable<Row>,
): { readonly missionId: string; readonly seq: number }[] {
  const broken = new Map<string, number>();
  const tips = new Map<string, string>();
  let expected = 1;
  for (const row of rows) {
    if (row.seq !== expected && !broken.has("")) broken.set("", expected);
    expected = row.seq + 1;
    const event = fromRow(row);
    const linked = event?.prevHash === (tips.get(row.mission) ?? "");
    if (!linked && !broken.has(row.mission)) broken.set(row.mission, row.seq);
    tips.set(row.mission, row.hash);
  }
  return Array.from(broken, ([missionId, seq]) => ({ missionId, seq }));
}
