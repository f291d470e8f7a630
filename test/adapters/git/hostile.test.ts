/** Whatever lies in a repository or a worktree, the broker runs nothing of it. Each trap is shown to be live with the user's own git. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import {
  appendFileSync,
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import type { Worktree } from "../../../src/ports/git.ts";
import { problem } from "../../contract/git.ts";
import { temporaryRepo, type TemporaryRepo } from "./temporaryRepo.ts";

const AT = 1_700_000_000_000;

/** A program that leaves a file when it runs. */
function canary(repo: TemporaryRepo): {
  readonly program: string;
  sang(): boolean;
  silence(): void;
} {
  const sign = join(repo.top, "canary");
  const program = join(repo.top, "trap.sh").replaceAll(" ", "\\ ");
  writeFileSync(
    join(repo.top, "trap.sh"),
    `#!/bin/sh\necho "$0 $*" >> "${sign}"\nexit 1\n`,
  );
  chmodSync(join(repo.top, "trap.sh"), 0o755);
  return {
    program,
    sang: () => existsSync(sign),
    silence: () => {
      rmSync(sign, { force: true });
    },
  };
}

const HOOKS = [
  "post-checkout",
  "post-commit",
  "post-index-change",
  "post-merge",
  "pre-commit",
  "pre-merge-commit",
  "reference-transaction",
  "fsmonitor-watchman",
  "update",
];

/** Every way git has of naming a program, in the repository's own config. */
function hostileConfig(program: string, extra: string): string {
  const quoted = JSON.stringify(program);
  const shell = JSON.stringify(`!${program}`);
  return `
[core]
	fsmonitor = ${quoted}
	hooksPath = ${JSON.stringify(extra)}
	pager = ${quoted}
	editor = ${quoted}
	sshCommand = ${quoted}
	askPass = ${quoted}
	gitProxy = ${quoted}
	alternateRefsCommand = ${quoted}
[filter "evil"]
	clean = ${quoted}
	smudge = ${quoted}
	required = true
[filter "ev=il"]
	clean = ${quoted}
	smudge = ${quoted}
	required
[filter "proc"]
	process = ${quoted}
[diff]
	external = ${quoted}
[diff "evil"]
	textconv = ${quoted}
	command = ${quoted}
[merge "evil"]
	driver = ${quoted}
[pager]
	status = ${quoted}
	diff = ${quoted}
[alias]
	status = ${shell}
	write-tree = ${shell}
[credential]
	helper = ${shell}
[commit]
	gpgSign = true
[gpg]
	program = ${quoted}
[init]
	templateDir = ${JSON.stringify(extra)}
[uploadpack]
	packObjectsHook = ${quoted}
[sequence]
	editor = ${quoted}
`;
}

const ATTRIBUTES =
  "*.txt filter=evil diff=evil merge=evil\n*.md filter=ev=il\n*.js filter=proc\n";

function plant(repo: TemporaryRepo, program: string): void {
  const hooks = join(repo.top, "hooks");
  for (const dir of [hooks, join(repo.root, ".git", "hooks")]) {
    mkdirSync(dir, { recursive: true });
    for (const hook of HOOKS) {
      writeFileSync(join(dir, hook), readFileSync(join(repo.top, "trap.sh")));
      chmodSync(join(dir, hook), 0o755);
    }
  }
  const included = join(repo.top, "included");
  writeFileSync(included, hostileConfig(program, hooks));
  appendFileSync(
    join(repo.root, ".git", "config"),
    `${hostileConfig(program, hooks)}[include]\n\tpath = ${JSON.stringify(included)}\n`,
  );
  repo.write(".git/info/attributes", ATTRIBUTES);
}

