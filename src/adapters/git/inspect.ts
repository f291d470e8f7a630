/** The repository as it is now. */
import { RoundtableError } from "../../core/errors.ts";
import type { RepoRef } from "../../protocol/event.ts";
import { resolveRevision, treeOf } from "./objects.ts";
import type { Checkout, Repository } from "./repository.ts";

/** Root, branch (null when HEAD is detached), commit, tree and the paths that differ from it. Rejects with `unborn-head`. */
export async function inspect(
  repository: Repository,
): Promise<RepoRef & { readonly dirty: readonly string[] }> {
  const commit = await headOf(repository);
  return {
    root: repository.root,
    branch: await branchAt(repository, repository.gitDir),
    commit,
    tree: await treeOf(repository, commit),
    dirty: await dirtyPaths(repository, {
      path: repository.root,
      gitDir: repository.gitDir,
    }),
  };
}

/** The commit that is checked out. Rejects with `unborn-head`. */
export async function headOf(repository: Repository): Promise<string> {
  const commit = await resolveRevision(repository, "HEAD^{commit}");
  if (commit !== undefined) return commit;
  throw new RoundtableError(
    "unborn-head",
    `The repository at ${repository.root} has no commit yet.`,
    "Nothing was changed; make a first commit, then try again.",
  );
}

/** The branch checked out where `gitDir` belongs; null when HEAD is detached. */
export async function branchAt(
  repository: Repository,
  gitDir: string,
): Promise<string | null> {
  const { exitCode, stdout } = await repository.git(
    ["symbolic-ref", "--quiet", "HEAD"],
    { gitDir, answers: [0, 1] },
  );
  return exitCode === 0 ? stdout.trim().replace(/^refs\/heads\//u, "") : null;
}

/** Changed and untracked paths of a checkout, sorted; nothing is refreshed on disk. */
export async function dirtyPaths(
  repository: Repository,
  checkout: Checkout,
): Promise<readonly string[]> {
  const { stdout } = await repository.gitIn(checkout, [
    "status",
    "--porcelain",
    "-z",
    "--untracked-files=all",
    "--ignore-submodules=dirty",
    "--no-renames",
  ]);
  return stdout
    .split("\0")
    .filter((line) => line !== "")
    .map((line) => line.slice(3))
    .sort();
}
