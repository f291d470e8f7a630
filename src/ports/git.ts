/** What the line needs of git. */
import type { ChangeSet, RepoRef, ReviewScope } from "../protocol/event.ts";
import type { FileText } from "./changeReader.ts";
import type { Parcels } from "./parcels.ts";

/** Branches as a person picks them, without those that Roundtable made. */
export interface Branches {
  /** What is checked out; null where no branch is. */
  readonly current: string | null;
  /** What work is merged into: the remote's default branch, else main or master; null where there is none. */
  readonly into: string | null;
  /** Short names, remote ones with their remote; the newest commits first, at most 1,000. */
  readonly names: readonly string[];
  /** Branches of pull requests that were fetched. */
  readonly pullRequests: readonly {
    readonly number: number;
    readonly ref: string;
  }[];
}

export interface Worktree {
  readonly path: string;
  readonly branch: string;
  /** Commit it started from. */
  readonly base: string;
}

/** The only thing that runs git. All calls are safe to repeat: what is already done is found and returned. */
export interface Git {
  /** Makes a repository in an empty folder with these files (path to text) as its first commit on `main`. */
  create(
    dir: string,
    files: Readonly<Record<string, string>>,
    message: string,
    at: number,
  ): Promise<RepoRef>;
  /** Rejects with `not-a-repository`, `bare-repository` or `unborn-head`. `dirty` lists changed and untracked paths. */
  inspect(
    dir: string,
  ): Promise<RepoRef & { readonly dirty: readonly string[] }>;
  /** A worktree outside the repository, on branch `roundtable/NAME`, at `base`; one left by a crash is taken back to `base`. */
  openWorktree(repo: string, name: string, base: string): Promise<Worktree>;
  /** A worktree of ours as it was left, with everything in it; undefined where there is none that was made to the end. */
  findWorktree(repo: string, name: string): Promise<Worktree | undefined>;
  /** Commits everything in the worktree that is not ignored; the same tree, message and `at` give the same commit. Returns its files. */
  commit(
    repo: string,
    worktree: Worktree,
    message: string,
    at: number,
  ): Promise<{
    readonly commit: string;
    readonly tree: string;
    readonly files: readonly string[];
  }>;
  /** Puts the changes of `commit` (against its parent) on top of `onto` without any checkout. */
  pick(
    repo: string,
    commit: string,
    onto: string,
    at: number,
  ): Promise<
    | { readonly ok: true; readonly commit: string; readonly tree: string }
    | { readonly ok: false; readonly conflicts: readonly string[] }
  >;
  /** Removes worktree and branch, if they are there. */
  closeWorktree(repo: string, name: string): Promise<void>;
  /** Worktrees of ours that exist, by name. */
  worktrees(repo: string): Promise<readonly string[]>;
  /** Removes every worktree and checkout whose name starts with `prefix`, with their branches; the branch `roundtable/PREFIX` itself stays when `keepBranch`. */
  clear(
    repo: string,
    prefix: string,
    options: { readonly keepBranch: boolean },
  ): Promise<void>;
  /** The change from `base` to `head`, its unified diff (8 lines of context, cut at 400,000 characters), and the conflicts it would meet on the branch as it is now. */
  change(
    repo: string,
    base: string,
    head: string,
  ): Promise<{ readonly change: ChangeSet; readonly diff: string }>;
  /** The same for what a review looks at; uncommitted states get a tree without touching index, branch or files. */
  scope(
    repo: string,
    scope: ReviewScope,
  ): Promise<{ readonly change: ChangeSet; readonly diff: string }>;
  /** The branches that can be reviewed. Nothing is fetched. */
  branches(repo: string): Promise<Branches>;
  /** Files of a tree or commit. */
  files(repo: string, treeish: string): Promise<readonly string[]>;
  /** A file of a tree or commit; undefined where there is none. */
  show(
    repo: string,
    treeish: string,
    path: string,
  ): Promise<string | undefined>;
  /** Many files of a tree or commit at once, one answer per path in the order asked; one over 4 MB and what goes beyond 32 MB is `large`. */
  texts(
    repo: string,
    treeish: string,
    paths: readonly string[],
  ): Promise<readonly FileText[]>;
  /** In how many of the last 2,000 commits of 90 days up to `commit` (by its own date) each path changed; paths that did not are left out. */
  churn(
    repo: string,
    commit: string,
    paths: readonly string[],
  ): Promise<readonly { readonly path: string; readonly commits: number }[]>;
  /** The commits that those from `sinceMs` (ms since 1970) up to `tip` say they revert, each with when that was. */
  reverts(
    repo: string,
    tip: string,
    sinceMs: number,
  ): Promise<readonly { readonly commit: string; readonly at: number }[]>;
  /** Writes a tree's files to a folder outside the repository, for checks; the same tree and name give the same folder. */
  checkout(repo: string, treeish: string, name: string): Promise<string>;
  /** The merge of `commit` onto `onto` as a commit object nothing points to yet; deterministic. */
  prepareMerge(
    repo: string,
    merge: {
      readonly commit: string;
      readonly onto: string;
      readonly message: string;
      readonly at: number;
    },
  ): Promise<
    | { readonly ok: true; readonly commit: string; readonly tree: string }
    | { readonly ok: false; readonly conflicts: readonly string[] }
  >;
  /** Moves `branch` from `onto` to `commit` and the checkout with it. Rejects with `branch-moved` or `dirty-checkout`; then nothing changed. */
  advance(
    repo: string,
    move: {
      readonly branch: string;
      readonly onto: string;
      readonly commit: string;
    },
  ): Promise<void>;
  /** Whether `commit` is part of `branch`. */
  contains(repo: string, branch: string, commit: string): Promise<boolean>;
  /** Keeps `commit` under `refs/heads/NAME` for a pull request. */
  keepBranch(repo: string, name: string, commit: string): Promise<void>;
  /** What crosses to other hubs. */
  readonly parcels: Parcels;
}
