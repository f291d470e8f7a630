import { labelsFor, withLabels } from "../core/rules/labels.ts";
import type { Evidence, Rules } from "../protocol/consensus.ts";
import type { DataOf } from "../protocol/event.ts";
import type { HouseRules } from "../protocol/rulesFile.ts";
import { RULES_FILE } from "../protocol/rulesPlace.ts";

/** The rules of one decision: those of the mission, with what the labels ask that fit its goal or `paths`. */
export function rulesFor(
  {
    goal,
    rules,
    house,
  }: Pick<DataOf<"MissionOpened">, "goal" | "rules" | "house">,
  paths: readonly string[],
): Rules {
  const labels = labelsFor(house, { goal, paths });
  return labels.length === 0
    ? rules
    : {
        ...withLabels(rules, labels),
        labels: labels.map(({ name }) => name),
      };
}

/** The evidence with the tools required that the house rules require; one that did not speak at all is required and NOT_RUN. */
export function requireEvidence(
  evidence: readonly Evidence[],
  house: HouseRules | undefined,
): readonly Evidence[] {
  const wanted = house?.evidence.required ?? [];
  const missing = wanted.filter(
    (name) => !evidence.some(({ tool }) => tool === name),
  );
  return [
    ...evidence.map((one) =>
      wanted.includes(one.tool) ? { ...one, required: true } : one,
    ),
    ...missing.map((tool): Evidence => ({
      id: tool,
      tool,
      status: "NOT_RUN",
      required: true,
      summary: `${RULES_FILE} requires the tool "${tool}", and there is none of that name. There are ${evidence.map((one) => one.tool).join(", ")}.`,
      findings: [],
      durationMs: 0,
    })),
  ];
}
