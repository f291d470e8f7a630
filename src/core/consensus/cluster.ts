/** Which findings say the same thing of the same place, and how well each is supported. */
import type {
  Ballot,
  Cluster,
  Elector,
  Evidence,
  Finding,
  Severity,
} from "../../protocol/consensus.ts";
import { compareAll, compareText } from "./order.ts";
import { sameClaim } from "./similarity.ts";

/** Lines two findings may lie apart and still be about the same place. */
const NEAR_LINES = 3;

const SEVERITIES: readonly Severity[] = ["low", "medium", "high", "critical"];

interface Raised {
  readonly raiser: string;
  /** What counts once for support: a tool, a (lineage, role) pair, or a whole peer hub. */
  readonly source: string;
  readonly confirms: boolean;
  readonly finding: Finding;
}

/** A cluster with the findings in it, each under the agent or `tool:NAME` that raised it. */
export interface FindingGroup {
  readonly cluster: Cluster;
  readonly members: readonly {
    readonly raiser: string;
    readonly finding: Finding;
  }[];
}

/**
 * Groups the findings of failed checks and of ballots, the same for any order of either. A cluster is CONFIRMED when a failed check raised it or a local
 * elector cites one that failed, CORROBORATED with two or more sources, else SINGLE. Its representative is as severe as its standing
 * carries: the most severe confirmed finding, or the level that at least two sources reach, so one alarmed voice cannot raise it.
 */
export function groupFindings(
  electorate: readonly Elector[],
  evidence: readonly Evidence[],
  ballots: readonly Ballot[],
): readonly FindingGroup[] {
  const groups: { readonly leader: Raised; readonly members: Raised[] }[] = [];
  for (const raised of raisedFindings(electorate, evidence, ballots)) {
    // Only the leader is compared, so that a chain of half-similar claims cannot join two different ones.
    const group = groups.find(({ leader }) =>
      sameThing(leader.finding, raised.finding),
    );
    if (group === undefined) groups.push({ leader: raised, members: [raised] });
    else group.members.push(raised);
  }
  return groups.map(({ members }, index) => ({
    cluster: describe(members, index + 1),
    members,
  }));
}

/** True for high and critical: bad enough to block a change. */
export function isGrave(severity: Severity): boolean {
  return rank(severity) >= rank("high");
}

/** The failed check of this decision that the finding cites; a check that passed or did not run shows nothing. */
export function citedFailure(
  finding: Finding,
  evidence: readonly Evidence[],
): Evidence | undefined {
  return evidence.find(
    ({ id, status }) => id === finding.evidenceRef && status === "FAIL",
  );
}

function raisedFindings(
  electorate: readonly Elector[],
  evidence: readonly Evidence[],
  ballots: readonly Ballot[],
): readonly Raised[] {
  const byTools = evidence
    .filter(({ status }) => status === "FAIL")
    .flatMap(({ tool, findings }) =>
      findings.map((finding) => ({
        raiser: `tool:${tool}`,
        source: `tool:${tool}`,
        confirms: true,
        finding,
      })),
    );
  const byElectors = ballots.flatMap((ballot) => {
    const elector = electorate.find(
      ({ agentId }) => agentId === ballot.agentId,
    );
    if (elector === undefined) return [];
    const local = elector.hub === "local";
    return ballot.findings.map((finding) => ({
      raiser: ballot.agentId,
      source: local
        ? JSON.stringify([ballot.lineage, elector.role])
        : `hub:${elector.hub}`,
      confirms: local && citedFailure(finding, evidence) !== undefined,
      finding,
    }));
  });
  return [...byTools, ...byElectors].toSorted((a, b) =>
    compareAll(
      rank(b.finding.severity) - rank(a.finding.severity),
      compareText(a.finding.path, b.finding.path),
      a.finding.line - b.finding.line,
      compareText(a.finding.claim, b.finding.claim),
      compareText(a.finding.evidenceRef ?? "", b.finding.evidenceRef ?? ""),
      compareText(a.raiser, b.raiser),
    ),
  );
}

/** `members` are sorted, most severe first. */
function describe(members: readonly Raised[], number: number): Cluster {
  const sources = new Map<string, Raised>();
  for (const member of members)
    if (!sources.has(member.source)) sources.set(member.source, member);
  const worstOfEach = [...sources.values()];
  const confirming = members.find(({ confirms }) => confirms);
  const carried = confirming ?? worstOfEach[1] ?? members[0];
  if (carried === undefined) throw new RangeError("a cluster has a member");
  return {
    id: `c${String(number)}`,
    representative: carried.finding,
    standing:
      confirming !== undefined
        ? "CONFIRMED"
        : sources.size >= 2
          ? "CORROBORATED"
          : "SINGLE",
    raisedBy: [...new Set(members.map(({ raiser }) => raiser))].toSorted(
      compareText,
    ),
    support: sources.size,
  };
}

function sameThing(one: Finding, other: Finding): boolean {
  const near =
    one.line === 0 ||
    other.line === 0 ||
    Math.abs(one.line - other.line) <= NEAR_LINES;
  return (
    near &&
    plainPath(one.path) === plainPath(other.path) &&
    sameClaim(one.claim, other.claim)
  );
}

function plainPath(path: string): string {
  return path.replace(/^(?:\.\/)+/u, "");
}

function rank(severity: Severity): number {
  return SEVERITIES.indexOf(severity);
}
