/** Taking an approved merge into the user's checkout: only that, all of it, and again after any crash. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
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
import {
  AT,
  FILES,
  isMerged,
  leavesNothing,
  move,
  prepare,
  surviveKills,
  type Prepared,
} from "./merging.ts";
import { quiet, temporaryRepo, type TemporaryRepo } from "./temporaryRepo.ts";

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

  it("killed for real at four moments, the next call ends in the same state", async () => {
    await surviveKills([90, 210, 330, 450]);
  });
});
