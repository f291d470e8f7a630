import { commitOf } from "./objects.ts";
import type { Repository } from "./repository.ts";

/** Commits that are looked through. */
const MOST_COMMITS = 5000;

/** The commits that those between `sinceMs` (ms since 1970) and `tip` say they revert, each with when, as `git revert` words it; the full hashes only. */
export async function revertsOf(
  repository: Repository,
  tip: string,
  sinceMs: number,
): Promise<readonly { readonly commit: string; readonly at: number }[]> {
  const { stdout } = await repository.git([
    "log",
    "-z",
    "--format=%ct %B",
    "--grep=This reverts commit",
    `--max-count=${String(MOST_COMMITS)}`,
    `--since=${String(Math.floor(sinceMs / 1000))}`,
    await commitOf(repository, tip),
  ]);
  return stdout.split("\0").flatMap((record) => {
    const at = Number(/^\d+/u.exec(record)?.[0] ?? 0) * 1000;
    return [
      ...record.matchAll(/\bThis reverts commit ([0-9a-f]{40,64})\b/gu),
    ].map(([, commit = ""]) => ({ commit, at }));
  });
}
