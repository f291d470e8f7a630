/** The one moment a user's checkout changes: an approved merge commit is taken in. */
import { randomUUID } from "node:crypto";
import { existsSync } from "node:fs";
import { readdir, readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { RoundtableError } from "../../core/errors.ts";
import { branchAt, dirtyPaths } from "./inspect.ts";
import { dropLock, isElsewhere, readNote, takeLock } from "./mergeNote.ts";
import { commitOf, isAncestor, tipOf } from "./objects.ts";
import { writeRecord } from "./record.ts";
import type { Checkout, Repository } from "./repository.ts";
import { filesInTheWay, stepsOf, type Step } from "./steps.ts";
import { copyIndex } from "./snapshot.ts";
import { takeBack, workingIndex } from "./takeBack.ts";
import { adminDirOf } from "./worktrees.ts";

interface Move {
  readonly branch: string;
  readonly onto: string;
  readonly commit: string;
}

/**
 * Moves `branch` from `onto` to `commit`, and with it the checkout that has it checked out: first files, then index, then the branch, so
 * that a branch that has moved means all is done, and all before can be taken back. Rejects with `branch-moved` or `dirty-checkout`.
 */
export async function advance(
  repository: Repository,
  asked: Move,
): Promise<void> {
  const move = {
    branch: asked.branch,
    onto: await commitOf(repository, asked.onto),
    commit: await commitOf(repository, asked.commit),
  };
  const checkout = await checkoutOf(repository, move.branch);
  if (checkout !== undefined) await recover(repository, checkout);
  const tip = await tipOf(repository, move.branch);
  if (tip !== undefined && (await isAncestor(repository, move.commit, tip)))
    return;
  if (tip !== move.onto) throw branchMoved(move);
  if (!(await isAncestor(repository, move.onto, move.commit)))
    throw new RoundtableError(
      "git-failed",
      `The commit ${move.commit.slice(0, 12)} is not based on ${move.branch}.`,
      "Nothing was changed; resume, which prepares the merge again.",
    );
  await refuseUnfinished(repository, move.branch, checkout);
  if (checkout === undefined) await moveBranch(repository, move, "");
  else await moveCheckout(repository, checkout, move);
}

async function moveCheckout(
  repository: Repository,
  checkout: Checkout,
  move: Move,
): Promise<void> {
  const notePath = repository.places.note(checkout.gitDir);
  const note = {
    pid: String(process.pid),
    onto: move.onto,
    commit: move.commit,
    lock: `roundtable ${randomUUID()}\n`,
    phase: "looking",
  } as const;
  const index = workingIndex(checkout);
  const trees = ["-m", "-u", move.onto, move.commit];
  await writeRecord(notePath, { ...note });
  let whole = true;
  try {
    await takeLock(checkout.gitDir, note.lock);
    await copyIndex(checkout, index);
    await repository.gitIn(
      checkout,
      ["update-index", "-q", "--refresh", "--ignore-submodules"],
      { index, answers: [0, 1] },
    );
    const trial = await repository.gitIn(
      checkout,
      ["read-tree", "--dry-run", ...trees],
      { index, answers: [0, 128] },
    );
    const steps = await stepsOf(repository, move.onto, move.commit);
    const inTheWay = await filesInTheWay(repository, checkout, steps);
    if (trial.exitCode !== 0 || inTheWay.length > 0)
      throw await dirtyCheckout(repository, checkout, steps, inTheWay);
    await writeRecord(notePath, { ...note, phase: "writing" });
    whole = false;
    try {
      await repository.gitIn(checkout, ["read-tree", ...trees], { index });
      await rename(index, join(checkout.gitDir, "index"));
      await moveBranch(repository, move, checkout.gitDir);
    } catch (error) {
      await takeBack(repository, checkout, note);
      whole = true;
      throw error;
    }
    whole = true;
  } finally {
    await rm(index, { force: true });
    await dropLock(checkout.gitDir, note.lock);
    // What could not be taken back now is taken back by the next call, which needs the note for that.
    if (whole) await rm(notePath, { force: true });
  }
}

/** Takes back what a merge left that was cut off; does nothing when none was. */
async function recover(
  repository: Repository,
  checkout: Checkout,
): Promise<void> {
  const notePath = repository.places.note(checkout.gitDir);
  const note = await readNote(notePath);
  if (note === undefined) return;
  if (await isElsewhere(notePath, note))
    throw new RoundtableError(
      "git-failed",
      "Another window is merging into this checkout right now.",
      "Nothing was changed here; resume when it is done.",
    );
  await outlive(`${workingIndex(checkout)}.lock`);
  const head = await repository.git(["rev-parse", "--verify", "HEAD"], {
    gitDir: checkout.gitDir,
  });
  if (note.phase === "writing" && head.stdout.trim() === note.onto) {
    await takeLock(checkout.gitDir, note.lock);
    await takeBack(repository, checkout, note);
  }
  await dropLock(checkout.gitDir, note.lock);
  await rm(notePath, { force: true });
}

/** A git that our killed process had started may still be at work for a moment; it holds this lock. */
async function outlive(lock: string): Promise<void> {
  for (let left = 20; left > 0 && existsSync(lock); left--) await delay(100);
}

async function moveBranch(
  repository: Repository,
  move: Move,
  gitDir: string,
): Promise<void> {
  const place = gitDir === "" ? {} : { gitDir };
  // Where people look for the way back: `git reset --keep ORIG_HEAD`.
  if (gitDir !== "")
    await repository.git(["update-ref", "ORIG_HEAD", move.onto], place);
  const { exitCode } = await repository.git(
    [
      "update-ref",
      "-m",
      "roundtable: merge",
      `refs/heads/${move.branch}`,
      move.commit,
      move.onto,
    ],
    { ...place, at: Date.now(), answers: [0, 1, 128] },
  );
  if (exitCode !== 0) throw branchMoved(move);
}

/** The checkout that has the branch checked out; undefined when none has. */
async function checkoutOf(
  repository: Repository,
  branch: string,
): Promise<Checkout | undefined> {
  if ((await branchAt(repository, repository.gitDir)) === branch)
    return { path: repository.root, gitDir: repository.gitDir };
  const { stdout } = await repository.git([
    "worktree",
    "list",
    "--porcelain",
    "-z",
  ]);
  for (const block of stdout.split("\0\0")) {
    const lines = block.split("\0");
    const path = lines[0]?.replace(/^worktree /u, "") ?? "";
    if (!lines.includes(`branch refs/heads/${branch}`)) continue;
    if (!existsSync(path)) continue;
    const gitDir = await adminDirOf(repository, path);
    return { path, gitDir: gitDir ?? repository.commonDir };
  }
  return undefined;
}

/** A merge, pick or rebase under way holds the branch: moving it would break that. */
async function refuseUnfinished(
  repository: Repository,
  branch: string,
  checkout: Checkout | undefined,
): Promise<void> {
  const admin = join(repository.commonDir, "worktrees");
  const gitDirs = [
    repository.commonDir,
    ...(await readdir(admin).catch(() => [])).map((id) => join(admin, id)),
  ];
  for (const gitDir of gitDirs)
    for (const kind of ["rebase-merge", "rebase-apply"]) {
      const head = await readFile(
        join(gitDir, kind, "head-name"),
        "utf8",
      ).catch(() => "");
      if (head.trim() === `refs/heads/${branch}`) throw unfinished(branch);
    }
  if (checkout === undefined) return;
  const signs = ["MERGE_HEAD", "CHERRY_PICK_HEAD", "REVERT_HEAD"];
  if (signs.some((sign) => existsSync(join(checkout.gitDir, sign))))
    throw unfinished(branch);
}

function unfinished(branch: string): RoundtableError {
  return new RoundtableError(
    "dirty-checkout",
    `A merge, pick or rebase of ${branch} is under way.`,
    "Nothing was changed; finish or abort it with git, then resume.",
  );
}

async function dirtyCheckout(
  repository: Repository,
  checkout: Checkout,
  steps: readonly Step[],
  inTheWay: readonly string[],
): Promise<RoundtableError> {
  const dirty = new Set(await dirtyPaths(repository, checkout));
  const met = steps.map((step) => step.path).filter((path) => dirty.has(path));
  const both = [...new Set([...met, ...inTheWay])];
  const list =
    both.length === 0
      ? "a merge that was not finished"
      : both.slice(0, 5).join(", ") + (both.length > 5 ? ", …" : "");
  return new RoundtableError(
    "dirty-checkout",
    `The merge would overwrite local changes: ${list}.`,
    "Your files and the branch are untouched; commit, stash or move those changes away, then resume.",
  );
}

function branchMoved(move: Move): RoundtableError {
  return new RoundtableError(
    "branch-moved",
    `${move.branch} is no longer at ${move.onto.slice(0, 12)}, which the merge was made for.`,
    "Nothing was changed; resume, and the merge is prepared again on the branch as it is now.",
  );
}
