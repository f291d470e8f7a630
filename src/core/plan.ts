import type { Plan, PlanStep } from "../protocol/work.ts";

/** What is wrong with the shape of a plan: doubled ids, unknown or circular dependencies. Empty when it can be carried out. */
export function planFaults(plan: Plan): readonly string[] {
  const faults: string[] = [];
  const ids = new Set<string>();
  for (const step of plan.steps) {
    if (ids.has(step.id)) faults.push(`two steps are called "${step.id}"`);
    ids.add(step.id);
  }
  for (const step of plan.steps)
    for (const id of step.dependsOn)
      if (!ids.has(id))
        faults.push(`step "${step.id}" depends on "${id}", which is no step`);
  if (faults.length === 0 && waves(plan).flat().length < plan.steps.length)
    faults.push("some steps depend on each other in a circle");
  return faults;
}

/** Steps in the order they can be built: each wave depends on earlier waves only. Steps in a circle are left out. */
export function waves(plan: Plan): readonly (readonly PlanStep[])[] {
  const done = new Set<string>();
  const result: (readonly PlanStep[])[] = [];
  for (;;) {
    const wave = plan.steps.filter(
      (step) =>
        !done.has(step.id) && step.dependsOn.every((id) => done.has(id)),
    );
    if (wave.length === 0) return result;
    result.push(wave);
    for (const step of wave) done.add(step.id);
  }
}

/** A plan as Markdown for people. */
export function planMarkdown(plan: Plan): string {
  const lines = [plan.summary, "", "## Steps", ""];
  plan.steps.forEach((step, index) => {
    lines.push(`### ${String(index + 1)}. ${step.title}`, "", step.intent, "");
    if (step.files.length > 0)
      lines.push(
        `- Files: ${step.files.map((file) => `\`${file}\``).join(", ")}`,
      );
    if (step.dependsOn.length > 0)
      lines.push(`- After: ${step.dependsOn.join(", ")}`);
    lines.push(`- Step id: \`${step.id}\``, "");
  });
  const list = (title: string, items: readonly string[]): void => {
    if (items.length === 0) return;
    lines.push(`## ${title}`, "", ...items.map((item) => `- ${item}`), "");
  };
  list("Risks", plan.risks);
  list("Done when", plan.doneWhen);
  return lines.join("\n");
}
