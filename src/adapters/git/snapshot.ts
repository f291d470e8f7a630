/** The state of a checkout as a tree, made from plumbing that starts no second program, not even in nested repositories. */
import { copyFile, rm, stat, utimes } from "node:fs/promises";
import { join } from "node:path";
import { SUBMODULE } from "./objects.ts";
import type { Checkout, Repository, RunsGit } from "./repository.ts";

/**
 * Stages everything that is not ignored, but paths `skip` names, and returns the tree. Nested repositories are left out; changed
 * submodules are taken when `submodules` says so. Uses `index` in place of the checkout's own index when given.
 */
export async function snapshot(
  repository: Pick<RunsGit, "gitIn">,
  checkout: Checkout,
  options: {
    readonly index?: string;
    readonly submodules: boolean;
    readonly skip: (path: string) => boolean;
  },
): Promise<string> {
  const place = options.index === undefined ? {} : { index: options.index };
  const list = async (...args: string[]): Promise<readonly string[]> =>
    (
      await repository.gitIn(checkout, ["ls-files", "-z", ...args], place)
    ).stdout
      .split("\0")
      .filter((line) => line !== "");
  const [untracked, changed, staged] = await Promise.all([
    list("--others", "--exclude-standard"),
    list("--modified", "--deleted"),
    list("--stage"),
  ]);
  const submodules = new Set<string>();
  const unmerged: string[] = [];
  for (const line of staged) {
    const tab = line.indexOf("\t");
    const path = line.slice(tab + 1);
    if (line.startsWith(SUBMODULE)) submodules.add(path);
    if (line.charAt(tab - 1) !== "0") unmerged.push(path);
  }
  // What is known comes first: a file that became a folder must go before the folder's files are added.
  const paths = [...new Set([...changed, ...unmerged, ...untracked])].filter(
    (path) =>
      !path.endsWith("/") &&
      !options.skip(path) &&
      (options.submodules || !submodules.has(path)),
  );
  if (paths.length > 0)
    await repository.gitIn(
      checkout,
      ["update-index", "-z", "--add", "--remove", "--replace", "--stdin"],
      { ...place, input: paths.map((path) => `${path}\0`).join("") },
    );
  const { stdout } = await repository.gitIn(checkout, ["write-tree"], place);
  return stdout.trim();
}

/** Runs `use` with a copy of the checkout's index, which is gone afterwards; the real one is only read. */
export async function withIndexCopy<T>(
  repository: Repository,
  checkout: Checkout,
  use: (index: string) => Promise<T>,
): Promise<T> {
  const copy = repository.places.temporary();
  try {
    await copyIndex(checkout, copy);
    return await use(copy);
  } finally {
    await rm(copy, { force: true });
    await rm(`${copy}.lock`, { force: true });
  }
}

/** Copies the index; a checkout without one has an empty index. */
export async function copyIndex(
  checkout: Checkout,
  copy: string,
): Promise<void> {
  const index = join(checkout.gitDir, "index");
  const found = await stat(index).catch(() => undefined);
  if (found === undefined) return;
  await copyFile(index, copy);
  // Git compares file times with the index's own to notice edits within one tick; a younger copy would hide them.
  await utimes(copy, found.atime, new Date(Math.floor(found.mtimeMs)));
}
