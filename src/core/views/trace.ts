import type { Recorded } from "../../protocol/event.ts";
import type { Span } from "../../protocol/trace.ts";
import { spanBook, type SpanBook } from "./trace/spanBook.ts";
import { traceWork } from "./trace/work.ts";

/** The path of one mission or context, folded event by event. */
export interface TraceFold {
  readonly missionId: string;
  readonly traceId: string;
  /** Takes the next event of this mission, in log order; returns the spans that ended with it. */
  apply(event: Recorded): readonly Span[];
  /** All spans so far, in the order they began; without `keep` only those that last. */
  spans(): readonly Span[];
}

/**
 * Begins the path of a mission. `hash` is SHA-256 in hex: ids are worked out from what the log holds, so that everybody who reads the same
 * log finds the same ones. With `keep`, ended spans stay in {@link TraceFold.spans}.
 */
export function foldTrace(
  missionId: string,
  hash: (text: string) => string,
  keep: boolean,
): TraceFold {
  const book = spanBook(missionId, hash, keep);
  const work = traceWork(book);
  const decide = traceDecisions(book);
  let microUsd = 0;

  function apply(event: Recorded): readonly Span[] {
    const { at } = event;
    switch (event.type) {
      case "MissionOpened": {
        const { kind, model } = event.data;
        book.start("mission", missionId, at, {
          name: `mission ${kind}`,
          agentId: "hub",
          parentId: null,
          attributes: { missionId, kind, provider: model },
        });
        return [];
      }
      case "MissionClosed": {
        const { kind } = event.data.outcome;
        const ok = !["blocked", "rejected", "stopped"].includes(kind);
        const root = book.spanId("mission", missionId);
        return book.end(root, at, ok, { outcome: kind, microUsd });
      }
      case "PermissionAsked": {
        const { permissionId, agentId, what } = event.data;
        book.start("permission", permissionId, at, {
          name: `permission ${what}`,
          agentId: "human",
          attributes: { from: agentId },
        });
        return [];
      }
      case "PermissionAnswered": {
        const { permissionId, answer, by } = event.data;
        const spanId = book.spanId("permission", permissionId);
        return book.end(spanId, at, answer !== "no", { answer, by });
      }
      case "StepBuilt": {
        const { attempt, stepId, agentId, files } = event.data;
        return book.point("build", `${String(attempt)} ${stepId}`, at, {
          name: "step built",
          agentId,
          attributes: { attempt, files: files.length },
        });
      }
      case "MergeIntended": {
        const rest = { name: "merge", agentId: "hub" };
        book.start("merge", String(event.data.attempt), at, rest);
        return [];
      }
      case "Merged": {
        const spanId = book.spanId("merge", String(event.data.attempt));
        return book.end(spanId, at, true);
      }
      case "CallSettled":
        microUsd += event.data.microUsd;
        return work(event);
      default:
        return [...work(event), ...decide(event)];
    }
  }

  return {
    missionId,
    traceId: book.traceId,
    apply,
    spans: () => book.all(),
  };
}

/** Votes, ballots, checks and rulings. */
function traceDecisions(book: SpanBook): (event: Recorded) => readonly Span[] {
  return (event) => {
    const { at } = event;
    switch (event.type) {
      case "RoundOpened": {
        const { decisionId, subject, round } = event.data;
        const spanId = book.spanId("vote", decisionId);
        if (book.get(spanId) === undefined)
          book.start("vote", decisionId, at, {
            name: `vote ${subject}`,
            agentId: "hub",
            attributes: { decisionId },
          });
        book.note(spanId, { rounds: round });
        return [];
      }
      case "BallotCast": {
        const { decisionId, ballot } = event.data;
        const { agentId, round, verdict } = ballot;
        const id = `${decisionId} ${String(round)} ${agentId}`;
        return book.point("ballot", id, at, {
          name: verdict,
          agentId,
          parentId: book.spanId("vote", decisionId),
          attributes: { round, verdict },
        });
      }
      case "EvidenceRecorded": {
        const { decisionId, evidence } = event.data;
        return book.point("check", `${decisionId} ${evidence.id}`, at, {
          name: "check",
          agentId: "hub",
          parentId: book.spanId("vote", decisionId),
          attributes: { status: evidence.status },
        });
      }
      case "DecisionMade":
      case "DecisionEscalated": {
        const made = event.type === "DecisionMade";
        const outcome = made ? event.data.outcome : "escalated";
        const spanId = book.spanId("vote", event.data.decisionId);
        return book.end(spanId, at, made, { outcome });
      }
      case "RulingAsked": {
        const { decisionId, subject } = event.data;
        book.start("ruling", decisionId, at, {
          name: `ruling ${subject}`,
          agentId: "human",
          attributes: { decisionId },
        });
        return [];
      }
      case "HumanRuled": {
        const { decisionId, verdict, by } = event.data;
        const spanId = book.spanId("ruling", decisionId);
        return book.end(spanId, at, null, { verdict, by });
      }
      default:
        return [];
    }
  };
}
