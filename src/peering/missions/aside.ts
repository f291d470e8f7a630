/** Ballots from other hubs that do not count, on their way into the record. */
import { fold, phase } from "../../core/consensus/decision.ts";
import { toProblem } from "../../core/errors.ts";
import { canonicalJson } from "../../core/json.ts";
import type { EventLog, TextLog } from "../../ports.ts";
import type { Ballot, Elector } from "../../protocol/consensus.ts";
import type { DataOf, DraftOf } from "../../protocol/event.ts";
import type { Room } from "../rooms.ts";
import { ballotsIn, type CastThere } from "./ballotsIn.ts";

/** Ballots that are set aside at once. */
const MAX_ASIDE = 100;

type Why = DataOf<"BallotSetAside">["why"];

/**
 * Puts on record, from now on, what comes from other hubs and cannot count: late, signed by the wrong hub, or a second word after the first was
 * counted. What comes while its round is open is the line's. Returns the way to stop.
 */
export function recordAside(
  room: Room,
  parts: {
    readonly electorate: readonly Elector[];
    readonly log: EventLog;
    readonly textLog: TextLog;
  },
): () => void {
  const { electorate, log, textLog } = parts;

  const record = async (decisionId: string): Promise<void> => {
    const state = fold(log.mission(room.id), decisionId);
    if (state.round === undefined) return;
    const { artifactHash, round } = state.round;
    const open = phase(state) === "collecting" ? round : Infinity;
    const { own, others } = ballotsIn(room, electorate, decisionId);
    const drafts = others.map((one) => asideOf(one, "stranger"));
    const firsts = new Map<string, Ballot>();
    for (const one of own) {
      const { ballot } = one;
      const place = `${ballot.agentId} ${String(ballot.round)}`;
      const first = firsts.get(place);
      firsts.set(place, first ?? ballot);
      if (ballot.round >= open || isKnown(state.setAside, ballot)) continue;
      if (first !== undefined) {
        if (canonicalJson(first) !== canonicalJson(ballot))
          drafts.push(asideOf(one, "equivocation"));
      } else if (
        !state.ballots.some(
          (cast) =>
            cast.agentId === ballot.agentId && cast.round === ballot.round,
        )
      )
        drafts.push(
          asideOf(one, ballot.artifactHash === artifactHash ? "late" : "stale"),
        );
    }
    for (const draft of drafts.slice(0, MAX_ASIDE)) await log.append(draft);

    function asideOf(
      { sealed, ballot }: CastThere,
      why: Why,
    ): DraftOf<"BallotSetAside"> {
      return {
        missionId: room.id,
        type: "BallotSetAside",
        data: { decisionId, ballot, why },
        by: "hub",
        key: `BallotSetAside/${sealed.hash}`,
      };
    }
  };

  /** Decisions that are looked at again when what is under way is done: many ballots at once are one look. */
  const due = new Set<string>();
  let recording = false;
  const recordAll = async (): Promise<void> => {
    if (recording) return;
    recording = true;
    for (const decisionId of due) {
      due.delete(decisionId);
      try {
        await record(decisionId);
      } catch (error) {
        textLog.warn("A ballot that does not count was not recorded.", {
          mission: room.id,
          why: toProblem(error).message,
        });
      }
    }
    recording = false;
  };
  const recordSoon = (decisionId: string): void => {
    due.add(decisionId);
    void recordAll();
  };
  const stops = [
    room.onSaid(({ envelope: { body } }) => {
      if (body.kind === "ballot") recordSoon(body.decisionId);
    }),
    log.subscribe((events) => {
      for (const event of events)
        if (event.missionId === room.id && event.type === "RoundTallied")
          recordSoon(event.data.decisionId);
    }),
  ];
  return () => {
    for (const stop of stops) stop();
  };
}

function isKnown(
  setAside: readonly DataOf<"BallotSetAside">[],
  ballot: Ballot,
): boolean {
  return setAside.some(
    (one) => canonicalJson(one.ballot) === canonicalJson(ballot),
  );
}
