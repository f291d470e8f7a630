import { effectiveRules, type Effective } from "../core/rules/effective.ts";
import { houseRulesAt, refuseUnknownRoles } from "../mission/rules.ts";
import type { AppPorts } from "./appPorts.ts";

/** What a mission over this tree or commit is decided under: the settings with the repository's rules on top. Rejects with `bad-rules`. */
export async function rulesHere(
  { git, readRules, roles, settings }: AppPorts,
  repo: string,
  treeish: string,
): Promise<Effective> {
  const file = await houseRulesAt(git, readRules, repo, treeish);
  if (file === undefined) return effectiveRules(settings);
  refuseUnknownRoles(
    file,
    roles.map(({ role }) => role),
  );
  return effectiveRules(settings, file.rules, file.from);
}
