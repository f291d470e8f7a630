/** What there is to say of a cluster before weighing it. */
import type { Ballot, Elector } from "../../protocol/consensus.ts";
import type { TrustCounts } from "../trust/trust.ts";
import { baseRate, llr } from "../trust/weigh.ts";
import type { FindingGroup } from "./cluster.ts";
import { assertionSigns, classSigns, findingClass } from "./findingClass.ts";
import { discountedSum, logit } from "./score.ts";

/** Everything a posterior is made of, in whole thousandths. */
export const TRAITS = [
  /** Log-odds that a claim of this class is real, before asking who raised it. */
  "base",
  /** What trust makes of who raised it and who did not: log-likelihood ratios, the i-th strongest divided by 1 + 0.4·i. */
  "trust",
  /** How many others say the same, near-misses counted in part, and the square of that. */
  "support",
  "supportSquared",
  /** ln of the findings on the ballot it is taken from: who says much is right less often. */
  "talk",
  /** ln of the claim's characters: who explains more has looked closer. */
  "length",
  /** Words that state what is so, counted up to three: against hedges and proposals. */
  "assertion",
  /** Words that tell a class, counted up to three. */
  "security",
  "concurrency",
  "performance",
  "tests",
  "docs",
  "style",
] as const;
export type Trait = (typeof TRAITS)[number];
export type Traits = Readonly<Record<Trait, number>>;

/** Who could have raised a finding: one local elector, or a whole peer hub. */
interface Seat {
  readonly agentIds: readonly string[];
  readonly lineage: string;
  readonly role: string;
  readonly findings: number;
}

/**
 * The traits of each group, in their order. Everybody whose ballot is in has a voice, raised or silent; tools have none here, and a peer hub has
 * one, as a stranger. Whoever may have said the same in other words counts in part as one who raised it and in part as one who did not.
 */
export function traitsOf(
  groups: readonly FindingGroup[],
  electorate: readonly Elector[],
  ballots: readonly Ballot[],
  trust: TrustCounts,
): readonly Traits[] {
  const seats = seatsOf(electorate, ballots);
  const rates = new Map<string, number>();
  return groups.map(({ cluster, members, shares = [] }) => {
    const { representative, raisedBy } = cluster;
    const kind = findingClass(representative);
    const rate = rates.get(kind) ?? logit(baseRate(trust, kind));
    rates.set(kind, rate);
    const shareOf = (seat: Seat): number => {
      const told = shares
        .filter(({ raiser }) => seat.agentIds.includes(raiser))
        .map(({ share }) => share);
      const raised = seat.agentIds.some((id) => raisedBy.includes(id));
      return Math.max(0, ...told, raised && shares.length === 0 ? 1000 : 0);
    };
    const told = seats.map(shareOf);
    const votes = seats.map((seat, index) => {
      const share = told[index] ?? 0;
      const voice = { lineage: seat.lineage, role: seat.role, class: kind };
      return Math.round(
        (share * llr(trust, voice, true) +
          (1000 - share) * llr(trust, voice, false)) /
          1000,
      );
    });
    const author = members.find(({ finding }) => finding === representative);
    const own = seats.findIndex(({ agentIds }) =>
      agentIds.includes(author?.raiser ?? ""),
    );
    const support =
      told.reduce((sum, share) => sum + share, 0) - (told[own] ?? 0);
    const signs = classSigns(representative);
    return {
      base: rate,
      trust: discountedSum(votes),
      support,
      supportSquared: Math.round((support * support) / 1000),
      talk: thousandthsOfLog(seats[own]?.findings ?? 1),
      length: thousandthsOfLog(representative.claim.length),
      assertion: assertionSigns(representative),
      security: signs.security,
      concurrency: signs.concurrency,
      performance: signs.performance,
      tests: signs.tests,
      docs: signs.docs,
      style: signs.style,
    };
  });
}

function seatsOf(
  electorate: readonly Elector[],
  ballots: readonly Ballot[],
): readonly Seat[] {
  const present = electorate.flatMap(({ agentId, role, hub }) => {
    const ballot = ballots.find((paper) => paper.agentId === agentId);
    return ballot === undefined ? [] : [{ agentId, role, hub, ballot }];
  });
  const hubs = new Set(present.map(({ hub }) => hub));
  hubs.delete("local");
  return [
    ...present
      .filter(({ hub }) => hub === "local")
      .map(({ agentId, role, ballot }) => ({
        agentIds: [agentId],
        lineage: ballot.lineage,
        role,
        findings: ballot.findings.length,
      })),
    ...[...hubs].map((hub) => {
      const of = present.filter((elector) => elector.hub === hub);
      return {
        agentIds: of.map(({ agentId }) => agentId),
        lineage: `hub:${hub}`,
        role: "",
        findings: of.reduce(
          (sum, { ballot }) => sum + ballot.findings.length,
          0,
        ),
      };
    }),
  ];
}

function thousandthsOfLog(count: number): number {
  return Math.round(1000 * Math.log(Math.max(1, count)));
}
