/** Notices when someone inside a worktree tried to make the host's git run something. */
import { createHash } from "node:crypto";
import { lstat, readdir, readFile, readlink } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { RoundtableError } from "../../core/errors.ts";
import { readRecord } from "./record.ts";
import type { Checkout, ConfigEntry, Repository } from "./repository.ts";

/** What was true when a worktree was opened. */
export interface Seal {
  readonly gitDir: string;
  readonly base: string;
  /** Hash of the config, hooks and attributes all checkouts share. */
  readonly shared: string;
  /** Hash of the worktree's own entries in the git folder. */
  readonly own: string;
}

/** Keys that editors and `git push -u` write as they go, and that name nothing git could run. */
const HARMLESS =
  /^(?:branch\..*|remote\..*\.(?:url|fetch|pushurl|prune|tagopt|gh-resolved|push|mirror))$/su;

/** Hash of everything in the shared git folder that can make git run a program. */
export async function sharedPrint(repository: Repository): Promise<string> {
  const entries = repository.config.filter(
    (entry: ConfigEntry) =>
      (entry.scope === "local" || entry.scope === "worktree") &&
      !HARMLESS.test(entry.key),
  );
  const hooks = join(repository.commonDir, "hooks");
  const names = (await readdir(hooks).catch(() => [])).filter(
    (name) => !name.endsWith(".sample"),
  );
  return print([
    entries.map((entry) => [entry.scope, entry.key, entry.value]),
    await Promise.all(
      names
        .sort()
        .map(async (name) => [name, await content(join(hooks, name))]),
    ),
    await content(join(repository.commonDir, "info", "attributes")),
  ]);
}

/** Hash of the files that tie a worktree to its repository. */
export async function ownPrint(gitDir: string): Promise<string> {
  return print(
    await Promise.all(
      ["commondir", "gitdir", "config.worktree"].map((name) =>
        content(join(gitDir, name)),
      ),
    ),
  );
}

/** The seal of a worktree; undefined when there is none. */
export function readSeal(path: string): Promise<Seal | undefined> {
  return readRecord(path, ["gitDir", "base", "shared", "own"]);
}

/** The worktree, fit to run git on. Rejects with `git-tampered` when its pointer, or the shared config or hooks, changed since it was opened. */
export async function checkSeal(
  repository: Repository,
  name: string,
): Promise<Checkout & { readonly base: string }> {
  const seal = await readSeal(repository.places.seal(name));
  if (seal === undefined)
    throw new RoundtableError(
      "git-failed",
      `The worktree ${name} is not open.`,
      "Nothing was changed; resume the mission, which opens it again.",
    );
  const path = repository.places.worktree(name);
  const pointer = await content(join(path, ".git"));
  if (pointer !== `file gitdir: ${seal.gitDir}\n`)
    throw tampered(`the .git file of worktree ${name}`);
  const common = await content(join(seal.gitDir, "commondir"));
  if (
    resolve(seal.gitDir, common.replace(/^file /u, "").trim()) !==
      repository.commonDir ||
    dirname(dirname(seal.gitDir)) !== repository.commonDir ||
    (await ownPrint(seal.gitDir)) !== seal.own
  )
    throw tampered(`the git folder of worktree ${name}`);
  await checkShared(repository, seal);
  return { path, gitDir: seal.gitDir, base: seal.base };
}

/** Rejects with `git-tampered` when shared config or hooks are not what the seal says. */
export async function checkShared(
  repository: Repository,
  seal: Seal,
): Promise<void> {
  if ((await sharedPrint(repository)) !== seal.shared)
    throw tampered("the repository's git config, hooks or attributes");
}

function tampered(what: string): RoundtableError {
  return new RoundtableError(
    "git-tampered",
    `While agents worked, ${what} changed, which could make git run a program.`,
    "Git was not run and your branches are untouched; look at .git/config and .git/hooks, undo what is not yours and resume, or start the mission again if the change is yours.",
  );
}

async function content(path: string): Promise<string> {
  const found = await lstat(path).catch(() => undefined);
  if (found === undefined) return "none";
  if (found.isSymbolicLink()) return `link ${await readlink(path)}`;
  if (!found.isFile()) return "other";
  return `file ${await readFile(path, "utf8")}`;
}

function print(value: unknown): string {
  return createHash("sha256").update(JSON.stringify(value)).digest("hex");
}
