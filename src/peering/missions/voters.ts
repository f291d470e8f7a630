/** Electors of other hubs as the home of a mission has them: asked in its room, and heard there. */
import { toProblem } from "../../core/errors.ts";
import type { Clock, EventLog, TextLog } from "../../ports.ts";
import type { Ballot, Elector } from "../../protocol/consensus.ts";
import type { WorkOf } from "../../protocol/work.ts";
import type { PeeringTable, Room } from "../rooms.ts";
import { recordAside } from "./aside.ts";
import {
  answerIn,
  doubledIn,
  isForked,
  no,
  type BallotReply,
} from "./ballotsIn.ts";
import { openQuestions } from "./questions.ts";

/** A hub that cannot answer for so long has no voice in the round, ms. */
export const GRACE_MS = 20_000;

type BallotWork = WorkOf<"ballot">;

/** What a mission needs to ask electors of other hubs. */
export interface VoterParts {
  readonly table: Pick<
    PeeringTable,
    "isConnected" | "theirs" | "peers" | "onChange"
  >;
  readonly room: Room;
  readonly self: string;
  readonly electorate: readonly Elector[];
  readonly log: EventLog;
  readonly clock: Clock;
  readonly textLog: TextLog;
  readonly folders: readonly string[];
  readonly graceMs: number;
}

/** The electors of a mission that sit at other hubs. */
export interface FarVoters {
  /** The elector's ballot, as its hub signed it: asked once in a round, over restarts too. A hub that is gone, or refuses, is a value. Rejects when aborted. */
  ask(
    elector: Elector,
    work: BallotWork,
    signal: AbortSignal,
  ): Promise<BallotReply>;
  answered(elector: Elector, decisionId: string, round: number): boolean;
  /** Ballots of electors that said two things in the decision, or whose hub did: all of them. */
  doubled(decisionId: string): readonly Ballot[];
  dispose(): void;
}

/** Opens the voters over what their room holds already. */
export function openVoters(parts: VoterParts): FarVoters {
  const { table, room, electorate, clock } = parts;
  const question = openQuestions(room, parts);
  const stop = recordAside(room, parts);

  const canAnswer = (hubId: string): boolean =>
    table.isConnected(hubId) &&
    table.theirs(hubId).includes("vote") &&
    table
      .peers()
      .some((peer) => peer.hubId === hubId && peer.scopes.includes("vote"));

  /** The first answer, or that the hub was gone for too long. */
  const waitFor = (
    elector: Elector,
    work: BallotWork,
    signal: AbortSignal,
  ): Promise<BallotReply> => {
    const { promise, resolve, reject } = Promise.withResolvers<BallotReply>();
    const over = new AbortController();
    let gone: AbortController | undefined;
    const look = (): void => {
      if (isForked(room, elector.hub)) {
        resolve(no("peer-refused", "Its hub contradicted itself."));
        return;
      }
      const answer = answerIn(room, elector, work);
      if (answer !== undefined) {
        resolve(answer);
        return;
      }
      if (canAnswer(elector.hub)) {
        gone?.abort();
        gone = undefined;
      } else if (gone === undefined) {
        gone = new AbortController();
        clock
          .after(parts.graceMs, AbortSignal.any([gone.signal, over.signal]))
          .then(
            () => {
              resolve(
                no("peer-away", "Its hub is not connected, so it is absent."),
              );
            },
            () => undefined,
          );
      }
    };
    const stops = [
      room.onSaid(({ envelope: { origin } }) => {
        if (origin === elector.hub) look();
      }),
      table.onChange(look),
    ];
    const giveUp = (): void => {
      reject(signal.reason as Error);
    };
    if (signal.aborted) giveUp();
    else signal.addEventListener("abort", giveUp, { once: true });
    look();
    return promise.finally(() => {
      over.abort();
      signal.removeEventListener("abort", giveUp);
      for (const stop of stops) stop();
    });
  };

  return {
    async ask(elector, work, signal) {
      signal.throwIfAborted();
      if (
        answerIn(room, elector, work) === undefined &&
        !isForked(room, elector.hub)
      ) {
        try {
          await question(elector, work);
        } catch (error) {
          return no("task-failed", toProblem(error).message);
        }
      }
      return waitFor(elector, work, signal);
    },
    answered: (elector, decisionId, round) =>
      answerIn(room, elector, { decisionId, round })?.ok === true,
    doubled: (decisionId) => doubledIn(room, electorate, decisionId),
    dispose: stop,
  };
}
