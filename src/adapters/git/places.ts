/** Where the broker keeps things: all outside any repository, one folder per repository. */
import { createHash } from "node:crypto";
import { mkdir, realpath } from "node:fs/promises";
import { join } from "node:path";
import { RoundtableError } from "../../core/errors.ts";

export interface Places {
  /** Folder of a worktree. */
  worktree(name: string): string;
  /** Folder of a written-out tree. */
  checkout(name: string): string;
  /** What was true of a worktree when it was opened; out of reach of whoever works in it. */
  seal(name: string): string;
  /** Note of a merge under way in the checkout that `gitDir` belongs to. */
  note(gitDir: string): string;
  /** A new path for a short-lived file. */
  temporary(): string;
  /** Folder git runs in when it needs no files. */
  readonly quiet: string;
  readonly worktrees: string;
  readonly checkouts: string;
}

/** Makes the folders for the repository with this common git dir. */
export async function openPlaces(
  home: string,
  commonDir: string,
): Promise<Places> {
  await mkdir(home, { recursive: true });
  const root = await realpath(home);
  const id = shortHash(commonDir);
  const folder = async (suffix: string): Promise<string> => {
    const path = join(root, `${id}${suffix}`);
    await mkdir(path, { recursive: true, mode: 0o700 });
    return path;
  };
  const [worktrees, checkouts, seals, quiet] = await Promise.all([
    folder(""),
    folder(".checkouts"),
    folder(".seals"),
    folder(".quiet"),
  ]);
  return {
    worktree: (name) => join(worktrees, checkName(name)),
    checkout: (name) => join(checkouts, checkName(name)),
    seal: (name) => join(seals, `${checkName(name)}.json`),
    note: (gitDir) => join(seals, `${shortHash(gitDir)}.merge`),
    temporary: () =>
      join(seals, `${String(process.pid)}-${String(++temporaries)}.index`),
    quiet,
    worktrees,
    checkouts,
  };
}

let temporaries = 0;

function shortHash(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 16);
}

/** Whether a name is harmless as a folder and as a branch. */
export function isName(name: string): boolean {
  return (
    /^[A-Za-z0-9][A-Za-z0-9._-]{0,149}$/u.test(name) &&
    !name.includes("..") &&
    !/\.(?:lock|json|half)$|\.$/iu.test(name)
  );
}

function checkName(name: string): string {
  if (isName(name)) return name;
  throw new RoundtableError(
    "git-failed",
    `"${name}" cannot name a worktree.`,
    "Nothing was changed; use letters, digits, dots, dashes and underscores.",
  );
}
