/** Undoes a merge that stopped half-way in a user's checkout, touching only what that merge itself wrote. */
import { lstat, readFile, readlink, rename, rm, rmdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { RoundtableError } from "../../core/errors.ts";
import type { MergeNote } from "./mergeNote.ts";
import type { Checkout, Repository } from "./repository.ts";
import { stepsOf, type Step } from "./steps.ts";
import { copyIndex } from "./snapshot.ts";

/** Index a merge works on; next to the real one, so that it can be renamed over it. */
export function workingIndex(checkout: Checkout): string {
  return join(checkout.gitDir, "roundtable.index");
}

/**
 * Brings files and index back from wherever the merge of `note` stopped to the state before it. Files that are neither as before nor as
 * the merge would leave them are someone's work: then it rejects with `dirty-checkout` and has touched nothing.
 */
export async function takeBack(
  repository: Repository,
  checkout: Checkout,
  note: MergeNote,
): Promise<void> {
  const index = workingIndex(checkout);
  await rm(`${index}.lock`, { force: true });
  await rm(index, { force: true });
  try {
    await copyIndex(checkout, index);
    const steps = await stepsOf(repository, note.onto, note.commit);
    if (await indexHasMoved(repository, checkout, index, note)) {
      await repository.gitIn(
        checkout,
        ["read-tree", "-m", "-u", note.commit, note.onto],
        { index },
      );
      await rename(index, join(checkout.gitDir, "index"));
      return;
    }
    await restore(repository, checkout, index, note, steps);
  } finally {
    await rm(index, { force: true });
    await rm(`${index}.lock`, { force: true });
  }
}

/** The index is replaced after the last file: when it holds the new state, so do the files. */
async function indexHasMoved(
  repository: Repository,
  checkout: Checkout,
  index: string,
  note: MergeNote,
): Promise<boolean> {
  const differing = async (commit: string): Promise<ReadonlySet<string>> =>
    paths(
      (
        await repository.gitIn(
          checkout,
          [
            "diff-index",
            "--cached",
            "--name-only",
            "--no-renames",
            "-z",
            commit,
          ],
          { index },
        )
      ).stdout,
    );
  const [fromNew, fromOld] = [
    await differing(note.commit),
    await differing(note.onto),
  ];
  return [...fromOld].some((path) => !fromNew.has(path));
}

async function restore(
  repository: Repository,
  checkout: Checkout,
  index: string,
  note: MergeNote,
  steps: readonly Step[],
): Promise<void> {
  const notOld = await unlike(repository, checkout, index);
  const other = `${index}.new`;
  let notNew: ReadonlySet<string>;
  try {
    await repository.gitIn(checkout, ["read-tree", note.commit], {
      index: other,
    });
    notNew = await unlike(repository, checkout, other);
  } finally {
    await rm(other, { force: true });
  }
  const doomed: string[] = [];
  const wanted: string[] = [];
  for (const step of steps) {
    const isOld = step.inOld ? !notOld.has(step.path) : false;
    if (isOld) continue;
    const file = join(checkout.path, step.path);
    const there = await lstat(file).catch(() => undefined);
    const isNew = step.inNew && !notNew.has(step.path);
    const gone = there === undefined || there.isDirectory();
    if (!gone && !isNew && !(await isTorn(repository, file, step)))
      throw new RoundtableError(
        "dirty-checkout",
        `A merge into this checkout was cut off, and ${step.path} was changed since.`,
        "Your change is untouched; commit it or move it away, then resume.",
      );
    if (step.inOld) wanted.push(step.path);
    else if (!gone) doomed.push(step.path);
  }
  for (const path of doomed) await removeFile(checkout.path, path);
  if (wanted.length > 0)
    await repository.gitIn(
      checkout,
      ["checkout-index", "--force", "-z", "--stdin"],
      { index, input: wanted.map((path) => `${path}\0`).join("") },
    );
}

/** Paths of an index whose files are not what it says. */
async function unlike(
  repository: Repository,
  checkout: Checkout,
  index: string,
): Promise<ReadonlySet<string>> {
  await repository.gitIn(
    checkout,
    ["update-index", "-q", "--refresh", "--ignore-submodules"],
    { index, answers: [0, 1] },
  );
  const { stdout } = await repository.gitIn(
    checkout,
    ["diff-files", "--name-only", "--ignore-submodules", "-z"],
    { index },
  );
  return paths(stdout);
}

/** Whether a file is the beginning of what the merge was writing there. */
async function isTorn(
  repository: Repository,
  file: string,
  step: Step,
): Promise<boolean> {
  if (!step.inNew) return false;
  const there = await lstat(file);
  const text = there.isSymbolicLink()
    ? await readlink(file)
    : await readFile(file, "utf8");
  const whole = (await repository.git(["cat-file", "blob", step.newHash]))
    .stdout;
  // A cut may fall within a character, and line ends may differ between file and blob.
  const plain = (part: string): string =>
    part.replace(/\uFFFD+$/u, "").replaceAll("\r", "");
  return plain(whole).startsWith(plain(text));
}

/** Removes a file and the folders that are empty without it. */
async function removeFile(root: string, path: string): Promise<void> {
  await rm(join(root, path), { force: true });
  for (let dir = dirname(path); dir !== "."; dir = dirname(dir)) {
    try {
      await rmdir(join(root, dir));
    } catch {
      // Not empty: it holds something else.
      return;
    }
  }
}

function paths(list: string): ReadonlySet<string> {
  return new Set(list.split("\0").filter((path) => path !== ""));
}
