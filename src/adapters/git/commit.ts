/** Commits what agents left in a worktree. */
import { isLent, isLentPath } from "./nodeModules.ts";
import {
  commitOf,
  commitTree,
  filesOf,
  resolveRevision,
  treeOf,
} from "./objects.ts";
import type { Repository } from "./repository.ts";
import { checkSeal } from "./seal.ts";
import { snapshot } from "./snapshot.ts";
import { branchOf } from "./worktrees.ts";

export interface Committed {
  readonly commit: string;
  readonly tree: string;
  readonly files: readonly string[];
}

/**
 * Commits everything that is not ignored on the worktree's branch, also when nothing changed. When the branch already is at that very
 * commit it is returned. Rejects with `git-tampered`.
 */
export async function commitWorktree(
  repository: Repository,
  name: string,
  message: string,
  at: number,
): Promise<Committed> {
  const worktree = await checkSeal(repository, name);
  const ref = `refs/heads/${branchOf(name)}`;
  const tip = await commitOf(repository, ref);
  const lent =
    (await isLent(worktree.path)) &&
    !(await filesOf(repository, tip)).some(isLentPath);
  const tree = await snapshot(repository, worktree, {
    submodules: false,
    skip: (path) => lent && isLentPath(path),
  });
  const done = await sameCommit(repository, tip, tree, message, at);
  if (done !== undefined) return { commit: tip, tree, files: done };
  const commit = await commitTree(repository, {
    tree,
    parents: [tip],
    message,
    at,
  });
  await repository.git(
    ["update-ref", "-m", "roundtable: commit", ref, commit, tip],
    { at },
  );
  return { commit, tree, files: await changed(repository, tip, commit) };
}

/** The files of `tip` when it is the commit that was asked for: made before a crash. */
async function sameCommit(
  repository: Repository,
  tip: string,
  tree: string,
  message: string,
  at: number,
): Promise<readonly string[] | undefined> {
  if ((await treeOf(repository, tip)) !== tree) return undefined;
  const parent = await resolveRevision(repository, `${tip}^1`);
  if (parent === undefined) return undefined;
  const again = await commitTree(repository, {
    tree,
    parents: [parent],
    message,
    at,
  });
  return again === tip ? changed(repository, parent, tip) : undefined;
}

async function changed(
  repository: Repository,
  from: string,
  to: string,
): Promise<readonly string[]> {
  const { stdout } = await repository.git([
    "diff-tree",
    "-r",
    "-z",
    "--name-only",
    "--no-renames",
    from,
    to,
  ]);
  return stdout.split("\0").filter((path) => path !== "");
}
