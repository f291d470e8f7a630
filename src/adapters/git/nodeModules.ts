/** Lends a repository's installed packages to worktrees and written-out trees, so that its checks can run there. */
import { lstat, stat, symlink } from "node:fs/promises";
import { join } from "node:path";
import { filesOf } from "./objects.ts";
import type { Repository } from "./repository.ts";

const FOLDER = "node_modules";

/**
 * Links the repository's `node_modules` into `dir` when git ignores it there and `tree` holds none. In the sandbox the link leads out
 * of what may be written; without it whoever runs a command has asked first.
 */
export async function lendNodeModules(
  repository: Repository,
  tree: string,
  dir: string,
): Promise<void> {
  const source = join(repository.root, FOLDER);
  const found = await stat(source).catch(() => undefined);
  if (found?.isDirectory() !== true || (await isLent(dir))) return;
  const { exitCode } = await repository.gitIn(
    { path: repository.root, gitDir: repository.gitDir },
    ["check-ignore", "--quiet", "--", FOLDER],
    { answers: [0, 1] },
  );
  if (exitCode !== 0) return;
  const tracked = await filesOf(repository, tree);
  if (tracked.some((path) => path.split("/")[0] === FOLDER)) return;
  // A junction needs no privilege on Windows; elsewhere the kind is ignored.
  await symlink(source, join(dir, FOLDER), "junction");
}

/** Whether `dir` holds a link in that place. */
export async function isLent(dir: string): Promise<boolean> {
  const found = await lstat(join(dir, FOLDER)).catch(() => undefined);
  return found?.isSymbolicLink() === true;
}

/** Whether `path` is the link: `.gitignore` patterns that end in a slash do not cover it, and it must never be committed. */
export function isLentPath(path: string): boolean {
  return path === FOLDER;
}
