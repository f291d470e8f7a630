import { RoundtableError } from "../core/errors.ts";
import { effectiveRules, type Effective } from "../core/rules/effective.ts";
import type { Elector } from "../protocol/consensus.ts";
import type {
  Budget,
  ChangeSet,
  Draft,
  RepoRef,
  ReviewScope,
} from "../protocol/event.ts";
import type { Intent } from "../protocol/intent.ts";
import type { Settings } from "../protocol/settings.ts";
import type { Git } from "../ports/git.ts";

/** Intents that open a mission. */
export type Opens = Extract<Intent, { kind: "build" | "review" | "question" }>;

/** What a mission is opened with besides the intent. */
export interface Circumstances {
  readonly missionId: string;
  readonly by: string;
  readonly model: string;
  readonly electorate: readonly Elector[];
  readonly settings: Settings;
  readonly checks: readonly (readonly string[])[];
  /** The review this one repeats. */
  readonly again?: string;
  /** What the repository and the settings rule; the settings alone when left out. */
  readonly effective?: Effective;
}

/** Where a mission starts. */
export interface Ground {
  readonly repo: RepoRef;
  /**
   * The revision whose rules file holds: that of the base. A change is never judged by rules it brings along itself, be they committed on its
   * branch or lying in the checkout.
   */
  readonly rulesAt: string;
}

/** The repository a mission starts from; building needs a clean checkout, because only what is committed is built on, and a review something to read. */
export async function groundOf(intent: Opens, git: Git): Promise<Ground> {
  const { dirty, ...repo } = await git.inspect(intent.repo);
  if (intent.kind === "build" && dirty.length > 0)
    throw new RoundtableError(
      "dirty-checkout",
      `The checkout has ${String(dirty.length)} uncommitted ${dirty.length === 1 ? "change" : "changes"} (${dirty.slice(0, 3).join(", ")}${dirty.length > 3 ? ", …" : ""}).`,
      "Nothing was touched. Commit or stash them, then start again: the team builds on what is committed.",
    );
  if (intent.kind !== "review") return { repo, rulesAt: repo.commit };
  const { scope } = intent;
  await changesToReview(git, intent.repo, scope);
  // The base as it is, not where the branch left it: one that left before the rules got stricter is judged by the stricter ones.
  const ranges = scope.kind === "range" || scope.kind === "branch";
  return { repo, rulesAt: ranges ? scope.base : repo.commit };
}

/** The changes a review is about; rejects with `bad-revision` when there are none. */
export async function changesToReview(
  git: Git,
  repo: string,
  scope: ReviewScope = { kind: "working" },
): Promise<ChangeSet> {
  const { change } = await git.scope(repo, scope);
  if (change.files.length === 0)
    throw new RoundtableError(
      "bad-revision",
      scope.kind === "range" || scope.kind === "branch"
        ? `There is nothing to review: ${scope.base} and ${scope.head} hold the same files.`
        : scope.kind === "staged"
          ? "There is nothing to review: nothing is staged."
          : "There is nothing to review: nothing has changed since the last commit.",
      "Nothing was started. Change or stage something, or name another --base and --head.",
    );
  return change;
}

/** The first event of a mission: everything it runs under, fixed from here on. */
export function openingOf(
  intent: Opens,
  repo: RepoRef,
  {
    missionId,
    by,
    model,
    electorate,
    settings,
    checks,
    ...more
  }: Circumstances,
): Draft {
  const { rules, house } = more.effective ?? effectiveRules(settings);
  return {
    missionId,
    type: "MissionOpened",
    by,
    key: "MissionOpened",
    data: {
      kind: intent.kind,
      goal: intent.goal,
      repo,
      ...(intent.kind === "review" && { scope: intent.scope }),
      ...(more.again !== undefined && { again: more.again }),
      model,
      electorate: [...electorate],
      rules,
      house,
      budget: budgetOf(settings),
      approve: intent.approve,
      checks: checks.map((argv) => [...argv]),
      maxAttempts: settings.maxAttempts,
    },
  };
}

/** What a mission may cost and take under these settings. */
export function budgetOf(settings: Settings): Budget {
  return {
    microUsd: Math.round(settings.budgetUsd * 1_000_000),
    turnsPerTask: settings.turnsPerTask,
    taskMs: Math.round(settings.minutesPerTask * 60_000),
  };
}
