/** Merges made of objects alone: no checkout, no index, no hooks. */
import {
  commitOf,
  commitTree,
  emptyTree,
  resolveRevision,
  treeOf,
} from "./objects.ts";
import type { Repository } from "./repository.ts";

export type Merged<T> =
  | ({ readonly ok: true } & T)
  | { readonly ok: false; readonly conflicts: readonly string[] };

/** The change of `commit` against its first parent, on top of `onto`, with the message of `commit`. */
export async function pick(
  repository: Repository,
  commit: string,
  onto: string,
  at: number,
): Promise<Merged<{ commit: string; tree: string }>> {
  const theirs = await commitOf(repository, commit);
  const ours = await commitOf(repository, onto);
  const parent = await resolveRevision(repository, `${theirs}^1`);
  const merged = await mergeTrees(repository, {
    base:
      parent === undefined
        ? await emptyTree(repository)
        : await treeOf(repository, parent),
    ours: await treeOf(repository, ours),
    theirs: await treeOf(repository, theirs),
  });
  if (!merged.ok) return merged;
  const { stdout } = await repository.git(["cat-file", "commit", theirs]);
  const message = stdout.slice(stdout.indexOf("\n\n") + 2).replace(/\n$/u, "");
  return {
    ok: true,
    tree: merged.tree,
    commit: await commitTree(repository, {
      tree: merged.tree,
      parents: [ours],
      message,
      at,
    }),
  };
}

/** A merge commit of `commit` into `onto`, never a fast-forward, that nothing points to yet. */
export async function prepareMerge(
  repository: Repository,
  merge: {
    readonly commit: string;
    readonly onto: string;
    readonly message: string;
    readonly at: number;
  },
): Promise<Merged<{ commit: string; tree: string }>> {
  const theirs = await commitOf(repository, merge.commit);
  const ours = await commitOf(repository, merge.onto);
  const merged = await mergeCommits(repository, ours, theirs);
  if (!merged.ok) return merged;
  return {
    ok: true,
    tree: merged.tree,
    commit: await commitTree(repository, {
      tree: merged.tree,
      parents: [ours, theirs],
      message: merge.message,
      at: merge.at,
    }),
  };
}

/** The tree of merging two commits over their own merge base, or what would conflict. */
export async function mergeCommits(
  repository: Repository,
  ours: string,
  theirs: string,
): Promise<Merged<{ tree: string }>> {
  const { exitCode, stdout } = await repository.git(
    [
      "merge-tree",
      "--write-tree",
      "--allow-unrelated-histories",
      "-z",
      "--name-only",
      "--no-messages",
      ours,
      theirs,
    ],
    { answers: [0, 1] },
  );
  const [tree = "", ...paths] = stdout
    .split("\0")
    .filter((part) => part !== "");
  return exitCode === 0
    ? { ok: true, tree }
    : { ok: false, conflicts: [...new Set(paths)].sort() };
}

/** A three-way merge of trees. Git 2.38 and 2.39 take no merge base, so the trees are dressed as commits that have it. */
async function mergeTrees(
  repository: Repository,
  trees: {
    readonly base: string;
    readonly ours: string;
    readonly theirs: string;
  },
): Promise<Merged<{ tree: string }>> {
  const dress = (
    tree: string,
    parents: readonly string[],
    message: string,
  ): Promise<string> =>
    commitTree(repository, { tree, parents, message, at: 0 });
  const base = await dress(trees.base, [], "base");
  return mergeCommits(
    repository,
    await dress(trees.ours, [base], "ours"),
    await dress(trees.theirs, [base], "theirs"),
  );
}
