/** The events of a mission on their way into its room. */
import { homeSeqOf } from "../../core/peering/sharedEvents.ts";
import { isProblem, toProblem } from "../../core/errors.ts";
import type { EventLog, TextLog } from "../../ports.ts";
import type { EventType } from "../../protocol/event.ts";
import { SHARED_TYPES } from "../../protocol/sharedEvent.ts";
import type { Room } from "../rooms.ts";
import { createSieve, foldersIn, shownToPeers } from "./outgoing.ts";

const PAGE = 200;

/** Tells a room of everything that happens in its mission. */
export interface Federation {
  /** Resolves when everything that may be shown so far has been said. */
  settled(): Promise<void>;
  /** Ends after what is being said. */
  dispose(): Promise<void>;
}

/**
 * Says every event of the mission in its room, in the order of the log, once: what the room holds of ours is where it goes on after a restart.
 * Ballots wait until their round is closed. The end of the mission is the last that is told, and closes the room. `folders` are names of places here that nobody is told.
 */
export function federate(
  room: Room,
  parts: {
    readonly log: EventLog;
    readonly textLog: TextLog;
    readonly self: string;
    readonly folders: readonly string[];
  },
): Federation {
  const { log, textLog, self } = parts;
  let running: Promise<void> | undefined;
  let again = false;
  let closed = false;
  let state = begin();

  function begin(): {
    readonly sieve: ReturnType<typeof createSieve>;
    readonly said: Set<number>;
    readonly folders: Set<string>;
    after: number;
  } {
    const said = new Set<number>();
    for (const { envelope } of room.said()) {
      if (envelope.origin !== self || envelope.body.kind !== "event") continue;
      const seq = homeSeqOf(envelope.body.event);
      if (seq !== undefined) said.add(seq);
    }
    return {
      sieve: createSieve(),
      said,
      folders: new Set(parts.folders),
      after: 0,
    };
  }

  /** With its mission a room is over, so that hubs that work together for long do not keep hundreds of them open. */
  async function end(): Promise<void> {
    if (!isOver(room, self))
      await room.say({ kind: "roomClosed", why: "The mission is over." });
    closed = true;
    stop();
  }

  async function sayAll(): Promise<void> {
    for (;;) {
      const page = log.read({
        missionId: room.id,
        types: SHARED_TYPES,
        after: state.after,
        limit: PAGE,
      });
      for (const event of page) {
        for (const folder of foldersIn(event)) state.folders.add(folder);
        for (const due of state.sieve.take(event)) {
          if (state.said.has(due.seq)) continue;
          if (closed) return;
          await room.say({
            kind: "event",
            event: shownToPeers(due, [...state.folders]),
          });
          state.said.add(due.seq);
        }
        state.after = event.seq;
        if (event.type === "MissionClosed") {
          await end();
          return;
        }
      }
      if (page.length < PAGE) return;
    }
  }

  const wake = (): void => {
    again = true;
    running ??= (async () => {
      while (again && !closed) {
        again = false;
        try {
          await sayAll();
        } catch (error) {
          // What the room holds tells where to go on; the next event, or the next start, does.
          state = begin();
          if (!isProblem(error, "log-closed"))
            textLog.warn("An event of a shared mission was not told yet.", {
              mission: room.id,
              why: toProblem(error).message,
            });
        }
      }
    })().finally(() => {
      running = undefined;
      // Woken between its last look and its end.
      if (again && !closed) wake();
    });
  };

  const stop = log.subscribe((events) => {
    if (
      events.some(
        ({ missionId, type }) =>
          missionId === room.id &&
          (SHARED_TYPES as readonly EventType[]).includes(type),
      )
    )
      wake();
  });
  if (isOver(room, self)) stop();
  else wake();

  return {
    async settled() {
      await running;
    },
    async dispose() {
      closed = true;
      stop();
      await running;
    },
  };
}

function isOver(room: Room, self: string): boolean {
  return room
    .said()
    .some(
      ({ envelope: { origin, body } }) =>
        origin === self && body.kind === "roomClosed",
    );
}