describe("a hostile repository", () => {
  it("goes through every verb without anything of it running", async () => {
    using repo = temporaryRepo({
      "a.txt": "one\n",
      "b.md": "b\n",
      "c.js": "c\n",
      ".gitattributes": ATTRIBUTES,
    });
    const trap = canary(repo);
    const { git, root } = repo;
    const base = repo.run(["rev-parse", "HEAD"]).trim();
    plant(repo, trap.program);

    const made: string[] = [];
    for (const name of ["l", "r"]) {
      const tree = await git.openWorktree(root, name, base);
      repo.write(`${name}.txt`, "new\n", tree.path);
      repo.write("a.txt", name === "l" ? "l\none\n" : "one\nr\n", tree.path);
      repo.write("b.md", `${name}\n`, tree.path);
      made.push((await git.commit(root, tree, `feat: ${name}`, AT)).commit);
    }
    const [left = "", right = ""] = made;
    assert.equal((await git.pick(root, right, left, AT)).ok, false);
    const merge = { commit: left, onto: base, message: "m", at: AT };
    const merged = await git.prepareMerge(root, merge);
    assert.ok(merged.ok);
    await git.change(root, base, left);
    repo.write("a.txt", "dirty\n");
    repo.write("d.js", "d\n");
    await git.scope(root, { kind: "working" });
    await git.scope(root, { kind: "staged" });
    await git.scope(root, { kind: "range", base, head: left });
    assert.deepEqual((await git.inspect(root)).dirty, ["a.txt", "d.js"]);
    await git.show(root, left, "a.txt");
    await git.checkout(root, left, "c");
    const move = { branch: "main", onto: base, commit: merged.commit };
    await assert.rejects(git.advance(root, move), problem("dirty-checkout"));
    repo.write("a.txt", "one\n");
    await git.advance(root, move);
    assert.equal(repo.read("a.txt"), "l\none\n");
    await git.contains(root, "main", left);
    await git.keepBranch(root, "roundtable/kept", right);
    await git.clear(root, "l", { keepBranch: false });
    await git.closeWorktree(root, "r");
    await git.worktrees(root);
    assert.ok(!trap.sang());

    spawnSync("git", ["status"], { cwd: root });
    assert.ok(trap.sang(), "the traps are live");
  });

  it("a merge driver named by attributes git keeps itself does not run", async () => {
    using repo = temporaryRepo({ "a.txt": "1\n2\n3\n4\n5\n6\n7\n8\n" });
    const trap = canary(repo);
    const base = repo.run(["rev-parse", "HEAD"]).trim();
    repo.run(["checkout", "-q", "-b", "topic"]);
    repo.write("a.txt", "1\n2\n3\n4\n5\n6\n7\nT\n");
    const topic = repo.commit("topic");
    repo.run(["checkout", "-q", "main"]);
    repo.write("a.txt", "M\n2\n3\n4\n5\n6\n7\n8\n");
    const main = repo.commit("main");
    appendFileSync(
      join(repo.root, ".git", "config"),
      `[merge "evil"]\n\tdriver = ${JSON.stringify(trap.program)} %A\n`,
    );
    repo.write(".git/info/attributes", "*.txt merge=evil\n");
    const merge = { commit: topic, onto: main, message: "m", at: AT };
    const merged = await repo.git.prepareMerge(repo.root, merge);
    assert.ok(merged.ok);
    assert.equal(
      await repo.git.show(repo.root, merged.tree, "a.txt"),
      "M\n2\n3\n4\n5\n6\n7\nT\n",
    );
    assert.ok((await repo.git.pick(repo.root, topic, main, AT)).ok);
    assert.ok(!trap.sang());
    assert.notEqual(base, main);
    spawnSync("git", ["merge-tree", "--write-tree", main, topic], {
      cwd: repo.root,
    });
    assert.ok(trap.sang(), "the trap is live");
  });

  it("a bare repository hidden in a folder is not taken for one", async () => {
    using repo = temporaryRepo();
    const trap = canary(repo);
    const hidden = join(repo.root, "docs");
    repo.run(["init", "-q", "--bare", hidden]);
    appendFileSync(
      join(hidden, "config"),
      `[core]\n\tbare = false\n\tworktree = ${JSON.stringify(repo.root)}\n\tfsmonitor = ${JSON.stringify(trap.program)}\n`,
    );
    await assert.rejects(repo.git.inspect(hidden), problem("bare-repository"));
    await repo.git.inspect(repo.root);
    await repo.git.scope(repo.root, { kind: "working" });
    assert.ok(!trap.sang());
    spawnSync("git", ["status"], { cwd: hidden });
    assert.ok(trap.sang(), "the trap is live");
  });

  it("variables of the caller's environment lead git nowhere else", async () => {
    using repo = temporaryRepo();
    const trap = canary(repo);
    const planted = {
      GIT_DIR: join(repo.top, "nowhere"),
      GIT_INDEX_FILE: join(repo.top, "no-index"),
      GIT_EXTERNAL_DIFF: trap.program,
      GIT_CONFIG_PARAMETERS: `'core.fsmonitor=${trap.program}'`,
      GIT_AUTHOR_NAME: "Someone Else",
    };
    Object.assign(process.env, planted);
    try {
      const tree = await repo.git.openWorktree(repo.root, "w", "HEAD");
      repo.write("b.txt", "b\n", tree.path);
      const { commit } = await repo.git.commit(repo.root, tree, "b", AT);
      const { change } = await repo.git.change(repo.root, tree.base, commit);
      assert.equal(change.files.length, 1);
    } finally {
      for (const name of Object.keys(planted))
        Reflect.deleteProperty(process.env, name);
    }
    assert.ok(!trap.sang());
    assert.match(
      repo.run(["log", "-1", "--format=%an", "roundtable/w"]),
      /^Roundtable$/mu,
    );
  });
});

