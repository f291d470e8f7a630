/** What may cross to another hub, and what is taken from one: plain files, in numbers and at places that harm nobody. */
import { RoundtableError } from "../../core/errors.ts";
import { lifecycleScriptsChanged, rulePath } from "../../core/policy.ts";
import { SUBMODULE } from "./objects.ts";
import type { RunsGit } from "./repository.ts";

/** Most files of a tree, and what all of them may hold, bytes: a small bundle can unpack to a thousand times its size. */
const MAX_FILES = 100_000;
const MAX_UNPACKED = 1_000_000_000;

const PLAIN = new Set(["100644", "100755"]);
const LINK = "120000";
const NOTHING = "000000";

/** Why the tree of a commit is not fit to cross, as a sentence; undefined when it is. */
export async function treeFault(
  repository: Pick<RunsGit, "git">,
  commit: string,
): Promise<string | undefined> {
  const { stdout } = await repository.git([
    "ls-tree",
    "-r",
    "-l",
    "-z",
    "--full-tree",
    commit,
  ]);
  const lines = stdout.split("\0").filter((line) => line !== "");
  if (lines.length > MAX_FILES)
    return `It holds ${String(lines.length)} files; at most ${String(MAX_FILES)} can cross.`;
  let bytes = 0;
  for (const line of lines) {
    const tab = line.indexOf("\t");
    const path = line.slice(tab + 1);
    const [mode = "", , , size = ""] = line.slice(0, tab).split(/ +/u);
    if (!PLAIN.has(mode) && mode !== LINK && mode !== SUBMODULE)
      return `${shown(path)} is neither a file nor a link.`;
    if (rulePath(path, "read").rule === "path-shape")
      return `${shown(path)} is a name that another system may take for a different file.`;
    bytes += mode === SUBMODULE ? 0 : Number(size);
  }
  return bytes > MAX_UNPACKED
    ? `Its files hold ${String(Math.ceil(bytes / 1_000_000))} MB; at most ${String(MAX_UNPACKED / 1_000_000)} can cross.`
    : undefined;
}

/** The paths that differ between two trees, and those among them a person should look at first. Rejects with `path-denied` when anything but plain files changed, or a file at a place agents may not write. */
export async function changedFiles(
  repository: Pick<RunsGit, "git">,
  base: string,
  tree: string,
): Promise<{
  readonly files: readonly string[];
  readonly mind: readonly string[];
}> {
  const { stdout } = await repository.git([
    "diff-tree",
    "-r",
    "-z",
    "--raw",
    "--no-renames",
    "--no-abbrev",
    base,
    tree,
  ]);
  const fields = stdout.split("\0");
  const files: string[] = [];
  const mind: string[] = [];
  for (let at = 0; at + 1 < fields.length; at += 2) {
    const [from = "", to = "", oldHash = "", newHash = ""] = (fields[at] ?? "")
      .slice(1)
      .split(" ");
    const path = fields[at + 1] ?? "";
    if (to !== NOTHING && !PLAIN.has(to))
      throw denied(`${shown(path)} is not a plain file`);
    if (from === SUBMODULE) throw denied(`${shown(path)} is a submodule`);
    const { ruling, rule } = rulePath(path, "write");
    if (ruling === "deny")
      throw denied(`${shown(path)} may not be changed (${rule})`);
    files.push(path);
    if (
      ruling === "ask" ||
      (await startsMore(repository, path, oldHash, newHash))
    )
      mind.push(path);
  }
  return { files, mind };
}

/** Whether a package.json runs something by itself that it did not before. */
async function startsMore(
  repository: Pick<RunsGit, "git">,
  path: string,
  oldHash: string,
  newHash: string,
): Promise<boolean> {
  if (!/(?:^|\/)package\.json$/iu.test(path) || /^0+$/u.test(newHash))
    return false;
  const text = async (hash: string): Promise<string | undefined> =>
    /^0+$/u.test(hash)
      ? undefined
      : (await repository.git(["cat-file", "blob", hash])).stdout;
  return lifecycleScriptsChanged(
    await text(oldHash),
    (await text(newHash)) ?? "",
  );
}

function denied(what: string): RoundtableError {
  return new RoundtableError(
    "path-denied",
    `The change was not taken: ${what}.`,
    "Nothing was changed. Ask for the work again without it, or make that part of the change yourself.",
  );
}

/** A path from outside, short and without anything that moves the cursor. */
function shown(path: string): string {
  return JSON.stringify(path.length > 120 ? `${path.slice(0, 120)}…` : path);
}
