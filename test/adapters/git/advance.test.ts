/** Taking an approved merge into the user's checkout: only that, all of it, and again after any crash. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import {
  existsSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { openGit } from "../../../src/adapters/git/openGit.ts";
import { problem } from "../../contract/git.ts";
import { quiet, temporaryRepo, type TemporaryRepo } from "./temporaryRepo.ts";

const AT = 1_700_000_000_000;

interface Prepared {
  readonly onto: string;
  readonly commit: string;
}

const FILES = {
  "edited.txt": "old\n",
  "gone.txt": "bye\n",
  "dir/kept.txt": "kept\n",
  "other.txt": "other\n",
};

/** A merge that edits, adds, and deletes. */
async function prepare(
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

function isMerged(repo: TemporaryRepo, made: Prepared): void {
  assert.equal(repo.run(["rev-parse", "main"]).trim(), made.commit);
  assert.equal(repo.run(["symbolic-ref", "HEAD"]).trim(), "refs/heads/main");
  assert.equal(repo.run(["status", "--porcelain"]), "");
  assert.equal(repo.read("edited.txt"), "new and longer\n");
  assert.ok(!existsSync(join(repo.root, "gone.txt")));
  leavesNothing(repo);
}

function leavesNothing(repo: TemporaryRepo): void {
  const left = readdirSync(join(repo.root, ".git")).filter((name) =>
    /lock|roundtable/u.test(name),
  );
  assert.deepEqual(left, []);
}

const move = (made: Prepared): Prepared & { readonly branch: string } => ({
  branch: "main",
  ...made,
});

describe("advance", () => {
  it("moves files, index and branch together, and finds it done the second time", async () => {
    using repo = temporaryRepo(FILES);
    const made = await prepare(repo);
    await repo.git.advance(repo.root, move(made));
    isMerged(repo, made);
    const after = repo.fingerprint();
    await repo.git.advance(repo.root, move(made));
    assert.equal(repo.fingerprint(), after);
    assert.equal(repo.run(["rev-parse", "ORIG_HEAD"]).trim(), made.onto);
    repo.run(["reset", "-q", "--keep", "ORIG_HEAD"]);
    assert.equal(repo.read("gone.txt"), "bye\n");
  });

  it("nothing a user can see changes before it", async () => {
    using repo = temporaryRepo(FILES);
    repo.write("other.txt", "mine\n");
    repo.write("staged.txt", "s\n");
    repo.run(["add", "staged.txt"]);
    repo.write("untracked.txt", "u\n");
    const before = repo.fingerprint();
    const { git, root } = repo;
    const made = await prepare(repo);
    await git.inspect(root);
    await git.scope(root, { kind: "working" });
    await git.scope(root, { kind: "staged" });
    await git.change(root, made.onto, made.commit);
    await git.pick(root, made.commit, made.onto, AT);
    await git.checkout(root, made.commit, "c");
    await git.contains(root, "main", made.commit);
    await git.keepBranch(root, "roundtable/kept", made.commit);
    await git.clear(root, "work", { keepBranch: false });
    assert.equal(repo.fingerprint(), before);
  });

  it("keeps local changes the merge does not meet, staged ones staged", async () => {
    using repo = temporaryRepo(FILES);
    const made = await prepare(repo);
    repo.write("other.txt", "mine\n");
    repo.write("dir/staged.txt", "s\n");
    repo.run(["add", "dir/staged.txt"]);
    repo.write("untracked.txt", "u\n");
    await repo.git.advance(repo.root, move(made));
    assert.equal(
      repo.run(["status", "--porcelain"]),
      "A  dir/staged.txt\n M other.txt\n?? untracked.txt\n",
    );
    assert.equal(repo.run(["rev-parse", "main"]).trim(), made.commit);
  });

  for (const [what, spoil] of [
    [
      "an edited file",
      (repo) => {
        repo.write("edited.txt", "mine\n");
      },
    ],
    [
      "an untracked file in the way",
      (repo) => {
        repo.write("deep/er/added.txt", "mine\n");
      },
    ],
    [
      "a staged change",
      (repo) => {
        repo.write("gone.txt", "mine\n");
        repo.run(["add", "gone.txt"]);
      },
    ],
    [
      "an ignored file in the way",
      (repo) => {
        repo.write(".git/info/exclude", "deep\n");
        repo.write("deep/er/added.txt", "mine\n");
      },
    ],
    [
      "a merge under way",
      (repo) => {
        repo.write(".git/MERGE_HEAD", repo.run(["rev-parse", "HEAD"]));
      },
    ],
  ] satisfies readonly (readonly [string, (repo: TemporaryRepo) => void])[])
    it(`${what} stops it, and nothing changes`, async () => {
      using repo = temporaryRepo(FILES);
      const made = await prepare(repo);
      spoil(repo);
      const before = repo.fingerprint();
      await assert.rejects(
        repo.git.advance(repo.root, move(made)),
        problem("dirty-checkout"),
      );
      await assert.rejects(
        repo.git.advance(repo.root, move(made)),
        problem("dirty-checkout"),
      );
      assert.equal(repo.fingerprint(), before);
      leavesNothing(repo);
    });

  it("a branch that moved on stops it, and nothing changes", async () => {
    using repo = temporaryRepo(FILES);
    const made = await prepare(repo);
    repo.write("other.txt", "more\n");
    repo.commit("meanwhile");
    const before = repo.fingerprint();
    await assert.rejects(
      repo.git.advance(repo.root, move(made)),
      problem("branch-moved"),
    );
    await assert.rejects(
      repo.git.advance(repo.root, { ...move(made), branch: "nope" }),
      problem("branch-moved"),
    );
    assert.equal(repo.fingerprint(), before);
  });

  it("a lock another git holds stops it and stays", async () => {
    using repo = temporaryRepo(FILES);
    const made = await prepare(repo);
    const before = repo.fingerprint();
    repo.write(".git/index.lock", "");
    await assert.rejects(
      repo.git.advance(repo.root, move(made)),
      problem("git-failed"),
    );
    assert.equal(repo.fingerprint(), before);
    assert.equal(repo.read(".git/index.lock"), "");
    rmSync(join(repo.root, ".git", "index.lock"));
    await repo.git.advance(repo.root, move(made));
    isMerged(repo, made);
  });

  it("a branch nobody has checked out moves without touching any file", async () => {
    using repo = temporaryRepo(FILES);
    const made = await prepare(repo);
    repo.run(["checkout", "-q", "-b", "elsewhere"]);
    await repo.git.advance(repo.root, move(made));
    assert.equal(repo.run(["rev-parse", "main"]).trim(), made.commit);
    assert.equal(repo.read("edited.txt"), "old\n");
    assert.equal(repo.run(["status", "--porcelain"]), "");
  });

  it("a branch checked out in another worktree of the user's moves there", async () => {
    using repo = temporaryRepo(FILES);
    const made = await prepare(repo);
    repo.run(["checkout", "-q", "-b", "elsewhere"]);
    const other = join(repo.top, "other tree");
    repo.run(["worktree", "add", "-q", other, "main"]);
    await repo.git.advance(repo.root, move(made));
    assert.equal(
      readFileSync(join(other, "edited.txt"), "utf8"),
      "new and longer\n",
    );
    assert.equal(repo.run(["status", "--porcelain"], other), "");
    assert.equal(repo.run(["status", "--porcelain"]), "");
  });
});

/** Leaves the checkout as a merge leaves it that was killed: the note is there, and our lock. */
function killed(repo: TemporaryRepo, made: Prepared): void {
  const lock = "roundtable test\n";
  const seals = readdirSync(repo.home).find((name) => name.endsWith(".seals"));
  assert.ok(seals !== undefined);
  writeFileSync(join(repo.root, ".git", "index.lock"), lock);
  writeFileSync(
    notePath(repo, join(repo.home, seals)),
    JSON.stringify({ ...made, lock, pid: "1073741824", phase: "writing" }),
  );
}

function notePath(repo: TemporaryRepo, seals: string): string {
  const id = createHash("sha256").update(join(repo.root, ".git")).digest("hex");
  return join(seals, `${id.slice(0, 16)}.merge`);
}

describe("advance after a crash", () => {
  for (const [where, leave] of [
    ["before the first file", () => undefined],
    [
      "after one file",
      (repo) => {
        repo.write("edited.txt", "new and longer\n");
      },
    ],
    [
      "in the middle of a file",
      (repo) => {
        repo.write("edited.txt", "new a");
      },
    ],
    [
      "between removing a file and writing it",
      (repo) => {
        rmSync(join(repo.root, "edited.txt"));
      },
    ],
    [
      "after the last file",
      (repo) => {
        repo.write("edited.txt", "new and longer\n");
        repo.write("deep/er/added.txt", "added\n");
        rmSync(join(repo.root, "gone.txt"));
      },
    ],
    [
      "between index and branch",
      (repo, made) => {
        rmSync(join(repo.root, ".git", "index.lock"));
        repo.run(["read-tree", "-m", "-u", made.onto, made.commit]);
        repo.write(".git/index.lock", "roundtable test\n");
      },
    ],
    [
      "between branch and giving the lock back",
      (repo, made) => {
        rmSync(join(repo.root, ".git", "index.lock"));
        repo.run(["merge", "-q", "--ff-only", made.commit]);
        repo.write(".git/index.lock", "roundtable test\n");
      },
    ],
  ] satisfies readonly (readonly [
    string,
    (repo: TemporaryRepo, made: Prepared) => void,
  ])[])
    it(`${where}: the same call finishes it`, async () => {
      using repo = temporaryRepo(FILES);
      const made = await prepare(repo);
      killed(repo, made);
      leave(repo, made);
      await openGit({ home: repo.home, textLog: quiet }).advance(
        repo.root,
        move(made),
      );
      isMerged(repo, made);
    });

  it("a change the user made since is left alone and named", async () => {
    using repo = temporaryRepo(FILES);
    const made = await prepare(repo);
    killed(repo, made);
    repo.write("edited.txt", "mine\n");
    repo.write("deep/er/added.txt", "added\n");
    await assert.rejects(
      repo.git.advance(repo.root, move(made)),
      (error: unknown) => {
        problem("dirty-checkout")(error);
        assert.match(String(error), /edited\.txt/u);
        return true;
      },
    );
    assert.equal(repo.read("edited.txt"), "mine\n");
    repo.write("edited.txt", "old\n");
    await repo.git.advance(repo.root, move(made));
    isMerged(repo, made);
  });

  it("another merge than the one cut off starts from the files as they were", async () => {
    using repo = temporaryRepo(FILES);
    const cut = await prepare(repo, { "cut.txt": "cut\n" });
    const made = await prepare(repo);
    killed(repo, cut);
    repo.write("cut.txt", "cut\n");
    repo.write("edited.txt", "new and longer\n");
    await repo.git.advance(repo.root, move(made));
    isMerged(repo, made);
    assert.ok(!existsSync(join(repo.root, "cut.txt")));
  });

  it("killed for real at many moments, the next call ends in the same state", async () => {
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
    for (const lives of [60, 120, 180, 240, 300, 360, 420, 480]) {
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
  });
});
