/** Clones of what other hubs sent: a folder of files, and a git folder elsewhere that whoever works in them never sees. */
import { mkdir, open, readdir, realpath, rm } from "node:fs/promises";
import { join } from "node:path";
import { RoundtableError } from "../../core/errors.ts";
import { treeFault } from "./crossing.ts";
import { commitOf } from "./objects.ts";
import { bundleHead, objectFormat } from "./pack.ts";
import { isName } from "./places.ts";
import {
  readConfig,
  runsGit,
  type Checkout,
  type RunsGit,
} from "./repository.ts";
import { runGit } from "./runGit.ts";

/** A clone as git sees it. */
export interface Clone extends RunsGit {
  readonly checkout: Checkout;
}

/** What holds for clones besides: links are plain files, names no other system could take for `.git`, files as they are in git, results that do not depend on who runs them. */
const CLONE_CONFIG: readonly (readonly [string, string])[] = [
  ["core.symlinks", "false"],
  ["core.protectHFS", "true"],
  ["core.protectNTFS", "true"],
  ["core.bigFileThreshold", "32m"],
  ["core.autocrlf", "false"],
  ["core.eol", "lf"],
  ["core.excludesFile", "/dev/null"],
  ["fsck.zeroPaddedFilemode", "ignore"],
];

/** Folders of all clones below the broker's home. */
async function cloneHome(
  home: string,
): Promise<{ readonly trees: string; readonly gits: string }> {
  const trees = join(home, "clones");
  const gits = join(home, "clones.git");
  for (const folder of [trees, gits])
    await mkdir(folder, { recursive: true, mode: 0o700 });
  return { trees: await realpath(trees), gits: await realpath(gits) };
}

/** The clone of a name, which need not be there. */
export async function cloneAt(home: string, name: string): Promise<Clone> {
  if (!isName(name))
    throw new RoundtableError(
      "git-failed",
      `"${name}" cannot name a clone.`,
      "Nothing was changed.",
    );
  const { trees, gits } = await cloneHome(home);
  const gitDir = join(gits, name);
  const config = await readConfig(gitDir, gits).catch(() => []);
  return {
    checkout: { path: join(trees, name), gitDir },
    ...runsGit(gitDir, gits, config, CLONE_CONFIG),
  };
}

/** Makes the clone anew. Rejects with `git-failed` for a bundle that holds anything but `commit`, alone; then nothing of it stays. */
export async function openClone(
  home: string,
  bundle: string,
  commit: string,
  name: string,
): Promise<{ readonly path: string }> {
  if ((await headOfFile(bundle, commit)) !== bundleHead(commit))
    throw hostile("It is not a bundle of exactly the commit that was named.");
  const before = await cloneAt(home, name);
  await closeClone(home, name);
  const { path, gitDir } = before.checkout;
  await mkdir(path, { mode: 0o700 });
  try {
    await runGit({
      cwd: path,
      gitDir,
      workTree: path,
      args: [
        "init",
        "--quiet",
        "--initial-branch=work",
        "--template=",
        `--object-format=${objectFormat(commit)}`,
      ],
    });
    const clone = await cloneAt(home, name);
    await unpack(clone, bundle, commit);
    await clone.gitIn(clone.checkout, ["read-tree", commit]);
    await clone.gitIn(clone.checkout, [
      "checkout-index",
      "--all",
      "--force",
      "--index",
      "--quiet",
    ]);
    return { path };
  } catch (error) {
    await closeClone(home, name);
    throw error;
  }
}

/** Takes in the objects and looks at all of them before a file is written. */
async function unpack(
  clone: Clone,
  bundle: string,
  commit: string,
): Promise<void> {
  const unbundled = await clone.git(["bundle", "unbundle", bundle], {
    answers: [0, 1, 128],
  });
  if (unbundled.exitCode !== 0)
    throw hostile("Git cannot unpack it whole and sound.");
  if ((await commitOf(clone, commit)) !== commit)
    throw hostile("It does not hold the commit it names.");
  await clone.git(["update-ref", "refs/heads/work", commit]);
  const { stdout } = await clone.git([
    "rev-list",
    "--parents",
    "--max-count=1",
    commit,
  ]);
  if (stdout.trim() !== commit) throw hostile("Its commit has parents.");
  const checked = await clone.git(
    ["fsck", "--full", "--strict", "--no-dangling", "--no-progress"],
    { answers: Array.from({ length: 256 }, (_, code) => code) },
  );
  if (checked.exitCode !== 0)
    throw hostile("Git finds something in it that no honest program writes.");
  const fault = await treeFault(clone, commit);
  if (fault !== undefined) throw hostile(fault);
}

/** As many bytes of the file as the head of an honest bundle of `commit` has. */
async function headOfFile(file: string, commit: string): Promise<string> {
  const { length } = bundleHead(commit);
  const handle = await open(file, "r");
  try {
    const { buffer, bytesRead } = await handle.read(
      Buffer.alloc(length),
      0,
      length,
      0,
    );
    return buffer.subarray(0, bytesRead).toString("latin1");
  } finally {
    await handle.close();
  }
}

/** Removes folder and git folder, as far as they are there; links in them are removed, never followed. */
export async function closeClone(home: string, name: string): Promise<void> {
  const { checkout } = await cloneAt(home, name);
  for (const folder of [checkout.path, checkout.gitDir])
    await rm(folder, { recursive: true, force: true, maxRetries: 3 });
}

/** Names of the clones that exist, whole or half-made, sorted. */
export async function listClones(home: string): Promise<readonly string[]> {
  const { trees, gits } = await cloneHome(home);
  const names = [...(await readdir(trees)), ...(await readdir(gits))];
  return [...new Set(names.filter(isName))].sort();
}

function hostile(why: string): RoundtableError {
  return new RoundtableError(
    "git-failed",
    `What the other hub sent is not taken. ${why}`,
    "Nothing of it was kept and nothing was run. Ask the person at the other hub how it was made.",
  );
}
