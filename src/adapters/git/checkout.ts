/** A tree's files in a folder of their own, for checks. */
import { access, mkdir, rename, rm } from "node:fs/promises";
import { sep } from "node:path";
import { lendNodeModules } from "./nodeModules.ts";
import { treeOf } from "./objects.ts";
import { readRecord, writeRecord } from "./record.ts";
import type { Repository } from "./repository.ts";

/** The folder of `name`, with the files of `treeish`: written once, then given again as it is, traces of checks included. Another tree replaces it. */
export async function checkoutTree(
  repository: Repository,
  treeish: string,
  name: string,
): Promise<string> {
  const tree = await treeOf(repository, treeish);
  const dir = repository.places.checkout(name);
  const label = `${dir}.json`;
  const there = await access(dir).then(
    () => true,
    () => false,
  );
  const held = await readRecord(label, ["tree"]);
  if (there && held?.tree === tree) return dir;
  await rm(label, { force: true });
  const half = `${dir}.half`;
  for (const old of [dir, half])
    await rm(old, { recursive: true, force: true, maxRetries: 3 });
  await mkdir(half, { recursive: true });
  const index = repository.places.temporary();
  try {
    await repository.git(["read-tree", tree], { index });
    await repository.gitIn(
      { path: half, gitDir: repository.gitDir },
      ["checkout-index", "--all", "--force", `--prefix=${half}${sep}`],
      { index },
    );
  } finally {
    await rm(index, { force: true });
    await rm(`${index}.lock`, { force: true });
  }
  await lendNodeModules(repository, tree, half);
  await rename(half, dir);
  await writeRecord(label, { tree });
  return dir;
}
