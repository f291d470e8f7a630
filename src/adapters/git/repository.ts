/** A repository found once and then always named explicitly. */
import { existsSync } from "node:fs";
import { stat } from "node:fs/promises";
import { dirname, join, resolve, sep } from "node:path";
import { RoundtableError } from "../../core/errors.ts";
import { driverOverrides } from "./hardening.ts";
import { openPlaces, type Places } from "./places.ts";
import { runGit, type GitCall, type GitOutput } from "./runGit.ts";

/** A config entry that is in force. */
export interface ConfigEntry {
  readonly scope: string;
  readonly key: string;
  readonly value: string;
}

/** Git on one git folder, hardened. */
export interface RunsGit {
  /** Runs git on objects and refs, away from any files. */
  git(
    args: readonly string[],
    options?: Partial<Omit<GitCall, "args">>,
  ): Promise<GitOutput>;
  /** Runs git on the files of one checkout of this repository. */
  gitIn(
    checkout: Checkout,
    args: readonly string[],
    options?: Partial<Omit<GitCall, "args">>,
  ): Promise<GitOutput>;
}

export interface Repository extends RunsGit {
  readonly root: string;
  readonly gitDir: string;
  readonly commonDir: string;
  readonly places: Places;
  readonly config: readonly ConfigEntry[];
}

/** A folder of files with the git dir that belongs to it. */
export interface Checkout {
  readonly path: string;
  readonly gitDir: string;
}

/** Finds the repository `dir` is in. Rejects with `not-a-repository` or `bare-repository`. */
export async function openRepository(
  home: string,
  dir: string,
): Promise<Repository> {
  const { root, gitDir, commonDir } = await discover(dir);
  const places = await openPlaces(home, commonDir);
  const config = await readConfig(gitDir, places.quiet);
  return {
    root,
    gitDir,
    commonDir,
    places,
    config,
    ...runsGit(gitDir, places.quiet, config),
  };
}

/** Git on one git folder, with every driver that `config` names switched off and `more` set; runs in `quiet` when it needs no files. */
export function runsGit(
  gitDir: string,
  quiet: string,
  config: readonly ConfigEntry[],
  more: readonly (readonly [key: string, value: string])[] = [],
): RunsGit {
  const overrides = [
    ...driverOverrides(config.map((entry) => entry.key)),
    ...more,
  ];
  return {
    git: (args, options) =>
      runGit({ gitDir, cwd: quiet, overrides, ...options, args }),
    gitIn: (checkout, args, options) =>
      runGit({
        gitDir: checkout.gitDir,
        workTree: checkout.path,
        cwd: checkout.path,
        overrides,
        ...options,
        args,
      }),
  };
}

/** All config entries in force for `gitDir`, included files too. */
export async function readConfig(
  gitDir: string,
  cwd: string,
): Promise<readonly ConfigEntry[]> {
  const { stdout } = await runGit({
    gitDir,
    cwd,
    args: ["config", "--list", "--show-scope", "-z"],
  });
  const parts = stdout.split("\0");
  const entries: ConfigEntry[] = [];
  for (let at = 0; at + 1 < parts.length; at += 2) {
    const [scope = "", entry = ""] = [parts[at], parts[at + 1]];
    const cut = entry.indexOf("\n");
    entries.push({
      scope,
      key: cut < 0 ? entry : entry.slice(0, cut),
      value: cut < 0 ? "" : entry.slice(cut + 1),
    });
  }
  return entries;
}

async function discover(
  dir: string,
): Promise<{ root: string; gitDir: string; commonDir: string }> {
  const start = resolve(dir);
  const found = await stat(start).catch(() => undefined);
  if (found?.isDirectory() !== true)
    throw notARepository(start, "there is no such folder");
  // The top comes last: where there is none, the answers before it have been given.
  const { exitCode, stdout, stderr } = await runGit({
    cwd: start,
    args: [
      "rev-parse",
      "--path-format=absolute",
      "--is-bare-repository",
      "--absolute-git-dir",
      "--git-common-dir",
      "--show-toplevel",
    ],
    answers: [0, 128],
  });
  const [bare, gitDir = "", commonDir = "", root = ""] = stdout.split("\n");
  if (exitCode === 0) return { root, gitDir, commonDir };
  if (start.split(sep).includes(".git"))
    throw notARepository(start, "it is inside a git folder, not a checkout");
  if (bare === "true" || looksBare(start)) throw bareRepository(start);
  if (!insideOne(start)) throw notARepository(start, "git finds none there");
  throw new RoundtableError(
    "git-failed",
    `git does not open the repository at ${start}: ${stderr.trim().split("\n")[0] ?? ""}.`,
    "Nothing was changed; run `git status` there in a terminal and follow what it says.",
  );
}

function looksBare(dir: string): boolean {
  return ["HEAD", "objects", "refs"].every((name) =>
    existsSync(join(dir, name)),
  );
}

function insideOne(dir: string): boolean {
  if (existsSync(join(dir, ".git"))) return true;
  const parent = dirname(dir);
  return parent !== dir && insideOne(parent);
}

function bareRepository(dir: string): RoundtableError {
  return new RoundtableError(
    "bare-repository",
    `${dir} is a bare repository: it has no files to work on.`,
    "Nothing was changed; clone it and open the clone.",
  );
}

function notARepository(dir: string, why: string): RoundtableError {
  return new RoundtableError(
    "not-a-repository",
    `${dir} is not in a git repository: ${why}.`,
    "Nothing was changed; open a folder of a repository, or run `git init` and make a first commit.",
  );
}
