import type { PlanChange } from "../protocol/panel.ts";
import type { Plan, PlanStep } from "../protocol/work.ts";

const FIELDS = ["title", "intent", "files", "dependsOn"] as const;

/** What differs from one version of a plan to the next: the summary, each step by its id in the order of the later version (removed ones last), risks, and when it is done. */
export function planChanges(before: Plan, after: Plan): readonly PlanChange[] {
  const old = new Map(before.steps.map((step) => [step.id, step]));
  const kept = new Set(after.steps.map(({ id }) => id));
  return [
    ...whole("summary", before.summary, after.summary),
    ...after.steps.flatMap((step) => {
      const known = old.get(step.id);
      return known === undefined
        ? [{ ...part(step.id), what: "added" as const, after: step.title }]
        : stepChanges(known, step);
    }),
    ...before.steps
      .filter(({ id }) => !kept.has(id))
      .map((step) => ({
        ...part(step.id),
        what: "removed" as const,
        before: step.title,
      })),
    ...whole("risks", lines(before.risks), lines(after.risks)),
    ...whole("doneWhen", lines(before.doneWhen), lines(after.doneWhen)),
  ];
}

function stepChanges(before: PlanStep, after: PlanStep): readonly PlanChange[] {
  return FIELDS.flatMap((field) => {
    const [was, is] = [text(before[field]), text(after[field])];
    return was === is
      ? []
      : [
          {
            section: after.id,
            what: "changed" as const,
            field,
            before: was,
            after: is,
          },
        ];
  });
}

function whole(
  section: string,
  before: string,
  after: string,
): readonly PlanChange[] {
  return before === after
    ? []
    : [{ section, what: "changed", field: null, before, after }];
}

function part(
  section: string,
): Pick<PlanChange, "section" | "field" | "before" | "after"> {
  return { section, field: null, before: "", after: "" };
}

function text(value: string | readonly string[]): string {
  return typeof value === "string" ? value : value.join(", ");
}

function lines(items: readonly string[]): string {
  return items.join("\n");
}
