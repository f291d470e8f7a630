/** Worktrees of ours: made, taken back after a crash, removed. */
import { lstat, readdir, readFile, rm } from "node:fs/promises";
import { basename, join } from "node:path";
import { RoundtableError } from "../../core/errors.ts";
import type { Worktree } from "../../ports/git.ts";
import { lendNodeModules } from "./nodeModules.ts";
import { commitOf, resolveRevision } from "./objects.ts";
import { isName } from "./places.ts";
import { writeRecord } from "./record.ts";
import type { Repository } from "./repository.ts";
import { checkShared, ownPrint, readSeal, sharedPrint } from "./seal.ts";

/** The branch of a worktree. */
export function branchOf(name: string): string {
  return `roundtable/${name}`;
}

/** Makes the worktree at `base`; whatever was left under the name is removed first. Rejects with `git-tampered` when the shared config or hooks changed since it was first opened. */
export async function openWorktree(
  repository: Repository,
  name: string,
  base: string,
): Promise<Worktree> {
  const commit = await commitOf(repository, base);
  const old = await readSeal(repository.places.seal(name));
  if (old !== undefined) await checkShared(repository, old);
  await removeWorktree(repository, name);
  const path = repository.places.worktree(name);
  const branch = branchOf(name);
  await repository.git([
    "worktree",
    "add",
    "--quiet",
    "--no-track",
    "-b",
    branch,
    "--",
    path,
    commit,
  ]);
  const gitDir = await adminDirOf(repository, path);
  if (gitDir === undefined)
    throw new RoundtableError(
      "git-failed",
      `Git made the worktree ${name} and then did not know it.`,
      "Your files and branches are as they were; resume to make it again.",
    );
  await lendNodeModules(repository, commit, path);
  const seal = {
    gitDir,
    base: commit,
    shared: await sharedPrint(repository),
    own: await ownPrint(gitDir),
  };
  await writeRecord(repository.places.seal(name), seal);
  return { path, branch, base: commit };
}

/** The worktree as it was left; undefined where none was made to the end. */
export async function findWorktree(
  repository: Repository,
  name: string,
): Promise<Worktree | undefined> {
  const seal = await readSeal(repository.places.seal(name));
  if (seal === undefined) return undefined;
  return {
    path: repository.places.worktree(name),
    branch: branchOf(name),
    base: seal.base,
  };
}

/** Removes folder, entry in the git folder and (unless it is to stay) branch, as far as they are there; needs none of them to be intact. */
async function removeWorktree(
  repository: Repository,
  name: string,
  keepBranch = false,
): Promise<void> {
  const path = repository.places.worktree(name);
  // The files go first: links in them are removed, never followed, and no git runs on what agents wrote.
  await rm(path, { recursive: true, force: true, maxRetries: 3 });
  const gitDir = await adminDirOf(repository, path);
  if (gitDir !== undefined) await rm(gitDir, { recursive: true, force: true });
  const ref = `refs/heads/${branchOf(name)}`;
  // Left by a git of ours that was killed: nobody else writes below roundtable/.
  await rm(join(repository.commonDir, `${ref}.lock`), { force: true });
  if (!keepBranch && (await resolveRevision(repository, ref)) !== undefined)
    await repository.git(["update-ref", "-d", ref]);
  await rm(repository.places.seal(name), { force: true });
}

/** Removes the worktree and the written-out tree of the same name. */
export async function closeWorktree(
  repository: Repository,
  name: string,
  keepBranch = false,
): Promise<void> {
  await removeWorktree(repository, name, keepBranch);
  const checkout = repository.places.checkout(name);
  await rm(`${checkout}.json`, { force: true });
  await rm(checkout, { recursive: true, force: true, maxRetries: 3 });
}

/** Removes every worktree, written-out tree and branch of ours whose name starts with `prefix`; the branch of exactly that name stays when `keepBranch`. */
export async function clearAll(
  repository: Repository,
  prefix: string,
  keepBranch: boolean,
): Promise<void> {
  const { stdout } = await repository.git([
    "for-each-ref",
    "--format=%(refname:lstrip=3)",
    "refs/heads/roundtable/",
  ]);
  const { places } = repository;
  const names = [
    ...stdout.split("\n"),
    ...(await listWorktrees(repository)),
    ...(await readdir(places.checkouts)).map((file) =>
      file.replace(/\.(?:json|half)$/u, ""),
    ),
  ].filter((name) => isName(name) && name.startsWith(prefix));
  for (const name of new Set(names))
    await closeWorktree(repository, name, keepBranch && name === prefix);
}

/** Names of the worktrees that exist, whole or half-made, sorted. */
export async function listWorktrees(
  repository: Repository,
): Promise<readonly string[]> {
  const folders = await readdir(repository.places.worktrees);
  return folders.filter(isName).sort();
}

/** The entry in the git folder that points at `path`; undefined when there is none. */
export async function adminDirOf(
  repository: Repository,
  path: string,
): Promise<string | undefined> {
  const admin = join(repository.commonDir, "worktrees");
  for (const id of await readdir(admin).catch(() => [])) {
    const gitDir = join(admin, id);
    const pointer = await readFile(join(gitDir, "gitdir"), "utf8").catch(
      () => undefined,
    );
    if (pointer?.trim() === join(path, ".git")) return gitDir;
    // A crash in the first instant of `worktree add` leaves an entry that says nothing yet; it is named after the folder.
    if (pointer === undefined && id === basename(path)) {
      const found = await lstat(gitDir);
      if (found.isDirectory()) return gitDir;
    }
  }
  return undefined;
}
