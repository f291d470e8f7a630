import type { Outcome } from "../protocol/event.ts";
import { build } from "./build.ts";
import { changeProposal, proposeChange } from "./change.ts";
import { NO_LESSON, type Lesson, type Line } from "./line.ts";
import { merge } from "./merge.ts";
import { planProposal, proposePlan } from "./plan.ts";
import { rule } from "./ruling.ts";
import { vote } from "./vote.ts";

/**
 * The main job, top to bottom: plan → vote → you → build → review → vote → you → merge. "Revise" is attempt n+1 of the same line with
 * what was learned as its input. Every step is in the journal, so running it again after a crash goes on where it stopped.
 */
export async function run(
  line: Line,
  attempt = 1,
  lesson: Lesson = NO_LESSON,
): Promise<Outcome> {
  const again = (next: Lesson): Promise<Outcome> =>
    run(line, attempt + 1, next);

  const planned = await proposePlan(line, attempt, lesson);
  const plan = await planProposal(line, planned, lesson);
  const onPlan = await rule(line, plan, await vote(line, plan));
  if (onPlan.kind === "end") return onPlan.outcome;
  if (onPlan.kind === "revise") return again({ ...lesson, ...onPlan.lesson });

  const built = await build(line, attempt, planned.plan, lesson);
  const made = await proposeChange(line, attempt, built);
  if (!made.ok)
    return attempt < line.opened.maxAttempts
      ? again(made.lesson)
      : { kind: "blocked", summary: made.lesson.remarks.join(" ") };
  const change = await changeProposal(line, made.proposed);
  const onChange = await rule(line, change, await vote(line, change));
  if (onChange.kind === "end") return onChange.outcome;
  if (onChange.kind === "revise")
    return again({ ...onChange.lesson, tip: built.tip });

  const merged = await merge(line, attempt, made.proposed);
  if (merged.ok) return merged.outcome;
  return again({
    ...NO_LESSON,
    tip: built.tip,
    kept: { plan: planned.plan, attempt: lesson.kept?.attempt ?? attempt },
  });
}
