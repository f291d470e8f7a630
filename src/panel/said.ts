import type { Said } from "../protocol/panel.ts";
import type { LineGroup, Remembered } from "./remembered.ts";

/**
 * The lines known so far, followed by a new tail. The tail wins where both have a line; what does not reach up to the tail is dropped,
 * because a conversation with a gap would read as if nothing had been said there.
 */
export function joinTail(
  known: readonly Said[],
  tail: readonly Said[],
): readonly Said[] {
  const first = tail[0]?.seq;
  const last = known.at(-1)?.seq;
  if (first === undefined || last === undefined || last < first) return tail;
  // The same array again spares the list a new layout.
  if (last === tail.at(-1)?.seq && (known[0]?.seq ?? Infinity) <= first)
    return known;
  return [...known.filter((line) => line.seq < first), ...tail];
}

/** The lines known so far, preceded by older ones. */
export function joinOlder(
  known: readonly Said[],
  older: readonly Said[],
): readonly Said[] {
  const first = known[0]?.seq ?? Infinity;
  const before = older.filter((line) => line.seq < first);
  return before.length === 0 ? known : [...before, ...known];
}

/** What narrows the conversation. */
export type Filter = Pick<Remembered, "search" | "group" | "who">;

/** True when a filter leaves nothing out. */
export function isWide({ search, group, who }: Filter): boolean {
  return search.trim() === "" && group === "all" && who === "";
}

/** The lines a filter lets through, in order. `name` gives the shown name of a speaker, which is searched too. */
export function narrow(
  said: readonly Said[],
  filter: Filter,
  name: (id: string) => string,
): readonly Said[] {
  if (isWide(filter)) return said;
  const wanted = filter.search.trim().toLowerCase();
  return said.filter(
    (line) =>
      (filter.group === "all" || groupOf(line.kind) === filter.group) &&
      (filter.who === "" ||
        line.from === filter.who ||
        line.to === filter.who) &&
      (wanted === "" ||
        line.text.toLowerCase().includes(wanted) ||
        name(line.from).toLowerCase().includes(wanted)),
  );
}

function groupOf(kind: Said["kind"]): LineGroup {
  switch (kind) {
    case "ballot":
    case "tally":
    case "ruling":
      return "votes";
    case "evidence":
      return "checks";
    case "tool":
    case "permission":
      return "tools";
    default:
      return "words";
  }
}
