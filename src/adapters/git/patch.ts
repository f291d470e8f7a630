/** A change as a patch: made in a clone, and put on a branch where the work was asked for. */
import { mkdir, rm, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { RoundtableError } from "../../core/errors.ts";
import { MAX_PATCH, type Parcel } from "../../ports/parcels.ts";
import { changedFiles } from "./crossing.ts";
import type { Clone } from "./clone.ts";
import { commitOf, commitTree, resolveRevision, treeOf } from "./objects.ts";
import { refuseSwelling } from "./patchSize.ts";
import { runsGit, type Repository } from "./repository.ts";
import { snapshot } from "./snapshot.ts";

/** Writes what changed in a clone since it was made; nothing is written when nothing did. */
export async function patchOf(
  clone: Clone,
  file: string,
): Promise<
  | (Parcel & { readonly files: readonly string[] })
  | { readonly files: readonly [] }
> {
  const base = await treeOf(clone, "refs/heads/work");
  const tree = await snapshot(clone, clone.checkout, {
    submodules: false,
    skip: () => false,
  });
  const { files } = await changedFiles(clone, base, tree);
  if (files.length === 0) return { files: [] };
  await mkdir(dirname(file), { recursive: true });
  await clone.git([
    "diff-tree",
    "-r",
    "-p",
    "-M",
    "--binary",
    "--full-index",
    "--no-ext-diff",
    "--no-textconv",
    "--no-color",
    `--output=${file}`,
    base,
    tree,
  ]);
  const { size } = await stat(file);
  if (size <= MAX_PATCH) return { file, bytes: size, files };
  await rm(file, { force: true });
  throw new RoundtableError(
    "git-failed",
    `The change weighs ${String(Math.ceil(size / 1_000_000))} MB as a patch; at most ${String(MAX_PATCH / 1_000_000)} can cross.`,
    "Nothing was sent. Ask for the work in smaller pieces.",
  );
}

/** Puts a patch on top of `base`, as a commit on a branch below `roundtable/`. */
export async function takePatch(
  repository: Repository,
  patch: {
    readonly file: string;
    readonly base: string;
    readonly branch: string;
    readonly message: string;
    readonly at: number;
  },
): Promise<{
  readonly commit: string;
  readonly files: readonly string[];
  readonly mind: readonly string[];
}> {
  const base = await commitOf(repository, patch.base);
  await refuseSwelling(patch.file);
  const tree = await treeWith(repository, base, patch.file);
  const changed = await changedFiles(
    repository,
    await treeOf(repository, base),
    tree,
  );
  const commit = await commitTree(repository, {
    tree,
    parents: [base],
    message: patch.message,
    at: patch.at,
  });
  await point(repository, patch.branch, commit, patch.at);
  return { commit, ...changed };
}

/** The tree of `base` with the patch in it, made in an index of its own. */
async function treeWith(
  repository: Repository,
  base: string,
  file: string,
): Promise<string> {
  const index = repository.places.temporary();
  const strict = runsGit(
    repository.gitDir,
    repository.places.quiet,
    repository.config,
    [
      ["core.protectHFS", "true"],
      ["core.protectNTFS", "true"],
      ["apply.whitespace", "nowarn"],
      ["apply.ignoreWhitespace", "no"],
    ],
  );
  try {
    await strict.git(["read-tree", base], { index });
    const { exitCode } = await strict.git(
      ["apply", "--cached", "--whitespace=nowarn", "--", file],
      { index, answers: [0, 1, 128] },
    );
    if (exitCode !== 0)
      throw new RoundtableError(
        "merge-conflict",
        "The patch that came back does not fit the files that were sent.",
        "Nothing was changed. Ask for the work again.",
      );
    return (await strict.git(["write-tree"], { index })).stdout.trim();
  } finally {
    await rm(index, { force: true });
    await rm(`${index}.lock`, { force: true });
  }
}

async function point(
  repository: Repository,
  branch: string,
  commit: string,
  at: number,
): Promise<void> {
  const ref = `refs/heads/${branch}`;
  if (!branch.startsWith("roundtable/"))
    throw new RoundtableError(
      "git-failed",
      `${branch} is no branch of ours.`,
      "Nothing was changed.",
    );
  await repository.git(["check-ref-format", ref]);
  if ((await resolveRevision(repository, ref)) === commit) return;
  await repository.git(
    ["update-ref", "-m", "roundtable: work of a teammate's hub", ref, commit],
    { at },
  );
}
