import { isGrave } from "../consensus/cluster.ts";
import type { DecisionState } from "../consensus/decision.ts";
import type { Ballot, Cluster } from "../../protocol/consensus.ts";
import type { DataOf } from "../../protocol/event.ts";
import { firstClusterOf, firstClusters } from "./firstWords.ts";

/** What became of one claim of the first ballots. */
export interface ClaimOutcome {
  readonly cluster: Cluster;
  readonly real: boolean;
  readonly source: DataOf<"TrustLearned">["source"];
  /** Per mille of a whole outcome. */
  readonly weight: number;
  /** Whether it says anything of who gave this ballot. */
  readonly teaches: (ballot: Ballot, flagged: boolean) => boolean;
}

/** Sources of weight: a tool, a test, a person or a revert settles the matter; a model that looked and showed what it saw says less. */
const SETTLED = 1000;
const BY_VERIFIER = 300;

const TOOL = "tool:";
/** Tools that run the project's own tests. */
const TESTS: ReadonlySet<string> = new Set(["tool:checks", "tool:tests"]);

const everybody = (): boolean => true;
const whoRaisedIt = (_: Ballot, flagged: boolean): boolean => flagged;

/** The outcomes that the decision itself brought: tools, places that do not exist, verifiers, and a person who overruled the team. */
export function claimOutcomes(state: DecisionState): readonly ClaimOutcome[] {
  return [
    ...byTools(state),
    ...astray(state),
    ...byVerifiers(state),
    ...overruled(state),
  ];
}

/**
 * A tool shows what an agent found by itself. Everybody had read what the tools say, so whoever left that to them has missed nothing, and who only
 * cites them has found nothing.
 */
function byTools(state: DecisionState): readonly ClaimOutcome[] {
  return firstClusters(state).flatMap((cluster) => {
    const tools = cluster.raisedBy.filter((by) => by.startsWith(TOOL));
    if (tools.length === 0) return [];
    const cites = ({ findings }: Ballot): boolean =>
      findings.some(
        ({ path, evidenceRef }) =>
          path === cluster.representative.path && evidenceRef !== undefined,
      );
    return [
      {
        cluster,
        real: true,
        source: tools.some((tool) => TESTS.has(tool)) ? "test" : "tool",
        weight: SETTLED,
        teaches: (ballot, flagged) => flagged && !cites(ballot),
      } satisfies ClaimOutcome,
    ];
  });
}

/** A finding about lines that are not there is wrong, whoever else keeps quiet about them. */
function astray(state: DecisionState): readonly ClaimOutcome[] {
  return state.ballots
    .filter(({ round }) => round === 1)
    .flatMap(({ agentId, findings, astray: strays = [] }) =>
      strays.flatMap((index) => {
        const finding = findings[index];
        const cluster = firstClusters(state).find(
          ({ representative, raisedBy }) =>
            finding !== undefined &&
            raisedBy.length === 1 &&
            raisedBy[0] === agentId &&
            representative.path === finding.path &&
            representative.line === finding.line &&
            representative.claim === finding.claim,
        );
        return cluster === undefined
          ? []
          : [
              {
                cluster,
                real: false,
                source: "tool",
                weight: SETTLED,
                teaches: whoRaisedIt,
              } satisfies ClaimOutcome,
            ];
      }),
    );
}

function byVerifiers(state: DecisionState): readonly ClaimOutcome[] {
  const looked = state.tallies
    .flatMap(({ clusters }) => clusters)
    .filter(
      ({ verified }) => verified === "confirmed" || verified === "refuted",
    );
  return once(state, looked).map(({ cluster, from }) => ({
    cluster,
    real: from.verified === "confirmed",
    source: "verifier",
    weight: BY_VERIFIER,
    teaches: everybody,
  }));
}

/** A person who overrules a block with a reason says that what blocked was none. What a tool shows stays shown. */
function overruled({
  ruling,
  ...state
}: DecisionState): readonly ClaimOutcome[] {
  if (
    ruling?.verdict !== "overrule" ||
    ruling.by.startsWith("policy:") ||
    ruling.reason.trim() === ""
  )
    return [];
  const decisive = (state.tallies.at(-1)?.clusters ?? []).filter(
    ({ standing, representative, verified, raisedBy }) =>
      standing !== "SINGLE" &&
      verified !== "refuted" &&
      isGrave(representative.severity) &&
      !raisedBy.some((by) => by.startsWith(TOOL)),
  );
  return once({ ...state, ruling }, decisive).map(({ cluster }) => ({
    cluster,
    real: false,
    source: "human",
    weight: SETTLED,
    teaches: everybody,
  }));
}

/** A claim of a person, as {@link ClaimOutcome}: it settles the matter and says something of everybody. */
export function settledByHuman(cluster: Cluster, real: boolean): ClaimOutcome {
  return {
    cluster,
    real,
    source: "human",
    weight: SETTLED,
    teaches: everybody,
  };
}

/** Clusters of any tally as those of the first ballots, each once; what only came up later was in nobody's first ballot and is left out. */
function once(
  state: DecisionState,
  clusters: readonly Cluster[],
): readonly { readonly cluster: Cluster; readonly from: Cluster }[] {
  const found = new Map<string, { cluster: Cluster; from: Cluster }>();
  for (const from of clusters) {
    const cluster = firstClusterOf(state, from.representative);
    if (cluster !== undefined) found.set(cluster.id, { cluster, from });
  }
  return [...found.values()];
}
