/** What every {@link Git} promises; each implementation runs all of it. */
import assert from "node:assert/strict";
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { isProblem, type ErrorCode } from "../../src/core/errors.ts";
import type { Git } from "../../src/ports/git.ts";
import {
  filesBelow,
  temporaryRepo,
  type TemporaryRepo,
} from "../adapters/git/temporaryRepo.ts";

const AT = 1_700_000_000_000;

/** Accepts a rejection with this code and two sentences for a person. */
export function problem(code: ErrorCode): (error: unknown) => true {
  return (error) => {
    assert.ok(isProblem(error, code), String(error));
    assert.match(error.message, /\.$/u);
    assert.match(error.next, /\.$/u);
    return true;
  };
}

/** Runs the suite on the implementation `open` gives for a home folder. */
export function gitContract(name: string, open: (home: string) => Git): void {
  const using = (
    work: (repo: TemporaryRepo, git: Git) => Promise<void>,
    files?: Readonly<Record<string, string>>,
  ): (() => Promise<void>) => {
    return async () => {
      using repo = temporaryRepo(files);
      await work(repo, open(repo.home));
    };
  };

  describe(`Git: ${name}: finding a repository`, () => {
    it(
      "a folder below the root leads to the root, with branch, commit, tree and what is dirty",
      using(async (repo, git) => {
        repo.write("sub/b.txt", "b\n");
        const commit = repo.commit("more");
        repo.write("a.txt", "changed\n");
        repo.write("späce new\nline.txt", "x");
        assert.deepEqual(await git.inspect(join(repo.root, "sub")), {
          root: repo.root,
          branch: "main",
          commit,
          tree: repo.run(["rev-parse", "HEAD^{tree}"]).trim(),
          dirty: ["a.txt", "späce new\nline.txt"],
        });
      }),
    );
    it(
      "a detached HEAD has no branch",
      using(async (repo, git) => {
        repo.run(["checkout", "-q", "--detach"]);
        assert.equal((await git.inspect(repo.root)).branch, null);
      }),
    );
    it(
      "no repository, a bare one and one without a commit are told apart",
      using(async (repo, git) => {
        const [plain, bare, unborn] = ["plain", "bare", "unborn"].map((dir) =>
          join(repo.top, dir),
        ) as [string, string, string];
        mkdirSync(plain);
        repo.run(["init", "-q", "--bare", bare]);
        repo.run(["init", "-q", unborn]);
        await assert.rejects(git.inspect(plain), problem("not-a-repository"));
        await assert.rejects(
          git.inspect(join(repo.top, "nowhere")),
          problem("not-a-repository"),
        );
        await assert.rejects(git.inspect(bare), problem("bare-repository"));
        await assert.rejects(git.inspect(unborn), problem("unborn-head"));
        await assert.rejects(
          git.inspect(join(repo.root, ".git")),
          problem("not-a-repository"),
        );
      }),
    );
  });

  describe(`Git: ${name}: making a repository`, () => {
    const files = { "src/x.js": "1\n", "read me.md": "hello\n" };
    it(
      "an empty folder becomes a repository with these files as its one commit",
      using(async (repo, git) => {
        const dir = join(repo.top, "new");
        const made = await git.create(dir, files, "feat: first", AT);
        assert.equal(made.branch, "main");
        assert.equal(repo.run(["status", "--porcelain"], dir), "");
        assert.deepEqual(await git.files(dir, made.commit), [
          "read me.md",
          "src/x.js",
        ]);
        assert.deepEqual(await git.create(dir, files, "feat: first", AT), made);
      }),
    );
    it(
      "a half-made one is finished, a folder with other files is refused untouched",
      using(async (repo, git) => {
        const whole = await git.create(join(repo.top, "w"), files, "m", AT);
        const half = join(repo.top, "half");
        repo.run(["init", "-q", "-b", "main", half]);
        repo.write("src/x.js", "", half);
        const made = await git.create(half, files, "m", AT);
        assert.equal(made.commit, whole.commit);
        const taken = join(repo.top, "taken");
        repo.write("mine.txt", "mine", taken);
        await assert.rejects(
          git.create(taken, files, "m", AT),
          problem("git-failed"),
        );
        assert.deepEqual(filesBelow(taken).length, 1);
        assert.ok(!existsSync(join(taken, ".git")));
      }),
    );
  });

  describe(`Git: ${name}: worktrees`, () => {
    it(
      "a worktree lies outside the repository, on a branch of ours, at its base",
      using(async (repo, git) => {
        const base = repo.run(["rev-parse", "HEAD"]).trim();
        const tree = await git.openWorktree(repo.root, "m1-1-api", "HEAD");
        assert.equal(tree.base, base);
        assert.equal(tree.branch, "roundtable/m1-1-api");
        assert.ok(tree.path.startsWith(repo.home));
        assert.equal(readFileSync(join(tree.path, "a.txt"), "utf8"), "one\n");
        assert.deepEqual(await git.worktrees(repo.root), ["m1-1-api"]);
      }),
    );
    it(
      "a second opening takes it back to its base, ignored files and broken pieces included",
      using(
        async (repo, git) => {
          const first = await git.openWorktree(repo.root, "w", "HEAD");
          writeFileSync(join(first.path, "a.txt"), "half done\n");
          writeFileSync(join(first.path, "junk.log"), "x");
          await git.commit(repo.root, first, "wip", AT);
          writeFileSync(join(first.path, ".git"), "not a pointer");
          const admin = join(repo.root, ".git", "worktrees", "w");
          writeFileSync(join(admin, "index.lock"), "");
          const again = await git.openWorktree(repo.root, "w", first.base);
          assert.deepEqual(again, first);
          assert.deepEqual(
            filesBelow(again.path).map((line) => line.split(" ")[0]),
            [".gitignore", "a.txt"],
          );
          assert.equal(
            repo.run(["rev-parse", "roundtable/w"]).trim(),
            first.base,
          );
        },
        { "a.txt": "one\n", ".gitignore": "*.log\n" },
      ),
    );
    it(
      "closing removes worktree, branch and folder, and may be said twice",
      using(async (repo, git) => {
        const tree = await git.openWorktree(repo.root, "w", "HEAD");
        await git.checkout(repo.root, "HEAD", "w");
        rmSync(join(tree.path, ".git"));
        await git.closeWorktree(repo.root, "w");
        await git.closeWorktree(repo.root, "w");
        assert.ok(!existsSync(tree.path));
        assert.equal(repo.run(["branch", "--list", "roundtable/*"]), "");
        assert.equal(
          repo.run(["worktree", "list"]).trim().split("\n").length,
          1,
        );
        assert.deepEqual(await git.worktrees(repo.root), []);
      }),
    );
    it(
      "clearing takes all that starts with the prefix, and leaves others' and the branch that is to stay",
      using(async (repo, git) => {
        for (const tree of ["m1-1-a", "m1-1-b", "m2-1-a"])
          await git.openWorktree(repo.root, tree, "HEAD");
        const dir = await git.checkout(repo.root, "HEAD", "m1");
        await git.keepBranch(repo.root, "roundtable/m1", "HEAD");
        await git.clear(repo.root, "m1", { keepBranch: true });
        assert.deepEqual(await git.worktrees(repo.root), ["m2-1-a"]);
        assert.ok(!existsSync(dir));
        const branches = (): string =>
          repo.run(["for-each-ref", "--format=%(refname)", "refs/heads"]);
        assert.equal(
          branches(),
          "refs/heads/main\nrefs/heads/roundtable/m1\nrefs/heads/roundtable/m2-1-a\n",
        );
        await git.clear(repo.root, "m1", { keepBranch: false });
        await git.clear(repo.root, "m2", { keepBranch: false });
        assert.equal(branches(), "refs/heads/main\n");
      }),
    );
    it(
      "a commit holds everything that is not ignored, whatever its name, and leaves nested repositories out",
      using(
        async (repo, git) => {
          const tree = await git.openWorktree(repo.root, "w", "HEAD");
          repo.write("new\nline ü.txt", "x", tree.path);
          repo.write("-rf", "x", tree.path);
          repo.write("out.log", "x", tree.path);
          rmSync(join(tree.path, "gone.txt"));
          rmSync(join(tree.path, "was-file"));
          repo.write("was-file/inside", "x", tree.path);
          repo.run(["init", "-q", join(tree.path, "nested")]);
          repo.write("nested/x.txt", "x", tree.path);
          const made = await git.commit(repo.root, tree, "feat: all", AT);
          assert.deepEqual([...made.files].sort(), [
            "-rf",
            "gone.txt",
            "new\nline ü.txt",
            "was-file",
            "was-file/inside",
          ]);
          assert.deepEqual(await git.files(repo.root, made.tree), [
            "-rf",
            ".gitignore",
            "new\nline ü.txt",
            "was-file/inside",
          ]);
          const shown = repo.run([
            "log",
            "-1",
            "--format=%an|%ae|%cn|%at|%ct|%s",
            made.commit,
          ]);
          assert.equal(
            shown.trim(),
            "Roundtable|roundtable@localhost|Roundtable|1700000000|1700000000|feat: all",
          );
          assert.equal(
            repo.run(["rev-parse", "roundtable/w"]).trim(),
            made.commit,
          );
        },
        { "gone.txt": "x", "was-file": "x", ".gitignore": "*.log\n" },
      ),
    );
    it(
      "the same commit again is the same commit, in this worktree or one made anew",
      using(async (repo, git) => {
        const tree = await git.openWorktree(repo.root, "w", "HEAD");
        repo.write("b.txt", "b\n", tree.path);
        const first = await git.commit(repo.root, tree, "feat: b", AT);
        assert.deepEqual(
          await git.commit(repo.root, tree, "feat: b", AT),
          first,
        );
        const anew = await git.openWorktree(repo.root, "w", tree.base);
        repo.write("b.txt", "b\n", anew.path);
        assert.deepEqual(
          await git.commit(repo.root, anew, "feat: b", AT),
          first,
        );
      }),
    );
    it(
      "a commit without changes names no files and can be repeated",
      using(async (repo, git) => {
        const tree = await git.openWorktree(repo.root, "w", "HEAD");
        const first = await git.commit(repo.root, tree, "chore: none", AT);
        assert.deepEqual(first.files, []);
        assert.deepEqual(
          await git.commit(repo.root, tree, "chore: none", AT),
          first,
        );
      }),
    );
    it(
      "node_modules that git ignores are lent to worktrees and checkouts, and never committed",
      using(
        async (repo, git) => {
          repo.write("node_modules/dep/index.js", "1");
          const tree = await git.openWorktree(repo.root, "w", "HEAD");
          const lent = join(tree.path, "node_modules");
          assert.equal(readlinkSync(lent), join(repo.root, "node_modules"));
          const made = await git.commit(repo.root, tree, "chore", AT);
          assert.deepEqual(await git.files(repo.root, made.tree), [
            ".gitignore",
          ]);
          const dir = await git.checkout(repo.root, "HEAD", "c");
          assert.ok(lstatSync(join(dir, "node_modules")).isSymbolicLink());
          await git.closeWorktree(repo.root, "w");
          assert.equal(repo.read("node_modules/dep/index.js"), "1");
        },
        { ".gitignore": "node_modules/\n" },
      ),
    );
    it(
      "a revision that does not exist and a name that is no folder are refused",
      using(async (repo, git) => {
        await assert.rejects(
          git.openWorktree(repo.root, "w", "nope"),
          problem("bad-revision"),
        );
        for (const bad of ["../x", "a/b", "-x", "", "x.lock", "a..b"])
          await assert.rejects(
            git.openWorktree(repo.root, bad, "HEAD"),
            problem("git-failed"),
          );
      }),
    );
  });

  describe(`Git: ${name}: picks and merges without a checkout`, () => {
    /** Two commits that start from the same base, each writing one file. */
    const fork = async (
      repo: TemporaryRepo,
      git: Git,
      left: readonly [string, string],
      right: readonly [string, string],
    ): Promise<[string, string]> => {
      const made: string[] = [];
      for (const [index, [path, text]] of [left, right].entries()) {
        const tree = await git.openWorktree(
          repo.root,
          `w${String(index)}`,
          "HEAD",
        );
        repo.write(path, text, tree.path);
        const { commit } = await git.commit(
          repo.root,
          tree,
          `feat: ${path}`,
          AT,
        );
        made.push(commit);
      }
      return made as [string, string];
    };
    it(
      "a pick puts one change on top of another and repeats to the same commit",
      using(async (repo, git) => {
        const [left, right] = await fork(
          repo,
          git,
          ["l.txt", "l\n"],
          ["r.txt", "r\n"],
        );
        const picked = await git.pick(repo.root, right, left, AT + 5000);
        assert.ok(picked.ok);
        assert.deepEqual(await git.files(repo.root, picked.tree), [
          "a.txt",
          "l.txt",
          "r.txt",
        ]);
        assert.equal(
          repo.run(["log", "-1", "--format=%P|%s", picked.commit]).trim(),
          `${left}|feat: r.txt`,
        );
        assert.deepEqual(
          await git.pick(repo.root, right, left, AT + 5000),
          picked,
        );
      }),
    );
    it(
      "a pick takes the change against the parent, not all that came before",
      using(async (repo, git) => {
        const base = repo.run(["rev-parse", "HEAD"]).trim();
        repo.write("first.txt", "1\n");
        repo.commit("first");
        repo.write("second.txt", "2\n");
        const second = repo.commit("second");
        const picked = await git.pick(repo.root, second, base, AT);
        assert.ok(picked.ok);
        assert.deepEqual(await git.files(repo.root, picked.tree), [
          "a.txt",
          "second.txt",
        ]);
      }),
    );
    it(
      "a pick or merge that conflicts names the files and makes nothing",
      using(async (repo, git) => {
        const [left, right] = await fork(
          repo,
          git,
          ["a.txt", "left\n"],
          ["a.txt", "right\n"],
        );
        assert.deepEqual(await git.pick(repo.root, right, left, AT), {
          ok: false,
          conflicts: ["a.txt"],
        });
        assert.deepEqual(
          await git.prepareMerge(repo.root, {
            commit: right,
            onto: left,
            message: "m",
            at: AT,
          }),
          { ok: false, conflicts: ["a.txt"] },
        );
      }),
    );
    it(
      "a prepared merge has both parents even where a fast-forward would do, and nothing points to it",
      using(async (repo, git) => {
        const before = repo.fingerprint();
        const [left] = await fork(repo, git, ["l", "l"], ["r", "r"]);
        const onto = repo.run(["rev-parse", "HEAD"]).trim();
        const merge = { commit: left, onto, message: "Merge it", at: AT };
        const made = await git.prepareMerge(repo.root, merge);
        assert.ok(made.ok);
        assert.equal(
          repo.run(["log", "-1", "--format=%P|%s", made.commit]).trim(),
          `${onto} ${left}|Merge it`,
        );
        assert.deepEqual(await git.prepareMerge(repo.root, merge), made);
        assert.equal(
          repo.run(["branch", "--contains", made.commit]).trim(),
          "",
        );
        assert.equal(repo.fingerprint(), before);
      }),
    );
    it(
      "a merge leaves the names of both sides' renames and deletions right",
      using(
        async (repo, git) => {
          const tree = await git.openWorktree(repo.root, "w", "HEAD");
          rmSync(join(tree.path, "old.txt"));
          repo.write("new.txt", "1\n2\n3\n4\n5\n6\n", tree.path);
          const { commit } = await git.commit(repo.root, tree, "mv", AT);
          repo.write("old.txt", "0\n1\n2\n3\n4\n5\n6\n");
          const onto = repo.commit("edit");
          const made = await git.prepareMerge(repo.root, {
            commit,
            onto,
            message: "m",
            at: AT,
          });
          assert.ok(made.ok);
          assert.equal(
            await git.show(repo.root, made.tree, "new.txt"),
            "0\n1\n2\n3\n4\n5\n6\n",
          );
        },
        { "old.txt": "1\n2\n3\n4\n5\n6\n" },
      ),
    );
  });

  describe(`Git: ${name}: what changed`, () => {
    it(
      "a change lists its files with status and line counts, and its diff",
      using(
        async (repo, git) => {
          const base = repo.run(["rev-parse", "HEAD"]).trim();
          repo.run(["mv", "moved.txt", "to.txt"]);
          repo.run(["rm", "-q", "gone.txt"]);
          repo.write("a.txt", "one\ntwo\n");
          repo.write("tab\there.txt", "x\n");
          writeFileSync(join(repo.root, "bin"), Buffer.from([0, 1, 2]));
          const head = repo.commit("all kinds");
          const { change, diff } = await git.change(repo.root, base, head);
          assert.deepEqual(change, {
            base,
            baseTree: repo.run(["rev-parse", `${base}^{tree}`]).trim(),
            commit: head,
            tree: repo.run(["rev-parse", `${head}^{tree}`]).trim(),
            conflicts: [],
            files: [
              { path: "a.txt", status: "modified", added: 1, deleted: 0 },
              { path: "bin", status: "added", added: 0, deleted: 0 },
              { path: "gone.txt", status: "deleted", added: 0, deleted: 1 },
              { path: "tab\there.txt", status: "added", added: 1, deleted: 0 },
              {
                path: "to.txt",
                oldPath: "moved.txt",
                status: "renamed",
                added: 0,
                deleted: 0,
              },
            ],
          });
          assert.match(diff, /^diff --git a\/a\.txt b\/a\.txt$/mu);
          assert.match(diff, /^\+two$/mu);
        },
        {
          "a.txt": "one\n",
          "gone.txt": "g\n",
          "moved.txt": "1\n2\n3\n4\n5\n",
        },
      ),
    );
    it(
      "a diff shows eight lines around and is cut at 400,000 characters with a note",
      using(
        async (repo, git) => {
          const base = repo.run(["rev-parse", "HEAD"]).trim();
          const lines = Array.from({ length: 40 }, (_, n) => `l${String(n)}`);
          lines[20] = "changed";
          repo.write("a.txt", `${lines.join("\n")}\n`);
          const small = await git.change(repo.root, base, repo.commit("small"));
          assert.match(small.diff, /^@@ -13,17 \+13,17 @@/mu);
          repo.write("big.txt", "0123456789\n".repeat(50_000));
          const { diff } = await git.change(
            repo.root,
            base,
            repo.commit("big"),
          );
          assert.ok(diff.length <= 400_000);
          assert.ok(diff.length > 399_000);
          assert.match(diff, /\[The diff is cut here: \d+ characters/u);
        },
        {
          "a.txt": `${Array.from({ length: 40 }, (_, n) => `l${String(n)}`).join("\n")}\n`,
        },
      ),
    );
    it(
      "conflicts are those with the branch as it is now",
      using(async (repo, git) => {
        const base = repo.run(["rev-parse", "HEAD"]).trim();
        const tree = await git.openWorktree(repo.root, "w", base);
        repo.write("a.txt", "theirs\n", tree.path);
        const { commit } = await git.commit(repo.root, tree, "feat", AT);
        const before = await git.change(repo.root, base, commit);
        assert.deepEqual(before.change.conflicts, []);
        repo.write("a.txt", "mine\n");
        repo.commit("mine");
        const after = await git.change(repo.root, base, commit);
        assert.deepEqual(after.change.conflicts, ["a.txt"]);
      }),
    );
    it(
      "a change to a tree that is in no commit has no commit and no conflicts",
      using(async (repo, git) => {
        repo.write("a.txt", "two\n");
        const { change } = await git.scope(repo.root, { kind: "working" });
        const again = await git.change(repo.root, change.base, change.tree);
        assert.deepEqual(again.change, change);
      }),
    );
    it(
      "the working scope is everything not ignored, the staged one the index, and neither touches a thing",
      using(
        async (repo, git) => {
          repo.write("staged.txt", "s\n");
          repo.run(["add", "staged.txt"]);
          repo.write("a.txt", "edited\n");
          repo.write("untracked ü.txt", "u\n");
          repo.write("x.log", "ignored\n");
          const before = repo.fingerprint();
          const working = await git.scope(repo.root, { kind: "working" });
          const staged = await git.scope(repo.root, { kind: "staged" });
          assert.equal(repo.fingerprint(), before);
          const names = (of: typeof working): readonly string[] =>
            of.change.files.map((file) => file.path);
          assert.deepEqual(names(working), [
            "a.txt",
            "staged.txt",
            "untracked ü.txt",
          ]);
          assert.deepEqual(names(staged), ["staged.txt"]);
          assert.equal(working.change.commit, null);
          assert.equal(
            await git.show(repo.root, working.change.tree, "a.txt"),
            "edited\n",
          );
        },
        { "a.txt": "one\n", ".gitignore": "*.log\n" },
      ),
    );
    it(
      "an edit of the same length within the same second is seen",
      using(async (repo, git) => {
        repo.write("a.txt", "ONE\n");
        const { change } = await git.scope(repo.root, { kind: "working" });
        assert.equal(change.files.length, 1);
      }),
    );
    it(
      "a range is taken from where its ends parted, and bad ends are named",
      using(async (repo, git) => {
        const base = repo.run(["rev-parse", "HEAD"]).trim();
        repo.run(["checkout", "-q", "-b", "topic"]);
        repo.write("topic.txt", "t\n");
        const head = repo.commit("topic");
        repo.run(["checkout", "-q", "main"]);
        repo.write("main.txt", "m\n");
        repo.commit("main");
        const { change } = await git.scope(repo.root, {
          kind: "range",
          base: "main",
          head: "topic",
        });
        assert.equal(change.base, base);
        assert.equal(change.commit, head);
        assert.deepEqual(
          change.files.map((file) => file.path),
          ["topic.txt"],
        );
        for (const bad of ["nope", "--upload-pack=x", "-c", ""])
          await assert.rejects(
            git.scope(repo.root, { kind: "range", base: bad, head: "topic" }),
            problem("bad-revision"),
          );
      }),
    );
    it(
      "a repository without a commit has no scope",
      using(async (repo, git) => {
        const dir = join(repo.top, "unborn");
        repo.run(["init", "-q", dir]);
        await assert.rejects(
          git.scope(dir, { kind: "working" }),
          problem("unborn-head"),
        );
      }),
    );
    it(
      "many files are read at once, and what has no text says why",
      using(
        async (repo, git) => {
          symlinkSync("a.txt", join(repo.root, "link"));
          writeFileSync(join(repo.root, "bin"), Buffer.from([1, 0, 2]));
          writeFileSync(
            join(repo.root, "latin.txt"),
            Buffer.from([0x61, 0xe9, 0x0a, 0x62]),
          );
          writeFileSync(join(repo.root, "large.txt"), "x".repeat(4_000_001));
          const commit = repo.commit("all kinds");
          repo.run([
            "update-index",
            "--add",
            "--cacheinfo",
            `160000,${commit},sub`,
          ]);
          const tree = repo.run(["write-tree"]).trim();
          const asked = [
            "dir/ü b.txt",
            "empty",
            "nope",
            "bin",
            "latin.txt",
            "link",
            "sub",
            "large.txt",
            "a.txt",
            "same.txt",
          ];
          assert.deepEqual(await git.texts(repo.root, tree, asked), [
            { path: "dir/ü b.txt", text: "b\r\n\n" },
            { path: "empty", text: "" },
            { path: "nope", unread: "missing" },
            { path: "bin", unread: "binary" },
            { path: "latin.txt", text: "a\uFFFD\nb" },
            { path: "link", unread: "link" },
            { path: "sub", unread: "submodule" },
            { path: "large.txt", unread: "large" },
            { path: "a.txt", text: "no line end" },
            { path: "same.txt", text: "no line end" },
          ]);
          assert.deepEqual(await git.texts(repo.root, tree, []), []);
        },
        {
          "a.txt": "no line end",
          "same.txt": "no line end",
          empty: "",
          "dir/ü b.txt": "b\r\n\n",
        },
      ),
    );
    it(
      "how often files changed of late is counted up to a commit",
      using(async (repo, git) => {
        for (const text of ["1", "2", "3"]) {
          repo.write("often.txt", text);
          repo.commit(text);
        }
        const there = repo.run(["rev-parse", "HEAD"]).trim();
        repo.write("often.txt", "later");
        repo.commit("later");
        assert.deepEqual(
          await git.churn(repo.root, there, ["often.txt", "a.txt", "never"]),
          [
            { path: "often.txt", commits: 3 },
            { path: "a.txt", commits: 1 },
          ],
        );
      }),
    );
    it(
      "files of a tree can be listed, shown and written out; folders, links and missing paths have no text",
      using(
        async (repo, git) => {
          symlinkSync("a.txt", join(repo.root, "link"));
          repo.commit("link");
          assert.deepEqual(await git.files(repo.root, "HEAD"), [
            "a.txt",
            "dir/ü b.txt",
            "link",
          ]);
          assert.equal(
            await git.show(repo.root, "HEAD", "./dir/ü b.txt"),
            "b\n",
          );
          for (const none of ["dir", "link", "nope", "../a.txt", "/a.txt", "*"])
            assert.equal(
              await git.show(repo.root, "HEAD", none),
              undefined,
              none,
            );
          const dir = await git.checkout(repo.root, "HEAD", "c1");
          assert.ok(dir.startsWith(repo.home));
          assert.deepEqual(filesBelow(dir), filesBelow(repo.root));
          writeFileSync(join(dir, "report.txt"), "left by a check");
          assert.equal(await git.checkout(repo.root, "HEAD", "c1"), dir);
          repo.write("a.txt", "two\n");
          repo.commit("two");
          assert.equal(await git.checkout(repo.root, "HEAD", "c1"), dir);
          assert.deepEqual(filesBelow(dir), filesBelow(repo.root));
        },
        { "a.txt": "one\n", "dir/ü b.txt": "b\n" },
      ),
    );
  });

  describe(`Git: ${name}: branches`, () => {
    it(
      "contains says whether a commit is part of a branch, and no for what does not exist",
      using(async (repo, git) => {
        const first = repo.run(["rev-parse", "HEAD"]).trim();
        repo.write("a.txt", "two\n");
        const second = repo.commit("two");
        repo.run(["branch", "old", first]);
        assert.equal(await git.contains(repo.root, "main", first), true);
        assert.equal(await git.contains(repo.root, "main", second), true);
        assert.equal(await git.contains(repo.root, "old", second), false);
        assert.equal(await git.contains(repo.root, "nope", first), false);
        assert.equal(
          await git.contains(repo.root, "main", "0".repeat(40)),
          false,
        );
      }),
    );
    it(
      "a kept branch of ours may move, one of the user's is never touched",
      using(async (repo, git) => {
        const first = repo.run(["rev-parse", "HEAD"]).trim();
        await git.keepBranch(repo.root, "roundtable/m", first);
        repo.write("a.txt", "two\n");
        const second = repo.commit("two");
        await git.keepBranch(repo.root, "roundtable/m", second);
        await git.keepBranch(repo.root, "roundtable/m", second);
        assert.equal(repo.run(["rev-parse", "roundtable/m"]).trim(), second);
        await assert.rejects(
          git.keepBranch(repo.root, "main", first),
          problem("git-failed"),
        );
        await assert.rejects(
          git.keepBranch(repo.root, "bad..name", first),
          problem("git-failed"),
        );
        assert.equal(repo.run(["rev-parse", "main"]).trim(), second);
      }),
    );
  });
}
