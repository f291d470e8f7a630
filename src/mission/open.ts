import { RoundtableError } from "../core/errors.ts";
import type { Elector, Rules } from "../protocol/consensus.ts";
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
}

/** The repository a mission starts from; building needs a clean checkout, because only what is committed is built on, and a review something to read. */
export async function groundOf(intent: Opens, git: Git): Promise<RepoRef> {
  const { dirty, ...repo } = await git.inspect(intent.repo);
  if (intent.kind === "build" && dirty.length > 0)
    throw new RoundtableError(
      "dirty-checkout",
      `The checkout has ${String(dirty.length)} uncommitted ${dirty.length === 1 ? "change" : "changes"} (${dirty.slice(0, 3).join(", ")}${dirty.length > 3 ? ", …" : ""}).`,
      "Nothing was touched. Commit or stash them, then start again: the team builds on what is committed.",
    );
  if (intent.kind === "review")
    await changesToReview(git, intent.repo, intent.scope);
  return repo;
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
  { missionId, by, model, electorate, settings, checks }: Circumstances,
): Draft {
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
      model,
      electorate: [...electorate],
      rules: rulesOf(settings),
      budget: budgetOf(settings),
      approve: intent.approve,
      checks: checks.map((argv) => [...argv]),
      maxAttempts: settings.maxAttempts,
    },
  };
}

function rulesOf(settings: Settings): Rules {
  return {
    threshold: Math.round(settings.threshold * 1000),
    quorum: Math.round(settings.quorum * 1000),
    maxRounds: settings.maxRounds,
    roundMs: Math.round(settings.roundMinutes * 60_000),
    vetoRoles: settings.vetoRoles,
    requiredRoles: [],
    prior: 500,
  };
}

/** What a mission may cost and take under these settings. */
export function budgetOf(settings: Settings): Budget {
      ...(intent.kind === "review" &&
        intent.again !== undefined && { again: intent.again }),
  return {
    microUsd: Math.round(settings.budgetUsd * 1_000_000),
    turnsPerTask: settings.turnsPerTask,
    taskMs: Math.round(settings.minutesPerTask * 60_000),
  };
}