describe("an agent inside a worktree", () => {
  const attacks: Readonly<
    Record<
      string,
      (repo: TemporaryRepo, tree: Worktree, program: string) => void
    >
  > = {
    "points .git at a git folder of its own": (repo, tree, program) => {
      const own = join(tree.path, "own");
      repo.run(["init", "-q", own]);
      repo.run(["config", "core.fsmonitor", program], own);
      writeFileSync(join(tree.path, ".git"), `gitdir: ${join(own, ".git")}\n`);
    },
    "puts a folder where .git was": (repo, tree, program) => {
      rmSync(join(tree.path, ".git"));
      repo.run(["init", "-q", tree.path]);
      repo.run(["config", "core.fsmonitor", program], tree.path);
    },
    "puts a link where .git was": (repo, tree) => {
      const pointer = readFileSync(join(tree.path, ".git"));
      rmSync(join(tree.path, ".git"));
      writeFileSync(join(tree.path, "pointer"), pointer);
      symlinkSync("pointer", join(tree.path, ".git"));
    },
    "sets a program in the shared config": (repo, tree, program) => {
      repo.run(["config", "core.fsmonitor", program], tree.path);
    },
    "writes a shared hook": (repo) => {
      repo.write(
        ".git/hooks/post-checkout",
        readFileSync(join(repo.top, "trap.sh"), "utf8"),
      );
      chmodSync(join(repo.root, ".git", "hooks", "post-checkout"), 0o755);
    },
    "sets a shared filter driver": (repo, tree, program) => {
      repo.run(["config", "filter.x.clean", program], tree.path);
      repo.write(".gitattributes", "* filter=x\n", tree.path);
    },
    "gives the worktree a config of its own": (repo, tree, program) => {
      repo.run(["config", "extensions.worktreeConfig", "true"], tree.path);
      repo.run(["config", "--worktree", "core.fsmonitor", program], tree.path);
    },
    "moves the common folder": (repo, tree) => {
      const admin = repo
        .run(["rev-parse", "--absolute-git-dir"], tree.path)
        .trim();
      const own = join(repo.top, "own");
      repo.run(["init", "-q", "--bare", own]);
      writeFileSync(join(admin, "commondir"), `${own}\n`);
    },
  };
  for (const [what, attack] of Object.entries(attacks))
    it(`${what}: the broker notices, and nothing runs`, async () => {
      using repo = temporaryRepo();
      const trap = canary(repo);
      const tree = await repo.git.openWorktree(repo.root, "w", "HEAD");
      repo.write("a.txt", "edited\n", tree.path);
      attack(repo, tree, trap.program);
      trap.silence();
      await assert.rejects(
        repo.git.commit(repo.root, tree, "feat", AT),
        problem("git-tampered"),
      );
      await repo.git.inspect(repo.root);
      await repo.git.scope(repo.root, { kind: "working" });
      await repo.git.closeWorktree(repo.root, "w");
      assert.ok(!trap.sang());
      assert.ok(!existsSync(tree.path));
    });

  it("tampering with the shared config is still seen after a restart", async () => {
    using repo = temporaryRepo();
    await repo.git.openWorktree(repo.root, "w", "HEAD");
    repo.run(["config", "core.fsmonitor", "x"]);
    await assert.rejects(
      repo.git.openWorktree(repo.root, "w", "HEAD"),
      problem("git-tampered"),
    );
  });

  it("what editors and pushes write to the config is no tampering", async () => {
    using repo = temporaryRepo();
    const tree = await repo.git.openWorktree(repo.root, "w", "HEAD");
    repo.run(["config", "branch.main.vscode-merge-base", "origin/main"]);
    repo.run(["remote", "add", "origin", "https://example.org/x.git"]);
    repo.write("a.txt", "edited\n", tree.path);
    const { files } = await repo.git.commit(repo.root, tree, "feat", AT);
    assert.deepEqual(files, ["a.txt"]);
  });

  it("nested repositories and made-up submodules run nothing and are not committed", async () => {
    using repo = temporaryRepo();
    const trap = canary(repo);
    const inner = repo.run(["rev-parse", "HEAD"]).trim();
    repo.run(["update-index", "--add", "--cacheinfo", `160000,${inner},sub`]);
    repo.run(["commit", "-q", "-m", "submodule"]);
    const tree = await repo.git.openWorktree(repo.root, "w", "HEAD");
    for (const name of ["sub", "nested"]) {
      const dir = join(tree.path, name);
      repo.run(["init", "-q", dir]);
      repo.write("x.txt", "x\n", dir);
      repo.run(["add", "."], dir);
      repo.run(
        ["-c", "user.name=a", "-c", "user.email=b", "commit", "-q", "-m", "x"],
        dir,
      );
      repo.run(["config", "core.fsmonitor", trap.program], dir);
      repo.run(["config", "filter.x.clean", trap.program], dir);
      repo.write(".gitattributes", "* filter=x\n", dir);
      repo.write("x.txt", "y\n", dir);
    }
    repo.write("a.txt", "edited\n", tree.path);
    trap.silence();
    const { files } = await repo.git.commit(repo.root, tree, "feat", AT);
    assert.deepEqual(files, ["a.txt"]);
    assert.ok(!trap.sang());
    spawnSync("git", ["status"], { cwd: tree.path });
    assert.ok(trap.sang(), "the trap is live");
  });
});
