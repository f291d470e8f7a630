/** Who must be present. The denominator is the electorate of the snapshot, never the votes cast; an abstention is presence. */
import type { Ballot, Elector, Rules } from "../../protocol/consensus.ts";
import { compareText } from "./order.ts";

/** The snapshot, its rules and the ballots that count. */
export interface Presence {
  readonly electorate: readonly Elector[];
  readonly rules: Rules;
  readonly ballots: readonly Ballot[];
}

/** Counts voices: a local elector is one, a peer hub is one however many electors it sends. Met when enough are present and one of them is local. */
export function quorumOf({ electorate, rules, ballots }: Presence): {
  readonly met: boolean;
  readonly present: number;
  readonly all: number;
  readonly needed: number;
} {
  const here = electorate.filter((elector) => voted(elector, ballots));
  const all = voices(electorate);
  const present = voices(here);
  const needed = Math.max(1, Math.ceil((all * rules.quorum) / 1000));
  const local = here.some(({ hub }) => hub === "local");
  return { met: local && present >= needed, present, all, needed };
}

/** The first required role, by name, that no local elector has voted in: a peer cannot stand in for one. */
export function missingRole({
  electorate,
  rules,
  ballots,
}: Presence): string | undefined {
  return rules.requiredRoles
    .toSorted(compareText)
    .find(
      (role) =>
        !electorate.some(
          (elector) =>
            elector.role === role &&
            elector.hub === "local" &&
            voted(elector, ballots),
        ),
    );
}

function voices(members: readonly Elector[]): number {
  return new Set(
    members.map(({ agentId, hub }) =>
      hub === "local" ? `agent:${agentId}` : `hub:${hub}`,
    ),
  ).size;
}

function voted(elector: Elector, ballots: readonly Ballot[]): boolean {
  return ballots.some(({ agentId }) => agentId === elector.agentId);
}
