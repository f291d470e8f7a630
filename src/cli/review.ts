import { openGit } from "../adapters/git/openGit.ts";
import { RoundtableError } from "../core/errors.ts";
import { branchScope, pullRequestScope } from "../core/review/scope.ts";
import type { ApprovalMode, ReviewScope } from "../protocol/event.ts";
import type { IntentInput } from "../protocol/intent.ts";
import type { ReviewReport } from "../protocol/reviewReport.ts";
import {
  runMission,
  toTheEnd,
  withTeammates,
  type MissionOptions,
} from "./mission.ts";
import { meetTeammates, teammatesOf } from "./peerTeam.ts";
import { treesHome } from "./places.ts";
import { createPrinter } from "./print.ts";
import { reviewReport } from "./reviewReport.ts";
import { openSession } from "./session.ts";
import { stderrLog } from "./stderrLog.ts";

/** Flags of `roundtable review`. */
export interface ReviewOptions extends MissionOptions {
  readonly approve: ApprovalMode;
  readonly base?: string;
  readonly head?: string;
  readonly staged?: boolean;
  /** A branch, compared with where it left `into`. */
  readonly branch?: string;
  readonly into?: string;
  /** A pull request by number, or a reference to its branch. */
  readonly pullRequest?: string;
  /** The mission whose review is repeated. */
  readonly again?: string;
}

/** Reviews the working tree, what is staged, a range, a branch, a pull request, or the scope of an earlier review again; returns the exit code. With `json` standard output is one {@link ReviewReport}, or empty when nothing was reviewed. */
export async function review(options: ReviewOptions): Promise<number> {
  refuseMixed(options);
  const intent = await intentOf(options);
  if (options.json !== true)
    return runMission(options, ({ root }) => intent(root));
  const teammates = teammatesOf(options.with);
  const session = await openSession(options);
  try {
    await meetTeammates(session, teammates);
    const { missionId } = await session.app.perform(
      withTeammates(intent(session.root), teammates),
      "human",
    );
    if (missionId === null) return 0;
    const printer = createPrinter(process.stderr);
    const code = await toTheEnd(session, missionId, printer, "document");
    const mission = session.app.detail(missionId);
    const [opening] = session.ports.log.read({ missionId, limit: 1 });
    const scope =
      opening?.type === "MissionOpened" ? opening.data.scope : undefined;
    const report =
      mission === null
        ? undefined
        : reviewReport(mission, scope ?? { kind: "working" });
    if (report !== undefined) print(report);
    return code;
  } finally {
    await session.dispose();
  }
}

async function intentOf(
  options: ReviewOptions,
): Promise<(root: string) => IntentInput> {
  const { approve, again } = options;
  if (again !== undefined)
    return () => ({ kind: "reviewAgain", missionId: again, approve });
  const scope = await scopeOf(options);
  return (repo) => ({ kind: "review", repo, scope, approve });
}

function print(report: ReviewReport): void {
  process.stdout.write(`${JSON.stringify(report)}\n`);
}

async function scopeOf(options: ReviewOptions): Promise<ReviewScope> {
  const { base, head = "HEAD", staged, branch, pullRequest, into } = options;
  if (staged === true) return { kind: "staged" };
  if (base !== undefined) return { kind: "range", base, head };
  if (branch === undefined && pullRequest === undefined)
    return { kind: "working" };
  const git = openGit({
    home: treesHome(),
    textLog: stderrLog(options.verbose === true),
  });
  const known = await git.branches(options.repo);
  return branch === undefined
    ? pullRequestScope(known, pullRequest ?? "", into)
    : branchScope(known, branch, into);
}

/** One review has one scope; what belongs to another one is refused, so that nobody takes the one for the other. */
function refuseMixed(options: ReviewOptions): void {
  const { base, head, staged, branch, pullRequest, into, again } = options;
  const scopes = [
    ...(staged === true ? ["--staged"] : []),
    ...(base === undefined ? [] : ["--base"]),
    ...(branch === undefined ? [] : ["--branch"]),
    ...(pullRequest === undefined ? [] : ["--pull-request"]),
    ...(again === undefined ? [] : ["--again"]),
  ];
  const [one, other] = scopes;
  if (one !== undefined && other !== undefined)
    throw badFlags(
      `${one} and ${other} exclude each other.`,
      "Use one of them.",
    );
  if (again !== undefined && options.with !== undefined)
    throw badFlags(
      "--again and --with exclude each other.",
      "A review is repeated by the team that is here; start a new one to invite teammates.",
    );
  if (head !== undefined && base === undefined)
    throw badFlags(
      "--head says where a range ends, and --base is missing.",
      "Name both, or a --branch.",
    );
  if (into !== undefined && branch === undefined && pullRequest === undefined)
    throw badFlags(
      "--into says where a branch goes to, and there is none.",
      "Name it with --branch or --pull-request.",
    );
}

function badFlags(message: string, next: string): RoundtableError {
  return new RoundtableError(
    "bad-intent",
    message,
    `Nothing was started. ${next}`,
  );
}
