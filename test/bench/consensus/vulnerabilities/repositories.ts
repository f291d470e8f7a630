/** A step between two published versions as a git repository of two commits, the same bytes whoever makes it. */
import { existsSync } from "node:fs";
import { cp, mkdir, mkdtemp, rename, rm } from "node:fs/promises";
import { devNull } from "node:os";
import path from "node:path";
import { fetchPackage, mustRun, packageFolder } from "./packages.ts";

/** Two versions of one package: what the change starts from, and what it arrives at. */
export interface Step {
  readonly name: string;
  readonly base: string;
  readonly head: string;
}

/** How a step is called on a line. */
export function stepName({ name, base, head }: Step): string {
  return `${name} ${base} → ${head}`;
}

/** The repository of a step in the cache, made unless it is there: `HEAD~1` is the base, `HEAD` the head. Rejects when a version is not in the cache and cannot, or may not, be fetched. */
export async function repositoryOf(
  cache: string,
  step: Step,
  mayFetch: boolean,
): Promise<string> {
  const folder = path.join(
    cache,
    "repositories",
    `${step.name.replaceAll("/", "+")}@${step.base}..${step.head}`,
  );
  if (existsSync(folder)) return folder;
  for (const version of [step.base, step.head]) {
    const spec = `${step.name}@${version}`;
    if (!mayFetch && !existsSync(packageFolder(cache, spec)))
      throw new Error(
        `${spec} is not in the cache, and the registry does not answer`,
      );
    await fetchPackage(cache, spec);
  }
  await mkdir(path.dirname(folder), { recursive: true });
  const aside = await mkdtemp(`${folder}.`);
  try {
    await git(aside, "init", "--quiet", "--initial-branch=main");
    for (const version of [step.base, step.head])
      await commit(aside, packageFolder(cache, `${step.name}@${version}`));
    await rename(aside, folder);
  } finally {
    await rm(aside, { recursive: true, force: true });
  }
  return folder;
}

/** Commits the files of `from` and nothing else. */
async function commit(repository: string, from: string): Promise<void> {
  await git(repository, "rm", "-r", "-q", "--ignore-unmatch", ".");
  await cp(from, repository, { recursive: true });
  // What a package's .gitignore names is in the package all the same.
  await git(repository, "add", "--all", "--force");
  await git(repository, "commit", "-q", "--allow-empty", "-m", "published");
}

async function git(cwd: string, ...args: readonly string[]): Promise<void> {
  await mustRun(
    "git",
    ["-c", "core.autocrlf=false", "-c", "gc.auto=0", ...args],
    {
      cwd,
      env: {
        PATH: process.env["PATH"] ?? "",
        GIT_CONFIG_GLOBAL: devNull,
        GIT_CONFIG_NOSYSTEM: "1",
        GIT_AUTHOR_NAME: "bench",
        GIT_AUTHOR_EMAIL: "bench@localhost",
        GIT_AUTHOR_DATE: "2020-01-01T00:00:00Z",
        GIT_COMMITTER_NAME: "bench",
        GIT_COMMITTER_EMAIL: "bench@localhost",
        GIT_COMMITTER_DATE: "2020-01-01T00:00:00Z",
      },
    },
  );
}
