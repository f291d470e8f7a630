import { RoundtableError } from "../core/errors.ts";
import type { ApprovalMode, ReviewScope } from "../protocol/event.ts";
import { runMission, type MissionOptions } from "./mission.ts";

/** Flags of `roundtable review`. */
export interface ReviewOptions extends MissionOptions {
  readonly approve: ApprovalMode;
  readonly base?: string;
  readonly head: string;
  readonly staged?: boolean;
}

/** Reviews the working tree, what is staged, or a range; returns the exit code. */
export function review(options: ReviewOptions): Promise<number> {
  const scope = scopeOf(options);
  return runMission(options, ({ root }) => ({
    kind: "review",
    repo: root,
    scope,
    approve: options.approve,
  }));
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
