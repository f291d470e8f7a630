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
import { samenessOf, sameClaim } from "./similarity.ts";

/** Lines two findings may lie apart and still be about the same place. */
const NEAR_LINES = 3;

/** How likely findings must mean the same to be made one, per mille. A wrong join hides a finding; what is left apart is still told as a likely repeat. */
const SURE = 900;

/** What a claim e times as long is worth when a representative is chosen, per mille of one more voice that says the same. */
const EXPLAINED = 300;

const SEVERITIES: readonly Severity[] = ["low", "medium", "high", "critical"];

interface Raised {
  readonly raiser: string;
  /** What counts once for support: a tool, a (lineage, role) pair, or a whole peer hub. */
  readonly source: string;
  readonly confirms: boolean;
  /** True for what another hub's elector says. */
  readonly peer: boolean;
  readonly finding: Finding;
}

/** How likely a voice means what a representative says. */
export interface Share {
  readonly raiser: string;
  /** Per mille, 1 to 1000. */
  readonly share: number;
}

/** A cluster with the findings in it, each under the agent or `tool:NAME` that raised it. */
export interface FindingGroup {
  readonly cluster: Cluster;
  readonly members: readonly {
    readonly raiser: string;
    readonly finding: Finding;
  }[];
  /** Who says what the representative says, and how likely, by id; those who may have said it in a finding of another group included. */
  readonly shares?: readonly Share[];
  /** How likely each group's representative, in the order of the groups, repeats this one's, per mille; 0 for itself. */
  readonly repeats?: readonly number[];
}

/** How likely two findings mean the same, per mille. */
type Sameness = (one: Raised, other: Raised) => number;

/**
 * Groups the findings of failed checks and of ballots, the same for any order of either. Findings are the same when their places agree and their
 * claims do; what cannot be told by place is told by all claims of tools and local electors together. What peers say joins
 * those groups or makes its own, and moves none. A cluster is CONFIRMED when a failed check raised it or a local
 * elector cites one that failed, CORROBORATED with two or more sources, else SINGLE. Its representative is as severe as its standing
 * carries: the most severe confirmed finding, or the level that at least two sources reach, so one alarmed voice cannot raise it; of several
 * such findings, the one that has most in common with what the others say.
 */
