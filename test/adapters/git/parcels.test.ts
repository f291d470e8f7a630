/** What crosses to another hub and back: whole where it is honest, refused or without effect where it is not. Traps are shown to be live with the user's own git. */
import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import {
  appendFileSync,
  chmodSync,
  existsSync,
  lstatSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { deflateSync } from "node:zlib";
import { isProblem } from "../../../src/core/errors.ts";
import { problem } from "../../contract/git.ts";
import { temporaryRepo, type TemporaryRepo } from "./temporaryRepo.ts";

const AT = 1_700_000_000_000;

/** A bundle of one commit with this tree, however odd, made with git's own plumbing; `name` is its file. */
function bundleOf(
  repo: TemporaryRepo,
  entries: readonly string[],
  name = "odd.bundle",
): { readonly bundle: string; readonly commit: string } {
  const tree = execFileSync("git", ["mktree", "--missing"], {
    cwd: repo.root,
    input: entries.map((entry) => `${entry}\n`).join(""),
    encoding: "utf8",
  }).trim();
  const commit = repo.run(["commit-tree", tree, "-m", "odd"]).trim();
  const bundle = join(repo.top, name);
  repo.run(["update-ref", "refs/heads/work", commit]);
  repo.run(["bundle", "create", "-q", bundle, "refs/heads/work"]);
  repo.run(["update-ref", "-d", "refs/heads/work"]);
  return { bundle, commit };
}

function blob(repo: TemporaryRepo, text: string): string {
  return execFileSync("git", ["hash-object", "-w", "--stdin"], {
    cwd: repo.root,
    input: text,
    encoding: "utf8",
  }).trim();
}

/** A tree with one entry of any name, which `mktree` would refuse. */
function treeNamed(repo: TemporaryRepo, name: string, hash: string): string {
  return execFileSync(
    "git",
    ["hash-object", "-t", "tree", "-w", "--literally", "--stdin"],
    {
      cwd: repo.root,
      input: Buffer.concat([
        Buffer.from(`100755 ${name}\0`),
        Buffer.from(hash, "hex"),
      ]),
      encoding: "utf8",
    },
  ).trim();
}

/** Packs HEAD, clones it, lets `work` change the clone, and takes the patch back. */
async function roundTrip(
  repo: TemporaryRepo,
  work: (path: string) => void,
): Promise<{
  readonly commit: string;
  readonly files: readonly string[];
  readonly mind: readonly string[];
}> {
  const { parcels } = repo.git;
  const base = repo.run(["rev-parse", "HEAD"]).trim();
  const packed = await parcels.pack(
    repo.root,
    "HEAD",
    join(repo.top, "out", "a.bundle"),
  );
  const { path } = await parcels.openClone(packed.file, packed.commit, "c1");
  work(path);
  const patch = await parcels.patchOf("c1", join(repo.top, "out", "a.patch"));
  assert.ok("file" in patch);
  return parcels.takePatch(repo.root, {
    file: patch.file,
    base,
    branch: "roundtable/peer/c1",
    message: "feat: work of a teammate",
    at: AT,
  });
}

describe("a change that crosses", () => {
  it("comes back as it was made: text, binary, renamed, deleted, executable, odd names, line ends", async () => {
    using repo = temporaryRepo({
      "a.txt": "one\ntwo\n",
      "old name.txt": "a line\nanother\nand one more\n",
      "gone.txt": "x\n",
      "run.sh": "#!/bin/sh\n",
      "crlf.txt": "a\r\nb\r\n",
    });
    const noise = (seed: number): Buffer =>
      Buffer.from(
        Array.from({ length: 5000 }, (_, at) => (at * at * seed + at) % 256),
      );
    writeFileSync(join(repo.root, "pic.bin"), noise(7));
    repo.commit("binary");
    const before = repo.fingerprint();
    let made = "";
    const { commit, files, mind } = await roundTrip(repo, (path) => {
      made = path;
      writeFileSync(join(path, "a.txt"), "one\n2\nthree without an end");
      renameSync(join(path, "old name.txt"), join(path, "né w.txt"));
      rmSync(join(path, "gone.txt"));
      chmodSync(join(path, "run.sh"), 0o755);
      writeFileSync(join(path, "crlf.txt"), "a\r\nB\r\n");
      writeFileSync(
        join(path, "pic.bin"),
        Buffer.concat([noise(7), Buffer.from([1, 0, 2])]),
      );
      writeFileSync(join(path, "new.bin"), noise(11));
      repo.write("deep/er/x.txt", "x\n", path);
      writeFileSync(join(path, "package-lock.json"), "{}\n");
    });
    assert.equal(repo.fingerprint(), before, "the checkout is untouched");
    assert.deepEqual(files, [
      "a.txt",
      "crlf.txt",
      "deep/er/x.txt",
      "gone.txt",
      "new.bin",
      "né w.txt",
      "old name.txt",
      "package-lock.json",
      "pic.bin",
      "run.sh",
    ]);
    assert.deepEqual(mind, ["package-lock.json"]);
    assert.equal(repo.run(["rev-parse", "roundtable/peer/c1"]).trim(), commit);
    assert.equal(
      repo.run(["rev-parse", `${commit}^`]),
      repo.run(["rev-parse", "HEAD"]),
    );
    repo.run(["checkout", "-q", commit]);
    for (const name of ["a.txt", "né w.txt", "crlf.txt", "pic.bin", "new.bin"])
      assert.deepEqual(
        readFileSync(join(repo.root, name)),
        readFileSync(join(made, name)),
        name,
      );
    assert.ok(!existsSync(join(repo.root, "gone.txt")));
    assert.ok((lstatSync(join(repo.root, "run.sh")).mode & 0o100) !== 0);
  });

  it("is the same commit when it is taken again, and no change at all makes no patch", async () => {
    using repo = temporaryRepo();
    const edit = (path: string): void => {
      writeFileSync(join(path, "a.txt"), "two\n");
    };
    const first = await roundTrip(repo, edit);
    assert.deepEqual(await roundTrip(repo, edit), first);
    const { parcels } = repo.git;
    await parcels.openClone(
      join(repo.top, "out", "a.bundle"),
      (await parcels.pack(repo.root, "HEAD", join(repo.top, "b.bundle")))
        .commit,
      "c2",
    );
    assert.deepEqual(await parcels.patchOf("c2", join(repo.top, "none")), {
      files: [],
    });
    assert.ok(!existsSync(join(repo.top, "none")));
  });

  it("takes no history along, and leaves refs and objects of the repository as they are", async () => {
    using repo = temporaryRepo({ "secret.txt": "hunter2\n" });
    rmSync(join(repo.root, "secret.txt"));
    repo.write("a.txt", "one\n");
    repo.commit("without the secret");
    const objects = (): string =>
      repo.run(["cat-file", "--batch-check", "--batch-all-objects"]);
    const before = [repo.fingerprint(), objects()];
    const { file, commit } = await repo.git.parcels.pack(
      repo.root,
      "HEAD",
      join(repo.top, "x.bundle"),
    );
    assert.deepEqual([repo.fingerprint(), objects()], before);
    const other = join(repo.top, "other");
    repo.run(["clone", "-q", "-b", "work", file, other]);
    assert.equal(repo.run(["rev-list", "--count", commit], other).trim(), "1");
    assert.deepEqual(
      readdirSync(other).filter((name) => name !== ".git"),
      ["a.txt"],
    );
    assert.equal(
      spawnSync("git", ["cat-file", "-e", blob(repo, "hunter2\n")], {
        cwd: other,
      }).status,
      1,
      "the deleted secret is not in it",
    );
  });
});

describe("a clone", () => {
  it("has no git folder, no remote, no link to follow, and is gone when it is closed", async () => {
    using repo = temporaryRepo();
    symlinkSync("/etc/passwd", join(repo.root, "link"));
    repo.commit("link");
    const { parcels } = repo.git;
    const { file, commit } = await parcels.pack(
      repo.root,
      "HEAD",
      join(repo.top, "x.bundle"),
    );
    const { path } = await parcels.openClone(file, commit, "c1");
    assert.deepEqual(readdirSync(path).sort(), ["a.txt", "link"]);
    assert.ok(lstatSync(join(path, "link")).isFile());
    assert.equal(readFileSync(join(path, "link"), "utf8"), "/etc/passwd");
    assert.ok(path.startsWith(repo.home));
    assert.deepEqual(await parcels.patchOf("c1", join(repo.top, "p")), {
      files: [],
    });
    const git = join(repo.home, "clones.git", "c1");
    assert.equal(repo.run([`--git-dir=${git}`, "remote"]), "");
    assert.ok(!existsSync(join(git, "objects", "info", "alternates")));
    assert.deepEqual(await parcels.clones(), ["c1"]);
    await parcels.closeClone("c1");
    await parcels.closeClone("c1");
    assert.deepEqual(await parcels.clones(), []);
    assert.ok(!existsSync(path) && !existsSync(git));
  });

  it("runs nothing that its files name, and what is put into it does not run either", async () => {
    using repo = temporaryRepo({
      "a.txt": "one\n",
      ".gitattributes": "* filter=evil diff=evil merge=evil text\n",
      ".gitmodules":
        '[submodule "x"]\n\tpath = x\n\turl = https://example.org/x\n\tupdate = none\n',
    });
    const sign = join(repo.top, "canary");
    const trap = join(repo.top, "trap.sh");
    writeFileSync(trap, `#!/bin/sh\necho x >> "${sign}"\n`);
    chmodSync(trap, 0o755);
    const program = JSON.stringify(trap.replaceAll(" ", "\\ "));
    const global = join(repo.top, "gitconfig");
    writeFileSync(
      global,
      `[filter "evil"]\n\tclean = ${program}\n\tsmudge = ${program}\n[diff "evil"]\n\ttextconv = ${program}\n\tcommand = ${program}\n[core]\n\tfsmonitor = ${program}\n[user]\n\tname = a\n\temail = b\n`,
    );
    const home = process.env["HOME"];
    process.env["HOME"] = repo.top;
    renameSync(global, join(repo.top, ".gitconfig"));
    try {
      const { parcels } = repo.git;
      const { file, commit } = await parcels.pack(
        repo.root,
        "HEAD",
        join(repo.top, "x.bundle"),
      );
      const { path } = await parcels.openClone(file, commit, "c1");
      const inner = join(path, "inner");
      repo.run(["init", "-q", inner]);
      appendFileSync(
        join(inner, ".git", "config"),
        `[core]\n\tfsmonitor = ${program}\n`,
      );
      repo.write("x.txt", "x\n", inner);
      // A git folder of the worker's own making is no one's: the broker names the one it made.
      repo.run(["init", "-q", path]);
      appendFileSync(
        join(path, ".git", "config"),
        `[core]\n\tfsmonitor = ${program}\n`,
      );
      repo.write("a.txt", "two\n", path);
      rmSync(sign, { force: true });
      const patch = await parcels.patchOf("c1", join(repo.top, "p"));
      assert.deepEqual(patch.files, ["a.txt"]);
      assert.ok("file" in patch);
      await parcels.takePatch(repo.root, {
        file: patch.file,
        base: "HEAD",
        branch: "roundtable/peer/c1",
        message: "m",
        at: AT,
      });
      assert.ok(!existsSync(sign));
      spawnSync("git", ["status"], { cwd: inner });
      assert.ok(existsSync(sign), "the traps are live");
    } finally {
      if (home === undefined) Reflect.deleteProperty(process.env, "HOME");
      else process.env["HOME"] = home;
    }
  });
});

describe("a hostile bundle", () => {
  const odd: Readonly<
    Record<
      string,
      (repo: TemporaryRepo) => {
        readonly bundle: string;
        readonly commit: string;
      }
    >
  > = {
    "with a hook in a .git folder": (repo) => {
      const hook = treeNamed(repo, "post-checkout", blob(repo, "#!/bin/sh\n"));
      const inner = execFileSync("git", ["mktree"], {
        cwd: repo.root,
        input: `040000 tree ${hook}\thooks\n`,
        encoding: "utf8",
      }).trim();
      return oddTree(repo, "40000 .git", inner);
    },
    "with a .GIT folder": (repo) =>
      oddTree(repo, "100644 .GIT", blob(repo, "gitdir: /tmp\n")),
    "with a folder that some systems take for .git": (repo) =>
      oddTree(repo, "100644 GIT~1", blob(repo, "gitdir: /tmp\n")),
    "with a link named .git": (repo) =>
      oddTree(repo, "120000 .git", blob(repo, "/tmp")),
    "with a path that leads up": (repo) =>
      oddTree(repo, "100644 ..", blob(repo, "x")),
    "with an absolute path": (repo) =>
      oddTree(repo, "100644 /etc/x", blob(repo, "x")),
    "with the same name twice": (repo) => {
      const x = blob(repo, "x");
      return oddTree(repo, "100644 x", x, "100644 x", x);
    },
    "with names of another system's paths": (repo) =>
      bundleOf(repo, [`100644 blob ${blob(repo, "x")}\ta\\..\\b`]),
    "with a submodule whose address is a program": (repo) =>
      bundleOf(repo, [
        `100644 blob ${blob(repo, '[submodule "x"]\n\tpath = -x\n\turl = -u./trap.sh\n')}\t.gitmodules`,
      ]),
    "with history": (repo) => {
      repo.write("a.txt", "two\n");
      const commit = repo.commit("two");
      const bundle = join(repo.top, "history.bundle");
      repo.run(["update-ref", "refs/heads/work", commit]);
      repo.run(["bundle", "create", "-q", bundle, "refs/heads/work"]);
      return { bundle, commit };
    },
    "of another commit": (repo) => ({
      ...bundleOf(repo, [`100644 blob ${blob(repo, "x")}\tx`]),
      commit: "1".repeat(40),
    }),
    "that is cut off": (repo) => {
      const made = bundleOf(repo, [`100644 blob ${blob(repo, "x")}\tx`]);
      const bytes = readFileSync(made.bundle);
      writeFileSync(made.bundle, bytes.subarray(0, bytes.length - 8));
      return made;
    },
    "that is no bundle": (repo) => {
      const bundle = join(repo.top, "text");
      writeFileSync(bundle, "hello\n");
      return { bundle, commit: "1".repeat(40) };
    },
    "that unpacks to far more than it weighs": (repo) => {
      const big = blob(repo, "0".repeat(60_000_000));
      return bundleOf(
        repo,
        Array.from(
          { length: 20 },
          (_, n) => `100644 blob ${big}\tf${String(n)}`,
        ),
      );
    },
  };
  /** A bundle whose root tree has entries as they are written, each `mode name` and a hash. */
  function oddTree(
    repo: TemporaryRepo,
    ...parts: readonly string[]
  ): { readonly bundle: string; readonly commit: string } {
    const bytes: Buffer[] = [];
    for (let at = 0; at < parts.length; at += 2)
      bytes.push(
        Buffer.from(`${parts[at] ?? ""}\0`),
        Buffer.from(parts[at + 1] ?? "", "hex"),
      );
    const tree = execFileSync(
      "git",
      ["hash-object", "-t", "tree", "-w", "--literally", "--stdin"],
      { cwd: repo.root, input: Buffer.concat(bytes), encoding: "utf8" },
    ).trim();
    const commit = repo.run(["commit-tree", tree, "-m", "odd"]).trim();
    const bundle = join(repo.top, "odd.bundle");
    repo.run(["update-ref", "refs/heads/work", commit]);
    repo.run(["bundle", "create", "-q", bundle, "refs/heads/work"]);
    return { bundle, commit };
  }
  for (const [what, make] of Object.entries(odd))
    it(`${what} is refused, and nothing of it stays`, async () => {
      using repo = temporaryRepo();
      const { bundle, commit } = make(repo);
      await assert.rejects(
        repo.git.parcels.openClone(bundle, commit, "c1"),
        problem("git-failed"),
      );
      assert.deepEqual(await repo.git.parcels.clones(), []);
    });

  it("with a submodule leaves an empty folder, and nothing is fetched", async () => {
    using repo = temporaryRepo();
    const modules =
      '[submodule "x"]\n\tpath = x\n\turl = ext::sh -c touch% /tmp/never\n';
    const { bundle, commit } = bundleOf(repo, [
      `100644 blob ${blob(repo, modules)}\t.gitmodules`,
      `160000 commit ${"1".repeat(40)}\tx`,
    ]);
    const { path } = await repo.git.parcels.openClone(bundle, commit, "c1");
    assert.deepEqual(readdirSync(join(path, "x")), []);
    assert.deepEqual(
      await repo.git.parcels.patchOf("c1", join(repo.top, "p")),
      { files: [] },
    );
  });
});

/** One line of a binary patch: its length as a letter, then git's base 85. */
function line85(bytes: Buffer): string {
  const digits =
    "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz!#$%&()*+-;<=>?@^_`{|}~";
  const padded = Buffer.concat([bytes, Buffer.alloc(3)]);
  let text = String.fromCharCode(64 + bytes.length);
  for (let at = 0; at < bytes.length; at += 4) {
    const word = padded.readUInt32BE(at);
    for (let power = 4; power >= 0; power -= 1)
      text += digits.charAt(Math.floor(word / 85 ** power) % 85);
  }
  return text;
}

describe("a hostile patch", () => {
  const patches: Readonly<Record<string, string>> = {
    "of .git/config":
      "diff --git a/.git/config b/.git/config\nnew file mode 100644\n--- /dev/null\n+++ b/.git/config\n@@ -0,0 +1 @@\n+x\n",
    "of .GIT/hooks":
      "diff --git a/.GIT/hooks/x b/.GIT/hooks/x\nnew file mode 100755\n--- /dev/null\n+++ b/.GIT/hooks/x\n@@ -0,0 +1 @@\n+x\n",
    "of a path that leads up":
      "diff --git a/../x b/../x\nnew file mode 100644\n--- /dev/null\n+++ b/../x\n@@ -0,0 +1 @@\n+x\n",
    "of an absolute path":
      "diff --git a//tmp/x b//tmp/x\nnew file mode 100644\n--- /dev/null\n+++ /tmp/x\n@@ -0,0 +1 @@\n+x\n",
    "that makes a link":
      "diff --git a/l b/l\nnew file mode 120000\n--- /dev/null\n+++ b/l\n@@ -0,0 +1 @@\n+/etc/passwd\n\\ No newline at end of file\n",
    "that makes a submodule": `diff --git a/s b/s\nnew file mode 160000\n--- /dev/null\n+++ b/s\n@@ -0,0 +1 @@\n+Subproject commit ${"1".repeat(40)}\n`,
    "of .gitattributes":
      "diff --git a/.gitattributes b/.gitattributes\nnew file mode 100644\n--- /dev/null\n+++ b/.gitattributes\n@@ -0,0 +1 @@\n+* filter=x\n",
    "of editor tasks":
      "diff --git a/.vscode/tasks.json b/.vscode/tasks.json\nnew file mode 100644\n--- /dev/null\n+++ b/.vscode/tasks.json\n@@ -0,0 +1 @@\n+{}\n",
    "that unpacks to gigabytes": `diff --git a/x b/x\nnew file mode 100644\nindex ${"0".repeat(40)}..${"1".repeat(40)}\nGIT binary patch\nliteral 8000000000\nzcmZ\n\n`,
    "that copies itself to gigabytes": `diff --git a/a.txt b/a.txt\nindex ${"0".repeat(40)}..${"1".repeat(40)} 100644\nGIT binary patch\ndelta 12\n${line85(deflateSync(Buffer.from([4, 0x80, 0x80, 0x80, 0x80, 0x40, 0x80, 0, 0, 0, 0, 0])))}\n\n`,
    "that fits nothing":
      "diff --git a/a.txt b/a.txt\n--- a/a.txt\n+++ b/a.txt\n@@ -1 +1 @@\n-something else\n+x\n",
    "that is no patch": "hello\n",
  };
  for (const [what, text] of Object.entries(patches))
    it(`${what} changes nothing`, async () => {
      using repo = temporaryRepo();
      const before = repo.fingerprint();
      const file = join(repo.top, "p");
      writeFileSync(file, text);
      await assert.rejects(
        repo.git.parcels.takePatch(repo.root, {
          file,
          base: "HEAD",
          branch: "roundtable/peer/c1",
          message: "m",
          at: AT,
        }),
        (error) =>
          isProblem(
            error,
            "path-denied",
            // What git itself refuses; nothing is unpacked before its size is known.
            ...(what.includes("gigabytes") ? [] : ["merge-conflict" as const]),
          ) && problem(error.code)(error),
      );
      assert.equal(repo.fingerprint(), before);
      assert.equal(repo.run(["branch", "--list", "roundtable/*"]), "");
    });

  it("made of links or settings in a clone is not even sent", async () => {
    using repo = temporaryRepo();
    const { parcels } = repo.git;
    const { file, commit } = await parcels.pack(
      repo.root,
      "HEAD",
      join(repo.top, "x.bundle"),
    );
    for (const harm of [
      (path: string) => {
        symlinkSync("/etc/passwd", join(path, "l"));
      },
      (path: string) => {
        repo.write(".vscode/tasks.json", "{}", path);
      },
    ]) {
      const { path } = await parcels.openClone(file, commit, "c1");
      harm(path);
      await assert.rejects(
        parcels.patchOf("c1", join(repo.top, "p")),
        problem("path-denied"),
      );
    }
  });
});
