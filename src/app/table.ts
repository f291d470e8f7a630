import { RoundtableError } from "../core/errors.ts";
import type { TrustCounts } from "../core/trust/trust.ts";
import { voteWeight } from "../core/trust/weigh.ts";
import type { Elector } from "../protocol/consensus.ts";
import type { RoleFile } from "../protocol/role.ts";
import type { Models } from "../ports.ts";

/** Most that a vote weighs, milli-logits. */
const MAX_WEIGHT = 2200;

/** The role that is asked only after the team could not decide, and so has no vote. */
const SENIOR = "senior";

/** What votes weigh: what outcomes have taught of who gives them, times what the rules say of their role. */
interface Weighing {
  readonly trust: TrustCounts;
  /** Multipliers by role; 1 for others. */
  readonly weights: Readonly<Record<string, number>>;
}

/** The electorate of a mission: one voter per role but the senior's, by the model its tier stands for now. Nobody votes without a model. */
export async function electorateOf(
  roles: readonly RoleFile[],
  models: Models | undefined,
  { trust, weights }: Weighing,
  signal: AbortSignal,
): Promise<readonly Elector[]> {
  if (models === undefined) return [];
  const voters = roles.filter(({ role }) => role !== SENIOR);
  return Promise.all(
    voters.map(async ({ id, role, name, tier }) => {
      const lineage = await models.lineage(tier, signal);
      const learned = voteWeight(trust, lineage, role);
      const weight = Math.round(learned * (weights[role] ?? 1));
      return {
        agentId: id,
        role,
        name,
        lineage,
        hub: "local",
        weight: Math.min(MAX_WEIGHT, weight),
      };
    }),
  );
}

/** What a vote of a teammate's agent weighs: as much as outcomes have taught of its lineage, and never more than the heaviest vote here. */
export function weighTeammates(
  electorate: readonly Elector[],
  trust: TrustCounts,
): (lineage: string, role: string) => number {
  const most = Math.max(0, ...electorate.map(({ weight }) => weight));
  return (lineage, role) => Math.min(most, voteWeight(trust, lineage, role));
}

/** Whether electors of other hubs were invited to a mission. */
export function hasTeammates({
  electorate,
}: {
  readonly electorate: readonly Elector[];
}): boolean {
  return electorate.some(({ hub }) => hub !== "local");
}

/** What a mission that needs a model says without one. */
export function needsModel(): RoundtableError {
  return new RoundtableError(
    "no-model",
    "Planning and answering need a model, and none is set up.",
    "Nothing was started. Set an Anthropic API key, choose another model, or play the sample mission; reviews work without any.",
  );
}
