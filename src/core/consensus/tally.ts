/** How a round comes out: a pure function of the snapshot, the evidence and the ballots that count, in any order. */
import type {
  Ballot,
  Cluster,
  Elector,
  Evidence,
  Rules,
  Subject,
  Tally,
  Verdict,
  Verification,
  VerificationClaim,
} from "../../protocol/consensus.ts";
import type { TrustSnapshot } from "../../protocol/trust.ts";
import { citedFailure, isGrave } from "./cluster.ts";
import { failedGate, gateNotRun } from "./gate.ts";
import { afterVerification, groupsOf } from "./groups.ts";
import { compareText } from "./order.ts";
import { posteriors, worthReporting } from "./posterior.ts";
import { missingRole, quorumOf } from "./quorum.ts";
import {
  discountedSum,
  FAILED_EVIDENCE,
  logit,
  votesOf,
  percentOf,
} from "./score.ts";

/** What a tally looks at: electors without authors, and at most one ballot of each. Ballots of others are ignored. */
export interface TallyInput {
  readonly round: number;
  readonly subject: Subject;
  readonly electorate: readonly Elector[];
  readonly rules: Rules;
  readonly evidence: readonly Evidence[];
  readonly ballots: readonly Ballot[];
  /** Claims that were put to verifiers, and their answers; none by default. */
  readonly claims?: readonly VerificationClaim[];
  readonly verifications?: readonly Verification[];
  /** Trust as it was when the round opened; without it nothing is said of how likely a finding is real. */
  readonly trust?: TrustSnapshot | undefined;
}

type Finish = Pick<Tally, "outcome" | "because">;

/**
 * Counts a round. In this order: a failed required check, an evidence-backed veto and (for a change) a grave finding that is confirmed, or
 * corroborated and not refuted, block; a required check that could not run, a missing quorum or a missing required role keep it from being approved; a change
 * is then approved, a plan or question when its score reaches the bar. Nothing is approved without at least one approving ballot.
 */
export function tally(input: TallyInput): Tally {
  const ballots = input.ballots.filter((ballot) =>
    input.electorate.some(({ agentId }) => agentId === ballot.agentId),
  );
  const counted = { ...input, ballots };
  const clusters = clustersOf(counted);
  const count = (verdict: Verdict): number =>
    ballots.filter((ballot) => ballot.verdict === verdict).length;
  const scored = input.subject !== "change";
  const score = scored ? scoreOf(counted) : 0;
  const bar = scored ? logit(input.rules.threshold) : 0;
  return {
    round: input.round,
    ...(blockedBy(counted, clusters) ??
      undecidable(counted) ??
      spoken(counted, scored ? byScore(score, bar) : byFindings())),
    approvals: count("approve"),
    blocks: count("block"),
    abstentions: count("abstain"),
    absent: input.electorate.length - ballots.length,
    score,
    bar,
    clusters,
  };
}

/** Clusters after verification and, where trust is known, with how likely each is real; that orders and informs, and decides nothing. */
function clustersOf(input: TallyInput): Cluster[] {
  const { electorate, evidence, ballots, trust } = input;
  const groups = groupsOf(electorate, evidence, ballots).map((group) => ({
    ...group,
    cluster: afterVerification(
      group.cluster,
      input.claims ?? [],
      input.verifications ?? [],
    ),
  }));
  if (input.subject !== "change" || trust === undefined)
    return groups.map(({ cluster }) => cluster);
  const scores = posteriors(groups, electorate, evidence, ballots, trust);
  const reported = new Set(worthReporting(groups, scores));
  return groups.map(({ cluster }, index) => {
    const posterior = scores[index];
    return posterior === undefined
      ? cluster
      : { ...cluster, posterior, reported: reported.has(index) };
  });
}

