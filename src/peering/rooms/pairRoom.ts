import type { Hash } from "../../ports.ts";
import type { RoomFacts } from "./openRoom.ts";

/** Characters of the digest in the id of a pair's room: 104 bits. */
const DIGITS = 26;

interface Named {
  readonly hubId: string;
  readonly name: string;
}

/** The room of two hubs: both work out the same id, and the same home, from their own ids. */
export function pairRoom(hash: Hash, one: Named, other: Named): RoomFacts {
  const members = [one, other].toSorted((a, b) => (a.hubId < b.hubId ? -1 : 1));
  const ids = members.map(({ hubId }) => hubId);
  return {
    id: `pair-${hash(ids.join("")).slice(0, DIGITS)}`,
    kind: "pair",
    home: ids[0] ?? one.hubId,
    title: members.map(({ name }) => name).join(" and "),
    members,
  };
}
