import type { Fix } from "../../protocol/consensus.ts";
import { linesOf, mapLines } from "./lineMap.ts";

/** The fix at its place in the text as it is now; undefined where its lines are not, word for word and one after the other, what was reviewed. */
export function placeFix(
  fix: Fix,
  reviewed: string,
  now: string,
): Fix | undefined {
  const { from, to, text } = fix;
  if (to < from) return undefined;
  const place = mapLines(reviewed, now)(from);
  if (place.changed) return undefined;
  const count = to - from + 1;
  const meant = linesOf(reviewed).slice(from - 1, to);
  const found = linesOf(now).slice(place.line - 1, place.line - 1 + count);
  return meant.length === count && meant.join("\n") === found.join("\n")
    ? { from: place.line, to: place.line + count - 1, text }
    : undefined;
}
