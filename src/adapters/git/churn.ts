/** How often files changed of late. */
import { commitOf } from "./objects.ts";
import type { Repository } from "./repository.ts";

const DAYS = 90;
const MOST_COMMITS = 2000;

/** In how many commits of the 90 days up to `commit`'s own date each path changed; merges and paths that did not change are left out. Rejects with `bad-revision`. */
export async function churnOf(
  repository: Repository,
  commit: string,
  paths: readonly string[],
): Promise<readonly { readonly path: string; readonly commits: number }[]> {
  const hash = await commitOf(repository, commit);
  const dated = await repository.git(["log", "-1", "--format=%ct", hash]);
  const since = Number(dated.stdout.trim()) - DAYS * 86_400;
  const { stdout } = await repository.git([
    "log",
    "-z",
    "--no-merges",
    "--no-renames",
    "--name-only",
    "--format=",
    `--max-count=${String(MOST_COMMITS)}`,
    `--since=${String(since)}`,
    hash,
  ]);
  const counts = new Map<string, number>();
  for (const path of stdout.split("\0"))
    counts.set(path, (counts.get(path) ?? 0) + 1);
  return paths.flatMap((path) => {
    const commits = counts.get(path) ?? 0;
    return commits === 0 ? [] : [{ path, commits }];
  });
}
