import { nameOf } from "../../core/peering/jobText.ts";
import type { Sealed } from "../../core/peering/room.ts";
import type { TextLog } from "../../ports.ts";
import type { Room } from "../rooms.ts";

/** For people, in the text log of every hub of the room: who has what, and who is ready. */
export function tell(textLog: TextLog, room: Room, { envelope }: Sealed): void {
  const { body, origin } = envelope;
  const at = { room: room.id, hub: nameOf(room, origin) };
  switch (body.kind) {
    case "partGiven":
      textLog.info("a part of a job was given", {
        ...at,
        part: body.part.partId,
        to: nameOf(room, body.part.hub),
        term: body.term,
      });
      break;
    case "partDone":
      textLog.info(
        body.ok ? "a part of a job is done" : "a part of a job failed",
        { ...at, part: body.partId, agent: body.agentId },
      );
      break;
    case "jobDone":
      textLog.info("a job is done", { ...at, term: body.term });
      break;
    default:
  }
}
