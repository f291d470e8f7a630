/** Questions about commits, trees and files of the object database; none of them changes anything. */
import { RoundtableError } from "../../core/errors.ts";
import type { Repository, RunsGit } from "./repository.ts";

/** The commit a revision names. Rejects with `bad-revision`. */
export async function commitOf(
  repository: Pick<RunsGit, "git">,
  revision: string,
): Promise<string> {
  const found = await resolveRevision(repository, `${revision}^{commit}`);
  if (found !== undefined) return found;
  throw badRevision(revision, "commit");
}

/** The tree a commit or tree has. Rejects with `bad-revision`. */
export async function treeOf(
  repository: Pick<RunsGit, "git">,
  treeish: string,
): Promise<string> {
  const found = await resolveRevision(repository, `${treeish}^{tree}`);
  if (found !== undefined) return found;
  throw badRevision(treeish, "commit or tree");
}

/** The object a revision names; undefined when there is none. */
export async function resolveRevision(
  repository: Pick<RunsGit, "git">,
  revision: string,
): Promise<string | undefined> {
  if (revision.startsWith("-")) return undefined;
  const { exitCode, stdout } = await repository.git(
    ["rev-parse", "--verify", "--quiet", "--end-of-options", revision],
    { answers: [0, 1, 128] },
  );
  return exitCode === 0 ? stdout.trim() : undefined;
}

/** The commit a local branch is at; undefined when it does not exist. */
export function tipOf(
  repository: Repository,
  branch: string,
): Promise<string | undefined> {
  return resolveRevision(repository, `refs/heads/${branch}^{commit}`);
}

/** Whether `ancestor` is `descendant` or comes before it; both must exist. */
export async function isAncestor(
  repository: Repository,
  ancestor: string,
  descendant: string,
): Promise<boolean> {
  const { exitCode } = await repository.git(
    ["merge-base", "--is-ancestor", "--end-of-options", ancestor, descendant],
    { answers: [0, 1] },
  );
  return exitCode === 0;
}

interface TreeEntry {
  readonly mode: string;
  readonly hash: string;
  readonly path: string;
}

async function listTree(
  repository: Repository,
  tree: string,
  path?: string,
): Promise<readonly TreeEntry[]> {
  const { stdout } = await repository.git([
    "--literal-pathspecs",
    "ls-tree",
    "-z",
    "--full-tree",
    ...(path === undefined ? ["-r", tree] : [tree, "--", path]),
  ]);
  return stdout
    .split("\0")
    .filter((line) => line !== "")
    .map((line) => {
      const tab = line.indexOf("\t");
      const [mode = "", , hash = ""] = line.slice(0, tab).split(" ");
      return { mode, hash, path: line.slice(tab + 1) };
    });
}

/** Paths of all files of a tree or commit, sorted as git sorts them; submodules left out. */
export async function filesOf(
  repository: Repository,
  treeish: string,
): Promise<readonly string[]> {
  const entries = await listTree(repository, await treeOf(repository, treeish));
  return entries
    .filter((entry) => entry.mode !== SUBMODULE)
    .map((entry) => entry.path);
}

/** Text of a regular file of a tree or commit; undefined for folders, links, submodules and what is not there. */
export async function showFile(
  repository: Repository,
  treeish: string,
  path: string,
): Promise<string | undefined> {
  const plain = path.replace(/^(?:\.\/)+/u, "");
  if (plain.split("/").some((part) => part === "" || part === ".."))
    return undefined;
  const tree = await treeOf(repository, treeish);
  const [entry] = await listTree(repository, tree, plain);
  if (entry?.path !== plain || !entry.mode.startsWith("100")) return undefined;
  return (await repository.git(["cat-file", "blob", entry.hash])).stdout;
}

/** Mode of a submodule in a tree. */
export const SUBMODULE = "160000";

/** Makes a commit object; the same arguments give the same commit. Its author is the broker. */
export async function commitTree(
  repository: Pick<RunsGit, "git">,
  commit: {
    readonly tree: string;
    readonly parents: readonly string[];
    readonly message: string;
    readonly at: number;
  },
): Promise<string> {
  const { stdout } = await repository.git(
    [
      "commit-tree",
      ...commit.parents.flatMap((parent) => ["-p", parent]),
      "-F",
      "-",
      commit.tree,
    ],
    { at: commit.at, input: `${commit.message}\n` },
  );
  return stdout.trim();
}

/** The tree without files, written so that it can be compared with. */
export async function emptyTree(repository: Repository): Promise<string> {
  const { stdout } = await repository.git([
    "hash-object",
    "-w",
    "-t",
    "tree",
    "/dev/null",
  ]);
  return stdout.trim();
}

function badRevision(revision: string, kind: string): RoundtableError {
  return new RoundtableError(
    "bad-revision",
    `"${revision}" names no ${kind} of this repository.`,
    "Nothing was changed; check the spelling, and fetch it first if it is on a remote.",
  );
}
