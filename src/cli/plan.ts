import { RoundtableError } from "../core/errors.ts";
import { planMarkdown } from "../core/plan.ts";
import { replayOf } from "../core/replay.ts";
import { planVersionsMarkdown } from "../core/views/plans.ts";
import { openBook, type LogChoice } from "./logBook.ts";
import { harmless } from "./text.ts";

/** Flags of `roundtable plan`. */
export interface PlanOptions extends LogChoice {
  readonly mission: string;
  readonly versions?: boolean;
  readonly json?: boolean;
}

/** Prints a mission's plan, or with `versions` what each version changed and why; returns the exit code. */
export async function showPlan(options: PlanOptions): Promise<number> {
  const book = await openBook(options);
  try {
    const events = await book.mission(options.mission);
    const mission = replayOf(events)?.at(events.length).detail(0);
    if (mission?.plan == null)
      throw new RoundtableError(
        "bad-intent",
        `The mission "${options.mission}" has no plan.`,
        "Only tasks that are built have one, once it is proposed; `roundtable log` lists the missions.",
      );
    const { planVersions, plan } = mission;
    const text =
      options.json === true
        ? JSON.stringify(
            options.versions === true ? planVersions : plan.plan,
            null,
            2,
          )
        : options.versions === true
          ? planVersionsMarkdown(planVersions)
          : planMarkdown(plan.plan);
    process.stdout.write(`${harmless(text).trimEnd()}\n`);
    return 0;
  } finally {
    await book.dispose();
  }
}
