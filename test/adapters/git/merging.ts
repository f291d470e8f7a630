/** A merge to take into a checkout, how the checkout looks then, and a process that is killed while it does so. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { temporaryRepo, type TemporaryRepo } from "./temporaryRepo.ts";

/** When the commits are made. */
export const AT = 1_700_000_000_000;

/** A merge commit and the commit that it goes onto. */
export interface Prepared {
  readonly onto: string;
  readonly commit: string;
}

/** The checkout before the merge. */
export const FILES = {
  "edited.txt": "old\n",
  "gone.txt": "bye\n",
  "dir/kept.txt": "kept\n",
  "other.txt": "other\n",
};

/** A merge that edits, adds, and deletes. */
export async function prepare(
  repo: TemporaryRepo,
  more: Readonly<Record<string, string>> = {},
): Promise<Prepared> {
  const onto = repo.run(["rev-parse", "main"]).trim();
  const tree = await repo.git.openWorktree(repo.root, "work", onto);
  repo.write("edited.txt", "new and longer\n", tree.path);
  repo.write("deep/er/added.txt", "added\n", tree.path);
  rmSync(join(tree.path, "gone.txt"));
  for (const [path, text] of Object.entries(more))
    repo.write(path, text, tree.path);
  const { commit } = await repo.git.commit(repo.root, tree, "feat: x", AT);
  const merge = await repo.git.prepareMerge(repo.root, {
    commit,
    onto,
    message: "Merge x",
    at: AT,
  });
  assert.ok(merge.ok);
  return { onto, commit: merge.commit };
}

/** Throws unless the checkout is what the merge makes of it. */
export function isMerged(repo: TemporaryRepo, made: Prepared): void {
  assert.equal(repo.run(["rev-parse", "main"]).trim(), made.commit);
  assert.equal(repo.run(["symbolic-ref", "HEAD"]).trim(), "refs/heads/main");
  assert.equal(repo.run(["status", "--porcelain"]), "");
  assert.equal(repo.read("edited.txt"), "new and longer\n");
  assert.ok(!existsSync(join(repo.root, "gone.txt")));
  leavesNothing(repo);
}

/** Throws when a lock or a note of ours is left. */
export function leavesNothing(repo: TemporaryRepo): void {
  const left = readdirSync(join(repo.root, ".git")).filter((name) =>
    /lock|roundtable/u.test(name),
  );
  assert.deepEqual(left, []);
}

/** The merge as what to ask of `advance`. */
export const move = (
  made: Prepared,
): Prepared & { readonly branch: string } => ({
  branch: "main",
  ...made,
});

/** Takes the merge in processes that are killed that many ms after they were ready; after each the next call must finish it. */
export async function surviveKills(moments: readonly number[]): Promise<void> {
  using repo = temporaryRepo(FILES);
  const many = Object.fromEntries(
    Array.from({ length: 120 }, (_, n) => [
      `many/${String(n)}.txt`,
      `${String(n)}\n`.repeat(200),
    ]),
  );
  const made = await prepare(repo, many);
  const program = `
    import { openGit } from ${JSON.stringify(new URL("../../../src/adapters/git/openGit.ts", import.meta.url).href)};
    const say = () => undefined;
    const git = openGit({ home: ${JSON.stringify(repo.home)}, textLog: { info: say, warn: say, error: say } });
    process.stdout.write("ready");
    await git.advance(${JSON.stringify(repo.root)}, ${JSON.stringify(move(made))});
  `;
  for (const lives of moments) {
    const child = spawn(
      process.execPath,
      ["--input-type=module", "--eval", program],
      { stdio: ["ignore", "pipe", "inherit"], detached: true },
    );
    const ended = once(child, "exit");
    await once(child.stdout, "data");
    const timer = setTimeout(() => {
      assert.ok(child.pid !== undefined);
      try {
        process.kill(-child.pid, "SIGKILL");
      } catch {
        // It ended by itself first.
      }
    }, lives);
    await ended;
    clearTimeout(timer);
    await repo.git.advance(repo.root, move(made));
    isMerged(repo, made);
    repo.run(["reset", "-q", "--hard", made.onto]);
    repo.run(["clean", "-qfdx"]);
  }
}
