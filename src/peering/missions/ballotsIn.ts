/** What a mission's room holds of ballots, read from what was said in it. */
import { canonicalJson } from "../../core/json.ts";
import type { Sealed } from "../../core/peering/room.ts";
import type { Reply } from "../../ports.ts";
import type { Ballot, Elector } from "../../protocol/consensus.ts";
import type { AnswerOf } from "../../protocol/work.ts";
import type { Room } from "../rooms.ts";

/** What became of the question for one ballot. */
export type BallotReply = Reply<AnswerOf<"ballot">>;

/** A ballot with the envelope it came in. */
export interface CastThere {
  readonly sealed: Sealed;
  readonly ballot: Ballot;
}

/** The ballots of a decision, in the order each hub said them: those that an elector's own hub signed, and all others. */
export function ballotsIn(
  room: Room,
  electorate: readonly Elector[],
  decisionId: string,
): {
  readonly own: readonly CastThere[];
  readonly others: readonly CastThere[];
} {
  const own: CastThere[] = [];
  const others: CastThere[] = [];
  for (const sealed of room.said()) {
    const { origin, body } = sealed.envelope;
    if (body.kind !== "ballot" || body.decisionId !== decisionId) continue;
    const { ballot } = body;
    const isOwn = electorate.some(
      ({ agentId, hub }) => agentId === ballot.agentId && hub === origin,
    );
    (isOwn ? own : others).push({ sealed, ballot });
  }
  return { own, others };
}

/** The first thing the elector's hub said of its ballot in the round; undefined while it said nothing. A ballot on another artifact is no answer. */
export function answerIn(
  room: Room,
  { agentId, hub }: Elector,
  {
    decisionId,
    round,
    artifactHash,
  }: {
    readonly decisionId: string;
    readonly round: number;
    readonly artifactHash?: string;
  },
): BallotReply | undefined {
  for (const { envelope } of room.said()) {
    const { origin, body } = envelope;
    if (origin !== hub) continue;
    if (
      body.kind === "ballot" &&
      body.decisionId === decisionId &&
      body.ballot.agentId === agentId &&
      body.ballot.round === round &&
      (artifactHash ?? body.ballot.artifactHash) === body.ballot.artifactHash
    ) {
      const { verdict, confidence, reason, findings, lineage } = body.ballot;
      const paper = { verdict, confidence, reason, findings };
      return { ok: true, answer: { kind: "ballot", paper }, lineage };
    }
    if (
      body.kind === "ballotMissing" &&
      body.decisionId === decisionId &&
      body.agentId === agentId &&
      body.round === round
    )
      return no("peer-refused", body.why);
  }
  return undefined;
}

/** Ballots of electors that said two things in the decision, or whose hub signed two for one place: all of them. */
export function doubledIn(
  room: Room,
  electorate: readonly Elector[],
  decisionId: string,
): readonly Ballot[] {
  const { own } = ballotsIn(room, electorate, decisionId);
  const doubled = new Set(
    own
      .filter(
        ({ ballot, sealed }) =>
          isForked(room, sealed.envelope.origin) ||
          own.some(
            (other) =>
              other.ballot.agentId === ballot.agentId &&
              other.ballot.round === ballot.round &&
              canonicalJson(other.ballot) !== canonicalJson(ballot),
          ),
      )
      .map(({ ballot }) => ballot.agentId),
  );
  return own
    .filter(({ ballot }) => doubled.has(ballot.agentId))
    .map(({ ballot }) => ballot);
}

/** Whether the hub signed two things for one place in the room. */
export function isForked(room: Room, hubId: string): boolean {
  return room.forked().some(({ origin }) => origin === hubId);
}

/** An elector's "no". */
export function no(code: string, message: string): BallotReply {
  return { ok: false, code, message };
}
