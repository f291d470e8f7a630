/** The branches of a repository, and the pull requests that were fetched into it. */
import type { Branches } from "../../ports/git.ts";
import { resolveRevision } from "./objects.ts";
import { branchAt } from "./inspect.ts";
import type { Repository } from "./repository.ts";

/** Most references that are listed, the newest. */
const MAX_REFS = 1000;

/** Places where a pull request's branch lies when somebody fetched it: GitHub, Gitea, Bitbucket and GitLab spell them so. */
const PULL_REQUEST =
  /^refs\/(?:heads\/|remotes\/[^/]+\/)?(?:pull|pr|pull-requests|merge-requests)\/(\d+)(?:\/(?:head|from))?$/u;

/** Branches by their last commit, newest first. `into` is the remote's default branch, else main or master. */
export async function branchesOf(repository: Repository): Promise<Branches> {
  const { stdout } = await repository.git([
    "for-each-ref",
    "--sort=-committerdate",
    `--count=${String(MAX_REFS)}`,
    "--format=%(refname)",
    "refs/heads",
    "refs/remotes",
    "refs/pull",
    "refs/pull-requests",
    "refs/merge-requests",
  ]);
  const refs = stdout
    .split("\n")
    .filter((ref) => ref !== "" && !ref.endsWith("/HEAD"));
  const pullRequests = refs.flatMap((ref) => {
    const number = PULL_REQUEST.exec(ref)?.[1];
    return number === undefined ? [] : [{ number: Number(number), ref }];
  });
  const names = refs
    .filter((ref) => /^refs\/(?:heads|remotes)\//u.test(ref))
    .filter((ref) => !/^refs\/heads\/roundtable\//u.test(ref))
    .map((ref) => ref.replace(/^refs\/(?:heads|remotes)\//u, ""));
  return {
    current: await branchAt(repository, repository.gitDir),
    into: await defaultBranch(repository, names),
    names,
    pullRequests,
  };
}

async function defaultBranch(
  repository: Repository,
  names: readonly string[],
): Promise<string | null> {
  const { exitCode, stdout } = await repository.git(
    ["symbolic-ref", "--quiet", "refs/remotes/origin/HEAD"],
    { answers: [0, 1] },
  );
  const remote = stdout.trim();
  if (
    exitCode === 0 &&
    (await resolveRevision(repository, `${remote}^{commit}`)) !== undefined
  )
    return remote.replace(/^refs\/remotes\//u, "");
  return (
    ["origin/main", "origin/master", "main", "master"].find((name) =>
      names.includes(name),
    ) ?? null
  );
}