export function groupFindings(
  electorate: readonly Elector[],
  evidence: readonly Evidence[],
  ballots: readonly Ballot[],
): readonly FindingGroup[] {
  const raised = raisedFindings(electorate, evidence, ballots);
  const sameness = samenessAmong(raised);
  const groups: { readonly leader: Raised; readonly members: Raised[] }[] = [];
  for (const next of inOrder(raised, sameness)) {
    // Only the leader is compared, so that a chain of half-similar claims cannot join two different ones.
    const closest = groups
      .map((group) => ({ group, near: sameness(group.leader, next) }))
      .reduce<
        | { readonly group: (typeof groups)[number]; readonly near: number }
        | undefined
      >(
        (best, candidate) =>
          candidate.near > (best?.near ?? SURE - 1) ? candidate : best,
        undefined,
      );
    if (closest === undefined) groups.push({ leader: next, members: [next] });
    else closest.group.members.push(next);
  }
  const told = groups.map(({ members }) => describe(members, sameness));
  return told.map(({ representative, ...rest }, index) => ({
    cluster: {
      id: `c${String(index + 1)}`,
      representative: representative.finding,
      ...rest,
    },
    members: (groups[index]?.members ?? []).map(({ raiser, finding }) => ({
      raiser,
      finding,
    })),
    shares: sharesOf(representative, raised, sameness),
    repeats: told.map((other) =>
      other.representative === representative
        ? 0
        : sameness(representative, other.representative),
    ),
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
        peer: false,
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
      peer: !local,
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

/** The more severe first, then what most others say too, then as {@link raisedFindings} has them; peers after all others. */
function inOrder(
  raised: readonly Raised[],
  sameness: Sameness,
): readonly Raised[] {
  return raised
    .map((finding) => ({ finding, echo: echoOf(finding, raised, sameness) }))
    .toSorted((a, b) =>
      compareAll(
        Number(a.finding.peer) - Number(b.finding.peer),
        rank(b.finding.finding.severity) - rank(a.finding.finding.severity),
        b.echo - a.echo,
      ),
    )
    .map(({ finding }) => finding);
}

/** How much of what `one` says is said by other voices among `others` too; what peers say gives nothing of our own more weight. */
function echoOf(
  one: Raised,
  others: readonly Raised[],
  sameness: Sameness,
): number {
  return others
    .filter(({ source, peer }) => source !== one.source && (one.peer || !peer))
    .reduce((sum, other) => sum + sameness(one, other), 0);
}

function sharesOf(
  one: Raised,
  raised: readonly Raised[],
  sameness: Sameness,
): readonly Share[] {
  const shares = new Map([[one.raiser, 1000]]);
  for (const other of raised)
    if (other.raiser !== one.raiser)
      shares.set(
        other.raiser,
        Math.min(1000, (shares.get(other.raiser) ?? 0) + sameness(one, other)),
      );
  return [...shares]
    .filter(([, share]) => share > 0)
    .map(([raiser, share]) => ({ raiser, share }))
    .toSorted((a, b) => compareText(a.raiser, b.raiser));
}

/** `members` are sorted, most severe first within those of this hub and within peers. */
function describe(
  members: readonly Raised[],
  sameness: Sameness,
): Omit<Cluster, "id" | "representative"> & {
  readonly representative: Raised;
} {
  const bySeverity = members.toSorted(
    (a, b) => rank(b.finding.severity) - rank(a.finding.severity),
  );
  const sources = new Map<string, Raised>();
  for (const member of bySeverity)
    if (!sources.has(member.source)) sources.set(member.source, member);
  const worstOfEach = [...sources.values()];
  const confirming = bySeverity.find(({ confirms }) => confirms);
  const carried = confirming ?? worstOfEach[1] ?? bySeverity[0];
  if (carried === undefined) throw new RangeError("a cluster has a member");
  const representative = bySeverity
    .filter(
      ({ finding, confirms, peer }) =>
        finding.severity === carried.finding.severity &&
        confirms === carried.confirms &&
        peer === carried.peer,
    )
    .map((member) => ({
      member,
      echo:
        echoOf(member, members, sameness) +
        Math.round(EXPLAINED * Math.log(member.finding.claim.length)),
    }))
    .reduce((best, next) => (next.echo > best.echo ? next : best), {
      member: carried,
      echo: -1,
    }).member;
  return {
    representative,
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

/**
 * Of two findings on a file, equal enough claims within three lines of each other are the same. All others that may be of one place are
 * compared by what all claims have in common, but a peer's only one by one: nothing it sends may change what is alike among our own.
 */
function samenessAmong(raised: readonly Raised[]): Sameness {
  const own = raised.filter(({ peer }) => !peer);
  const rows = samenessOf(
    own.map(({ raiser, finding }) => ({ voice: raiser, claim: finding.claim })),
    (one, other) => !samePlace(own[one]?.finding, own[other]?.finding),
  );
  const indexes = new Map(own.map((finding, index) => [finding, index]));
  return (one, other) => {
    const placed = one.finding.path !== "" && other.finding.path !== "";
    const alike =
      (placed || one.peer || other.peer) &&
      samePlace(one.finding, other.finding) &&
      sameClaim(one.finding.claim, other.finding.claim);
    if (alike) return 1000;
    const row = indexes.get(one);
    const column = indexes.get(other);
    return row === undefined || column === undefined
      ? 0
      : (rows[row]?.[column] ?? 0);
  };
}

/** Line 0 is the whole file, and no path the whole artifact. */
function samePlace(
  one: Finding | undefined,
  other: Finding | undefined,
): boolean {
  if (one === undefined || other === undefined) return false;
  const near =
    one.line === 0 ||
    other.line === 0 ||
    Math.abs(one.line - other.line) <= NEAR_LINES;
  return near && plainPath(one.path) === plainPath(other.path);
}

function plainPath(path: string): string {
  return path.replace(/^(?:\.\/)+/u, "");
}

function rank(severity: Severity): number {
  return SEVERITIES.indexOf(severity);
}
