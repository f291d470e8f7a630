/** The git broker: the only part of the product that runs git, and only these verbs. */
import { RoundtableError } from "../../core/errors.ts";
import type { TextLog } from "../../ports.ts";
import type { Git } from "../../ports/git.ts";
import { advance } from "./advance.ts";
import { branchesOf } from "./branches.ts";
import { changeOf, containsCommit, scopeOf } from "./change.ts";
import { checkoutTree } from "./checkout.ts";
import { churnOf } from "./churn.ts";
import { commitWorktree } from "./commit.ts";
import { cloneAt, closeClone, listClones, openClone } from "./clone.ts";
import { create } from "./create.ts";
import { inspect } from "./inspect.ts";
import { revertsOf } from "./reverts.ts";
import { pick, prepareMerge } from "./merge.ts";
import { commitOf, filesOf, showFile, tipOf } from "./objects.ts";
import { pack } from "./pack.ts";
import { patchOf, takePatch } from "./patch.ts";
import { openRepository, type Repository } from "./repository.ts";
import { textsOf } from "./texts.ts";
import {
  clearAll,
  closeWorktree,
  findWorktree,
  listWorktrees,
  openWorktree,
} from "./worktrees.ts";

/**
 * Opens the broker. `home` is a folder outside any repository, for worktrees, written-out trees and notes. Every call finds the
 * repository anew and keeps nothing in memory, so a crash costs nothing; calls that change one repository run one after another.
 */
export function openGit(options: {
  readonly home: string;
  readonly textLog: TextLog;
}): Git {
  const open = (repo: string): Promise<Repository> =>
    openRepository(options.home, repo);
  const turns = new Map<string, Promise<unknown>>();
  const inTurn = async <T>(
    repo: string,
    work: (repository: Repository) => Promise<T>,
  ): Promise<T> => {
    const repository = await open(repo);
    const before = turns.get(repository.commonDir) ?? Promise.resolve();
    const mine = before.then(() => work(repository));
    const settled = mine.catch(() => undefined);
    turns.set(repository.commonDir, settled);
    return mine;
  };
  return {
    create: async (dir, files, message, at) => {
      const repository = await create(options.home, dir, files, message, at);
      const { root, branch, commit, tree } = await inspect(repository);
      return { root, branch, commit, tree };
    },
    inspect: async (dir) => inspect(await open(dir)),
    openWorktree: (repo, name, base) =>
      inTurn(repo, (repository) => {
        options.textLog.info("worktree opened", { name });
        return openWorktree(repository, name, base);
      }),
    findWorktree: async (repo, name) => findWorktree(await open(repo), name),
    commit: async (repo, worktree, message, at) =>
      commitWorktree(
        await open(repo),
        worktree.branch.replace(/^roundtable\//u, ""),
        message,
        at,
      ),
    pick: async (repo, commit, onto, at) =>
      pick(await open(repo), commit, onto, at),
    closeWorktree: (repo, name) =>
      inTurn(repo, (repository) => closeWorktree(repository, name)),
    worktrees: async (repo) => listWorktrees(await open(repo)),
    clear: (repo, prefix, { keepBranch: keep }) =>
      inTurn(repo, (repository) => clearAll(repository, prefix, keep)),
    change: async (repo, base, head) => changeOf(await open(repo), base, head),
    scope: async (repo, scope) => scopeOf(await open(repo), scope),
    branches: async (repo) => branchesOf(await open(repo)),
    files: async (repo, treeish) => filesOf(await open(repo), treeish),
    show: async (repo, treeish, path) =>
      showFile(await open(repo), treeish, path),
    texts: async (repo, treeish, paths) =>
      textsOf(await open(repo), treeish, paths),
    churn: async (repo, commit, paths) =>
      churnOf(await open(repo), commit, paths),
    reverts: async (repo, tip, sinceMs) =>
      revertsOf(await open(repo), tip, sinceMs),
    checkout: (repo, treeish, name) =>
      inTurn(repo, (repository) => checkoutTree(repository, treeish, name)),
    prepareMerge: async (repo, merge) => prepareMerge(await open(repo), merge),
    advance: (repo, move) =>
      inTurn(repo, async (repository) => {
        options.textLog.info("branch advances", {
          branch: move.branch,
          commit: move.commit,
        });
        await advance(repository, move);
      }),
    contains: async (repo, branch, commit) =>
      containsCommit(await open(repo), branch, commit),
    keepBranch: (repo, name, commit) =>
      inTurn(repo, (repository) => keepBranch(repository, name, commit)),
    parcels: {
      pack: async (repo, commit, file) => pack(await open(repo), commit, file),
      openClone: (bundle, commit, name) =>
        openClone(options.home, bundle, commit, name),
      patchOf: async (name, file) =>
        patchOf(await cloneAt(options.home, name), file),
      closeClone: (name) => closeClone(options.home, name),
      clones: () => listClones(options.home),
      takePatch: (repo, patch) =>
        inTurn(repo, (repository) => takePatch(repository, patch)),
    },
  };
}

/** Branches below `roundtable/` are ours and move; a branch of the user is never touched. */
async function keepBranch(
  repository: Repository,
  name: string,
  commit: string,
): Promise<void> {
  const wanted = await commitOf(repository, commit);
  const tip = await tipOf(repository, name);
  if (tip === wanted) return;
  if (tip !== undefined && !name.startsWith("roundtable/"))
    throw new RoundtableError(
      "git-failed",
      `The branch ${name} exists already and holds something else.`,
      "Nothing was changed; rename or delete that branch, then resume.",
    );
  await repository.git(["check-ref-format", `refs/heads/${name}`]);
  await repository.git(
    [
      "update-ref",
      "-m",
      "roundtable: kept",
      `refs/heads/${name}`,
      wanted,
      tip ?? "",
    ],
    { at: Date.now() },
  );
}
