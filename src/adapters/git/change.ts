/** What a change is: its files, its diff, and what it would conflict with. */
import type { ChangeSet, ReviewScope } from "../../protocol/event.ts";
import { mergeCommits } from "./merge.ts";
import { commitOf, isAncestor, resolveRevision, treeOf } from "./objects.ts";
import { headOf } from "./inspect.ts";
import type { Repository } from "./repository.ts";
import { snapshot, withIndexCopy } from "./snapshot.ts";

/** Most characters of a diff; the rest is left out with a note. */
export const MAX_DIFF = 400_000;

export interface Change {
  readonly change: ChangeSet;
  readonly diff: string;
}

/** The change from a commit to another, with its conflicts with what is checked out now; or to a tree, which is in no branch yet. */
export async function changeOf(
  repository: Repository,
  base: string,
  head: string,
): Promise<Change> {
  const from = await commitOf(repository, base);
  const to = await resolveRevision(repository, `${head}^{commit}`);
  if (to === undefined)
    return describe(repository, {
      base: from,
      commit: null,
      tree: await treeOf(repository, head),
      conflicts: [],
    });
  const now = await headOf(repository);
  const apart =
    !(await isAncestor(repository, now, to)) &&
    !(await isAncestor(repository, to, now));
  const merged = apart ? await mergeCommits(repository, now, to) : undefined;
  return describe(repository, {
    base: from,
    commit: to,
    tree: await treeOf(repository, to),
    conflicts: merged?.ok === false ? [...merged.conflicts] : [],
  });
}

/** What a review looks at. Index, branches and files stay as they are; a range is taken from where its two ends parted. Rejects with `bad-revision` or `unborn-head`. */
export async function scopeOf(
  repository: Repository,
  scope: ReviewScope,
): Promise<Change> {
  if (scope.kind === "range" || scope.kind === "branch") {
    const base = await commitOf(repository, scope.base);
    const head = await commitOf(repository, scope.head);
    const { stdout } = await repository.git(["merge-base", base, head], {
      answers: [0, 1],
    });
    const [parted = ""] = stdout.split("\n");
    return changeOf(repository, parted === "" ? base : parted, head);
  }
  const base = await headOf(repository);
  const checkout = { path: repository.root, gitDir: repository.gitDir };
  const tree = await withIndexCopy(repository, checkout, async (index) => {
    if (scope.kind === "working")
      return snapshot(repository, checkout, {
        index,
        submodules: true,
        skip: () => false,
      });
    const { stdout } = await repository.gitIn(checkout, ["write-tree"], {
      index,
    });
    return stdout.trim();
  });
  return describe(repository, { base, commit: null, tree, conflicts: [] });
}

async function describe(
  repository: Repository,
  what: Pick<ChangeSet, "base" | "commit" | "tree" | "conflicts">,
): Promise<Change> {
  const baseTree = await treeOf(repository, what.base);
  const compare = async (...args: string[]): Promise<string> =>
    (
      await repository.git([
        "diff-tree",
        "-r",
        "-M",
        "--no-ext-diff",
        "--no-textconv",
        "--no-color",
        ...args,
        baseTree,
        what.tree,
      ])
    ).stdout;
  const [list, diff] = await Promise.all([
    compare("-z", "--raw", "--numstat"),
    compare("-p", "-U8"),
  ]);
  return {
    change: {
      base: what.base,
      baseTree,
      commit: what.commit,
      tree: what.tree,
      files: parseFiles(list),
      conflicts: what.conflicts,
    },
    diff: cut(diff),
  };
}

const STATUS = {
  A: "added",
  C: "added",
  D: "deleted",
  R: "renamed",
} as const satisfies Record<string, ChangeSet["files"][number]["status"]>;

/** Reads `--raw --numstat -z`: first a record per file with its status, then one with its counts. */
function parseFiles(list: string): ChangeSet["files"] {
  const parts = list.split("\0");
  const status = new Map<string, ChangeSet["files"][number]["status"]>();
  const oldPaths = new Map<string, string>();
  const files: ChangeSet["files"] = [];
  for (let at = 0; at < parts.length; at++) {
    const part = parts[at] ?? "";
    if (part.startsWith(":")) {
      const letter = part.split(" ")[4]?.charAt(0) ?? "";
      const two = letter === "R" || letter === "C";
      at += two ? 2 : 1;
      if (letter === "R") oldPaths.set(parts[at] ?? "", parts[at - 1] ?? "");
      status.set(
        parts[at] ?? "",
        letter in STATUS ? STATUS[letter as keyof typeof STATUS] : "modified",
      );
      continue;
    }
    const counts = /^(\d+|-)\t(\d+|-)\t(.*)$/su.exec(part);
    if (counts === null) continue;
    const [, added = "", deleted = "", name = ""] = counts;
    if (name === "") at += 2;
    const path = name === "" ? (parts[at] ?? "") : name;
    const oldPath = oldPaths.get(path);
    files.push({
      path,
      ...(oldPath === undefined ? {} : { oldPath }),
      status: status.get(path) ?? "modified",
      // Git counts no lines of binary files.
      added: added === "-" ? 0 : Number(added),
      deleted: deleted === "-" ? 0 : Number(deleted),
    });
  }
  return files;
}

function cut(diff: string): string {
  if (diff.length <= MAX_DIFF) return diff;
  const note = `\n[The diff is cut here: ${String(diff.length)} characters, ${String(MAX_DIFF)} shown.]\n`;
  const end = diff.lastIndexOf("\n", MAX_DIFF - note.length);
  return diff.slice(0, end < 0 ? MAX_DIFF - note.length : end) + note;
}

/** Whether `commit` is part of `branch`; false when either does not exist. */
export async function containsCommit(
  repository: Repository,
  branch: string,
  commit: string,
): Promise<boolean> {
  const tip = await resolveRevision(
    repository,
    `refs/heads/${branch}^{commit}`,
  );
  const part = await resolveRevision(repository, `${commit}^{commit}`);
  return (
    tip !== undefined &&
    part !== undefined &&
    (await isAncestor(repository, part, tip))
  );
}
