import { effectiveRules, type Effective } from "../core/rules/effective.ts";
import { badRules } from "../core/rules/fault.ts";
import { unknownRoles } from "../core/rules/unknownRoles.ts";
import { RULES_FILE } from "../protocol/rulesPlace.ts";
import type { AppPorts } from "./appPorts.ts";

/** What a mission over this revision is decided under: the settings with the repository's rules on top. Rejects with `bad-rules`. */
export async function rulesHere(
  { houseRules, roles, settings }: AppPorts,
  repo: string,
  treeish: string,
): Promise<Effective> {
  const file = await houseRules(repo, treeish);
  if (file === undefined) return effectiveRules(settings);
  const known = new Set(roles.map(({ role }) => role));
  const faults = unknownRoles(file.rules, file.lines, [...known]);
  if (faults.length > 0) throw badRules(RULES_FILE, faults);
  return effectiveRules(settings, file.rules, file.from);
}
