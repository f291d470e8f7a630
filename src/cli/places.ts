import { createHash } from "node:crypto";
import { homedir } from "node:os";
import { basename, join } from "node:path";
import { ADVISORIES_FILE } from "../adapters/evidence/advisoriesFile.ts";

/** Where the terminal keeps what belongs to one repository: log, worktrees, discovery file. `ROUNDTABLE_HOME` moves it. */
export function storageFor(repoRoot: string): string {
  const hash = createHash("sha256").update(repoRoot).digest("hex").slice(0, 12);
  const name = basename(repoRoot).replace(/[^A-Za-z0-9._-]/g, "_");
  return join(stateHome(), "repos", `${name}-${hash}`);
}

/** Where the hub of a repository that was started under a name of its own keeps its log and discovery file. */
export function storageOfHub(repoRoot: string, name: string): string {
  return join(hubsOf(repoRoot), folderOf(name));
}

/** Folder of the hubs of a repository that have a name of their own. */
export function hubsOf(repoRoot: string): string {
  return join(storageFor(repoRoot), "hubs");
}

/** Folder of everything kept by repository. */
export function reposHome(): string {
  return join(stateHome(), "repos");
}

/** Names are told apart where a file system does not: by the digest of what a folder cannot be called. */
function folderOf(name: string): string {
  if (/^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/.test(name)) return name;
  const hash = createHash("sha256").update(name).digest("hex").slice(0, 12);
  return `${name.replace(/[^A-Za-z0-9_-]/g, "_").slice(0, 40)}-${hash}`;
}

/** Where worktrees and written-out trees of all repositories go. */
export function treesHome(): string {
  return join(stateHome(), "trees");
}

/** The file of known vulnerabilities that all repositories share. */
export function advisoriesFile(): string {
  return join(stateHome(), ADVISORIES_FILE);
}

function stateHome(): string {
  const { env, platform } = process;
  if (env["ROUNDTABLE_HOME"]) return env["ROUNDTABLE_HOME"];
  if (platform === "win32" && env["LOCALAPPDATA"])
    return join(env["LOCALAPPDATA"], "roundtable");
  if (platform === "darwin")
    return join(homedir(), "Library", "Application Support", "roundtable");
  return join(
    env["XDG_STATE_HOME"] ?? join(homedir(), ".local", "state"),
    "roundtable",
  );
}