function blockedBy(
  input: TallyInput,
  clusters: readonly Cluster[],
): Finish | undefined {
  const gate = failedGate(input.evidence);
  if (gate !== undefined)
    return blocked(`A required check failed: ${gate.summary}`);
  const veto = vetoOf(input);
  if (veto !== undefined) return blocked(veto);
  if (input.subject !== "change") return undefined;
  const decisive = clusters.find(
    ({ standing, representative, verified }) =>
      standing !== "SINGLE" &&
      verified !== "refuted" &&
      isGrave(representative.severity),
  );
  if (decisive === undefined) return undefined;
  const { path, line, claim, severity } = decisive.representative;
  const how =
    decisive.standing === "CONFIRMED"
      ? decisive.verified === "confirmed"
        ? "confirmed by a verifier"
        : "confirmed by evidence"
      : `raised by ${String(decisive.support)} independent voices`;
  return blocked(
    `A ${severity} finding is ${how}: ${path}:${String(line)} ${claim}`,
  );
}

function undecidable(input: TallyInput): Finish | undefined {
  const gate = gateNotRun(input.evidence);
  if (gate !== undefined)
    return {
      outcome: "split",
      because: `A required check could not run: ${gate.summary}`,
    };
  const quorum = quorumOf(input);
  if (!quorum.met)
    return {
      outcome: "noQuorum",
      because: `${String(quorum.present)} of ${String(quorum.all)} voices are in and ${String(quorum.needed)} are needed, one of them local.`,
    };
  const role = missingRole(input);
  return role === undefined
    ? undefined
    : {
        outcome: "noQuorum",
        because: `The required role ${role} has not voted.`,
      };
}

/** Silence never approves: a good prior, or the mere lack of findings, is nobody's word. */
function spoken(input: TallyInput, finish: Finish): Finish {
  return finish.outcome === "approved" &&
    !input.ballots.some(({ verdict }) => verdict === "approve")
    ? {
        outcome: "split",
        because: "Nothing said against it blocks it, but nobody approves it.",
      }
    : finish;
}

/** An evidence-backed block of a local elector whose role may veto; a peer's own word never suffices. */
function vetoOf(input: TallyInput): string | undefined {
  for (const elector of input.electorate.toSorted(byAgentId)) {
    if (
      elector.hub !== "local" ||
      !input.rules.vetoRoles.includes(elector.role)
    )
      continue;
    const ballot = input.ballots.find(
      ({ agentId, verdict }) =>
        agentId === elector.agentId && verdict === "block",
    );
    const shown = ballot?.findings
      .map((finding) => citedFailure(finding, input.evidence))
      .filter((cited) => cited !== undefined)
      .toSorted((a, b) => compareText(a.id, b.id))[0];
    if (shown !== undefined)
      return `${elector.name} (${elector.role}) vetoes on the evidence of ${shown.tool}: ${shown.summary}`;
  }
  return undefined;
}

function scoreOf({ electorate, rules, evidence, ballots }: TallyInput): number {
  const failures = evidence.filter(
    ({ status, required }) => status === "FAIL" && !required,
  ).length;
  return (
    logit(rules.prior) +
    discountedSum(votesOf(electorate, ballots)) +
    failures * FAILED_EVIDENCE
  );
}

function byScore(score: number, bar: number): Finish {
  const words = `The ballots make it ${String(percentOf(score))} % likely to be good; ${String(percentOf(bar))} % are needed.`;
  // With a threshold of one half the bar is 0 and a tie meets both sides; a tie approves nothing.
  if (score >= bar && score > -bar)
    return { outcome: "approved", because: words };
  if (score <= -bar && score < bar) return blocked(words);
  return { outcome: "split", because: words };
}

function byFindings(): Finish {
  return {
    outcome: "approved",
    because:
      "No finding of high severity or above is confirmed or raised by two independent voices.",
  };
}

function blocked(because: string): Finish {
  return { outcome: "blocked", because };
}

function byAgentId(a: Elector, b: Elector): number {
  return compareText(a.agentId, b.agentId);
}
