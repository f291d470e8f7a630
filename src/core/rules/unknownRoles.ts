import type { RulesFile } from "../../protocol/rulesFile.ts";
import { nearest, type RulesFault } from "./fault.ts";
import type { RuleLines } from "./house.ts";

/** A role without a vote: it is asked after the others could not decide. */
const SENIOR = "senior";

/** The places where the file names a role that no agent has: what it asks for there could never be. `lines` are those of its keys. */
export function unknownRoles(
  rules: RulesFile,
  lines: RuleLines,
  all: readonly string[],
): readonly RulesFault[] {
  const known = all.filter((role) => role !== SENIOR);
  return rolesNamed(rules)
    .filter(({ role }) => !known.includes(role))
    .map(({ key, role }) => {
      const meant = nearest(role, known);
      return {
        line: lines[key] ?? 1,
        column: 1,
        what: `${key} names the role "${role}", which no agent with a vote has; ${meant === undefined ? "" : `did you mean "${meant}"? `}there are ${known.join(", ")}`,
      };
    });
}

/** Every role a rules file names, with the key that names it. */
function rolesNamed(
  file: RulesFile,
): readonly { readonly key: string; readonly role: string }[] {
  const of = (
    key: string,
    roles: readonly string[] = [],
  ): readonly { readonly key: string; readonly role: string }[] =>
    roles.map((role) => ({ key, role }));
  return [
    ...of("required", file.required),
    ...of("veto", file.veto),
    ...of("weights", Object.keys(file.weights ?? {})),
    ...Object.entries(file.labels ?? {}).flatMap(([name, label]) => [
      ...of(`labels.${name}`, label.required),
      ...of(`labels.${name}`, label.veto),
    ]),
  ];
}
