import type { Hash } from "../../ports.ts";
import type { Directory } from "./directory.ts";
import type { OpenRoom, RoomFacts } from "./roomAtWork.ts";

/** Characters of the digest in the id of a pair's room: 104 bits. */
const DIGITS = 26;
/** Envelopes after which two hubs go on in a new room. */
export const PAGE_LENGTH = 10_000;

interface Named {
  readonly hubId: string;
  readonly name: string;
}

/** The room of two hubs: both work out the same id, and the same home, from their own ids. When it is long they go on in its next page, from 1. */
export function pairRoom(
  hash: Hash,
  one: Named,
  other: Named,
  page = 0,
): RoomFacts {
  const members = [one, other].toSorted((a, b) => (a.hubId < b.hubId ? -1 : 1));
  const ids = members.map(({ hubId }) => hubId);
  const text = page === 0 ? ids.join("") : [...ids, String(page)].join(" ");
  return {
    id: `pair-${hash(text).slice(0, DIGITS)}`,
    kind: "pair",
    home: ids[0] ?? one.hubId,
    title: members.map(({ name }) => name).join(" and "),
    members,
  };
}

/** The page on which two hubs speak now, the first with fewer than `length` envelopes; joined when it is new. */
export async function pageToSpeak(
  directory: Directory,
  pageAt: (page: number) => RoomFacts,
  length: number,
): Promise<OpenRoom> {
  for (let page = 0; ; page += 1) {
    const { id } = pageAt(page);
    if (directory.hasLeft(id)) continue;
    const room = await directory.join(pageAt(page));
    if (room.count() < length) return room;
  }
}

/** The page of that id, if the two hubs may be there by now: the one before has half of its `length` here. */
export async function pageNamed(
  directory: Directory,
  pageAt: (page: number) => RoomFacts,
  length: number,
  id: string,
): Promise<OpenRoom | undefined> {
  for (let page = 0; ; page += 1) {
    const facts = pageAt(page);
    if (directory.hasLeft(facts.id)) {
      if (facts.id === id) return undefined;
      continue;
    }
    if (facts.id === id) return directory.join(facts);
    const room = directory.get(facts.id);
    if (room === undefined || room.count() < length / 2) return undefined;
  }
}
