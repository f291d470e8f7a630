/** What a merge does to the files of a checkout, one by one. */
import { lstat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { SUBMODULE } from "./objects.ts";
import type { Checkout, Repository } from "./repository.ts";

/** A file that differs between two commits. */
export interface Step {
  readonly path: string;
  readonly inOld: boolean;
  readonly inNew: boolean;
  readonly newHash: string;
}

/** The files that differ; submodules left out, because git changes no files of theirs. */
export async function stepsOf(
  repository: Repository,
  from: string,
  to: string,
): Promise<readonly Step[]> {
  const { stdout } = await repository.git([
    "diff-tree",
    "-r",
    "-z",
    "--raw",
    "--no-renames",
    from,
    to,
  ]);
  const parts = stdout.split("\0");
  const steps: Step[] = [];
  for (let at = 0; at + 1 < parts.length; at += 2) {
    const [oldMode = "", newMode = "", , newHash = ""] = (
      parts[at] ?? ""
    ).split(" ");
    if (oldMode === `:${SUBMODULE}` || newMode === SUBMODULE) continue;
    steps.push({
      path: parts[at + 1] ?? "",
      inOld: oldMode !== ":000000",
      inNew: newMode !== "000000",
      newHash,
    });
  }
  return steps;
}

/** Untracked files where the steps would put one of theirs, ignored ones too: git would overwrite those without a word. */
export async function filesInTheWay(
  repository: Repository,
  checkout: Checkout,
  steps: readonly Step[],
): Promise<readonly string[]> {
  const suspects = new Set<string>();
  for (const { path, inOld, inNew } of steps) {
    if (inOld || !inNew) continue;
    if ((await kindOf(checkout, path)) !== "none") suspects.add(path);
    for (let dir = dirname(path); dir !== "."; dir = dirname(dir))
      if ((await kindOf(checkout, dir)) === "file") suspects.add(dir);
  }
  if (suspects.size === 0) return [];
  const { stdout } = await repository.gitIn(checkout, [
    "--literal-pathspecs",
    "ls-files",
    "-z",
    "--others",
    "--",
    ...suspects,
  ]);
  return stdout.split("\0").filter((path) => path !== "");
}

async function kindOf(
  checkout: Checkout,
  path: string,
): Promise<"none" | "folder" | "file"> {
  const found = await lstat(join(checkout.path, path)).catch(() => undefined);
  if (found === undefined) return "none";
  return found.isDirectory() ? "folder" : "file";
}
