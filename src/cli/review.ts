import { RoundtableError } from "../core/errors.ts";
import type { ApprovalMode, ReviewScope } from "../protocol/event.ts";
import type { ReviewReport } from "../protocol/reviewReport.ts";
import { runMission, toTheEnd, type MissionOptions } from "./mission.ts";
import { createPrinter } from "./print.ts";
import { reviewReport } from "./reviewReport.ts";
import { openSession } from "./session.ts";

/** Flags of `roundtable review`. */
export interface ReviewOptions extends MissionOptions {
  readonly approve: ApprovalMode;
  readonly base?: string;
  readonly head: string;
  readonly staged?: boolean;
}

/** Reviews the working tree, what is staged, or a range; returns the exit code. With `json` standard output is one {@link ReviewReport}, or empty when nothing was reviewed. */
export async function review(options: ReviewOptions): Promise<number> {
  const scope = scopeOf(options);
  const { approve } = options;
  const intentFor = ({ root }: { readonly root: string }) =>
    ({ kind: "review", repo: root, scope, approve }) as const;
  if (options.json !== true) return runMission(options, intentFor);
  const session = await openSession(options);
  try {
    const { missionId } = await session.app.perform(
      intentFor(session),
      "human",
    );
    if (missionId === null) return 0;
    const printer = createPrinter(process.stderr);
    const code = await toTheEnd(session, missionId, printer, "document");
    const mission = session.app.detail(missionId);
    const report = mission === null ? undefined : reviewReport(mission, scope);
    if (report !== undefined) print(report);
    return code;
  } finally {
    await session.dispose();
  }
}

function print(report: ReviewReport): void {
  process.stdout.write(`${JSON.stringify(report)}\n`);
}

function scopeOf({ base, head, staged }: ReviewOptions): ReviewScope {
  if (staged === true && base !== undefined)
    throw new RoundtableError(
      "bad-intent",
      "--staged and --base exclude each other.",
      "Nothing was started. Use one of them.",
    );
  if (staged === true) return { kind: "staged" };
  return base === undefined
    ? { kind: "working" }
    : { kind: "range", base, head };
}
