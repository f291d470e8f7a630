/** What a mission's outcomes teach about who said what. Outcomes only: nobody is ever right for agreeing with the others. */
import { findingClass } from "../consensus/findingClass.ts";
import { fold, type DecisionState } from "../consensus/decision.ts";
import type { Cluster } from "../../protocol/consensus.ts";
import type { DataOf, Recorded } from "../../protocol/event.ts";
import { VOTE_CLASS } from "../trust/weigh.ts";
import { claimOutcomes, type ClaimOutcome } from "./claimOutcomes.ts";
import { dismissals } from "./dismissals.ts";
import { firstWords, type FirstWord } from "./firstWords.ts";

type Lesson = DataOf<"TrustLearned">;

/** A lesson under the key that keeps it from being learned twice. */
export interface KeyedLesson {
  readonly key: string;
  readonly lesson: Lesson;
}

/** Weight of an outcome that settles the matter, per mille. */
const WHOLE = 1000;

/**
 * Everything the mission teaches as it stands, in the order of its decisions; the same for the same events, so asking again after more has happened
 * gives the old lessons and the new. `reverted` when what was merged was taken back later. Every local elector who gave a ballot in the first
 * round gets one lesson per outcome, for what that ballot said: what was said after the others were read does not count. Abstentions teach nothing.
 */
export function lessonsOf(
  missionId: string,
  events: readonly Recorded[],
  reverted = false,
): readonly KeyedLesson[] {
  const ids = new Set(
    events.flatMap((event) =>
      event.type === "RoundOpened" ? [event.data.decisionId] : [],
    ),
  );
  const states = [...ids].map((decisionId) => fold(events, decisionId));
  const lastChange = states.findLast(
    ({ round }) => round?.subject === "change",
  );
  return states.flatMap((state) => {
    const { round } = state;
    if (round === undefined) return [];
    const said =
      state === lastChange ? dismissals(missionId, events, state) : [];
    const lessons =
      round.subject === "change"
        ? [...claimOutcomes(state), ...said].flatMap((outcome) =>
            ofClaim(state, outcome),
          )
        : ofRuling(state);
    const taken = reverted && state === lastChange ? ofRevert(state) : [];
    return [...lessons, ...taken].map(({ about, lesson }) => ({
      key: `TrustLearned/${missionId}/${round.decisionId}/${about}/${lesson.agentId}/${lesson.source}`,
      lesson: { missionId, decisionId: round.decisionId, ...lesson },
    }));
  });
}

interface About {
  /** What the lesson is about, within its decision. */
  readonly about: string;
  readonly lesson: Omit<Lesson, "missionId" | "decisionId">;
}

function ofClaim(
  state: DecisionState,
  outcome: ClaimOutcome,
): readonly About[] {
  const { cluster, real, source, weight, teaches } = outcome;
  const { representative, id } = cluster;
  return firstWords(state)
    .map((word) => ({ word, flagged: raised(cluster, word) }))
    .filter(({ word, flagged }) => teaches(word.ballot, flagged))
    .map(({ word, flagged }) => ({
      about: id,
      lesson: {
        ...whose(word),
        class: findingClass(representative),
        flagged,
        real,
        source,
        weight,
        what: representative.claim,
        at: `${representative.path}:${String(representative.line)}`,
      },
    }));
}

/** A person's word on a plan or an answer says of every ballot whether it was right: a block is a claim that the proposal is bad. A policy is nobody's word. */
function ofRuling(state: DecisionState): readonly About[] {
  const { ruling } = state;
  if (ruling === undefined || ruling.by.startsWith("policy:")) return [];
  const bad =
    ruling.verdict === "requestChanges" || ruling.verdict === "reject";
  return ofVotes(state, bad, "human");
}

function ofRevert(state: DecisionState): readonly About[] {
  return ofVotes(state, true, "revert");
}

function ofVotes(
  state: DecisionState,
  bad: boolean,
  source: "human" | "revert",
): readonly About[] {
  return firstWords(state).map((word) => ({
    about: VOTE_CLASS,
    lesson: {
      ...whose(word),
      class: VOTE_CLASS,
      flagged: word.ballot.verdict === "block",
      real: bad,
      source,
      weight: WHOLE,
      what: state.round?.title ?? "",
      at: "",
    },
  }));
}

function whose({
  elector,
  ballot,
}: FirstWord): Pick<Lesson, "agentId" | "role" | "lineage"> {
  return {
    agentId: elector.agentId,
    role: elector.role,
    // Of the model that answered, which a fallback may have been.
    lineage: ballot.lineage,
  };
}

function raised({ raisedBy }: Cluster, { elector }: FirstWord): boolean {
  return raisedBy.includes(elector.agentId);
}
