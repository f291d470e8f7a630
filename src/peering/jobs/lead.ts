import { toProblem } from "../../core/errors.ts";
import { foldJob } from "../../core/peering/job.ts";
import { nextOf, type Crew } from "../../core/peering/jobNext.ts";
import type { TextLog } from "../../ports.ts";
import type { Room } from "../rooms.ts";

/** What coordinating needs. */
export interface LeadPorts {
  readonly self: string;
  readonly textLog: TextLog;
  readonly crew: () => readonly Crew[];
}

/** Coordinates the jobs whose office this hub holds. */
export interface Lead {
  /** Says what is to be said now, if this hub holds the office. Never rejects. */
  look(room: Room): Promise<void>;
}

/** Makes it. One thing at a time is said in a room, each while the office is held: what is stale by then is worked out anew at the next look. */
export function createLead({ self, textLog, crew }: LeadPorts): Lead {
  const speaking = new Map<string, Promise<void>>();

  async function speak(room: Room): Promise<void> {
    for (;;) {
      const office = room.coordinator();
      if (office?.hubId !== self || !room.mayCoordinate()) return;
      const job = foldJob(room.said());
      if (job === undefined) return;
      const [body] = nextOf(job, { self, term: office.term, crew: crew() });
      if (body === undefined) return;
      await room.say(body);
    }
  }

  /** A room of a job that is done needs no coordinator; its home says so. */
  async function shut(room: Room): Promise<void> {
    if (room.home !== self) return;
    const bodies = room.said().map(({ envelope }) => envelope.body);
    if (bodies.some(({ kind }) => kind === "roomClosed")) return;
    if (foldJob(room.said())?.done !== undefined)
      await room.say({ kind: "roomClosed", why: "The job is done." });
  }

  async function tend(room: Room): Promise<void> {
    try {
      await speak(room);
      await shut(room);
    } catch (error) {
      textLog.warn("a job could not go on just now", {
        room: room.id,
        why: toProblem(error).message,
      });
    }
  }

  return {
    look(room) {
      const under =
        speaking.get(room.id) ??
        tend(room).finally(() => speaking.delete(room.id));
      speaking.set(room.id, under);
      return under;
    },
  };
}
