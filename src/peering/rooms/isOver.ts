import type { Directory } from "./directory.ts";
import type { OpenRoom } from "./roomAtWork.ts";

/** Why nothing more will come in a room that every member has whole, as far as known here; undefined while something may. */
export function isOver(
  room: OpenRoom,
  directory: Pick<Directory, "all">,
): string | undefined {
  const why = ending(room, directory);
  if (why === undefined) return undefined;
  const last = new Map<string, number>();
  for (const { envelope } of room.said())
    last.set(envelope.origin, envelope.seq);
  const isWhole = [...last].every(
    ([origin, seq]) => room.heldBy(origin, seq) >= room.members.length,
  );
  return isWhole ? why : undefined;
}

function ending(
  room: OpenRoom,
  directory: Pick<Directory, "all">,
): string | undefined {
  if (room.kind === "pair")
    return directory.all().some((later) => isLaterPage(later, room))
      ? "its two hubs went on in the next one"
      : undefined;
  return room.said().some(({ envelope }) => envelope.body.kind === "roomClosed")
    ? "its home closed it"
    : undefined;
}

/** Rooms are in the order they were joined. */
function isLaterPage(later: OpenRoom, room: OpenRoom): boolean {
  return (
    later.kind === "pair" &&
    later.id !== room.id &&
    later.joined > room.joined &&
    later.members.every(
      (member, at) => member.hubId === room.members[at]?.hubId,
    )
  );
}
