/** What every {@link Workspace} promises; each implementation runs all of it. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { isProblem } from "../../src/core/errors.ts";
import type { Workspace } from "../../src/ports.ts";

/** A workspace over these files (path to text), and the way to be rid of it. */
export type Opened = Workspace & AsyncDisposable;

/** Runs the suite; `open` gives a workspace with exactly these files. */
export function workspaceContract(
  name: string,
  open: (
    files: Readonly<Record<string, string>>,
    writable: boolean,
  ) => Promise<Opened>,
): void {
  const denied = (error: unknown): boolean => isProblem(error, "path-denied");
  const failed = (error: unknown): boolean => isProblem(error, "tool-failed");

  describe(`the workspace promises, ${name}`, () => {
    it("a file reads as it was written, in any script", async () => {
      await using files = await open({}, true);
      const text = "\ufeffä 漢 😀\r\nno newline at the end";
      await files.write("src/deep/er/a.txt", text);
      assert.equal(await files.read("src/deep/er/a.txt"), text);
      assert.equal(await files.read("./src//deep/er/a.txt"), text);
      await files.write("src/deep/er/a.txt", "");
      assert.equal(await files.read("src/deep/er/a.txt"), "");
    });

    it("a file that is created was not there before, whatever else is named like it", async () => {
      await using files = await open({ "a.txt": "a", "dir/b.txt": "b" }, true);
      await files.create("new/deep.txt", "new");
      assert.equal(await files.read("new/deep.txt"), "new");
      await assert.rejects(files.create("a.txt", "mine"), failed);
      await assert.rejects(files.create("dir", "mine"), failed);
      await assert.rejects(files.create("../x.txt", "mine"), denied);
      await assert.rejects(files.create(".git/x", "mine"), denied);
      assert.deepEqual(await files.list("**"), [
        "a.txt",
        "dir/b.txt",
        "new/deep.txt",
      ]);
      assert.equal(await files.read("a.txt"), "a");
    });

    it("a file that is removed is gone, and removing it again says so", async () => {
      await using files = await open({ "a.txt": "a", "b.txt": "b" }, true);
      await files.remove("a.txt");
      assert.deepEqual(await files.list("**"), ["b.txt"]);
      await assert.rejects(files.read("a.txt"), failed);
      await assert.rejects(files.remove("a.txt"), failed);
    });

    it("everything outside is denied, however it is named", async () => {
      await using files = await open({ "a.txt": "a" }, true);
      for (const path of [
        "../a.txt",
        "src/../../a.txt",
        "/etc/passwd",
        "~/x",
        "C:\\x",
        "..\\x",
        "a\0.txt",
        "a\n.txt",
        `${files.root}x/a.txt`,
        `${files.root}/../a.txt`,
      ]) {
        await assert.rejects(files.read(path), denied, path);
        await assert.rejects(files.write(path, "x"), denied, path);
        await assert.rejects(files.remove(path), denied, path);
      }
      assert.equal(await files.read(`${files.root}/a.txt`), "a");
    });

    it("protected files are never written or removed, whether or not they exist, in any case", async () => {
      await using files = await open({ ".vscode/settings.json": "{}" }, true);
      for (const path of [
        ".git",
        ".git/config",
        ".GIT/hooks/pre-commit",
        "sub/.git/config",
        ".gitattributes",
        ".vscode/settings.json",
        ".VSCode/tasks.json",
        "x.code-workspace",
        ".mcp.json",
        ".npmrc",
        ".husky/pre-commit",
        ".bashrc",
      ]) {
        await assert.rejects(files.write(path, "x"), denied, path);
        await assert.rejects(files.remove(path), denied, path);
      }
      assert.equal(await files.read(".vscode/settings.json"), "{}");
    });

    it("a folder open for reading only denies every change", async () => {
      await using files = await open({ "a.txt": "a" }, false);
      await assert.rejects(files.write("a.txt", "b"), denied);
      await assert.rejects(files.write("new.txt", "b"), denied);
      await assert.rejects(files.remove("a.txt"), denied);
      assert.equal(await files.read("a.txt"), "a");
      assert.deepEqual(await files.list("**"), ["a.txt"]);
    });

    it("folders, large files and binary files are refused with a reason", async () => {
      await using files = await open(
        {
          "src/a.ts": "",
          "bin.dat": "a\0b",
          "large.txt": "x".repeat(1_048_577),
        },
        true,
      );
      for (const path of ["src", "bin.dat", "large.txt", "none", "src/a.ts/b"])
        await assert.rejects(files.read(path), failed, path);
      await assert.rejects(files.write("src", "x"), failed);
      await assert.rejects(files.remove("src"), failed);
      await assert.rejects(
        files.write("new.txt", "x".repeat(1_048_577)),
        failed,
      );
      await assert.rejects(files.write("", "x"), denied);
      await assert.rejects(files.write(".", "x"), denied);
    });

    it("lists what fits a pattern, sorted, without .git and node_modules", async () => {
      await using files = await open(
        {
          "b.ts": "",
          "a.ts": "",
          "src/c.ts": "",
          "src/d.js": "",
          "src/(group)/e.ts": "",
          ".git/config": "",
          "node_modules/x/index.ts": "",
          "src/node_modules/y/index.ts": "",
          ".github/workflows/ci.yml": "",
        },
        true,
      );
      assert.deepEqual(await files.list("**/*.ts"), [
        "a.ts",
        "b.ts",
        "src/(group)/e.ts",
        "src/c.ts",
      ]);
      assert.deepEqual(await files.list("*.ts"), ["a.ts", "b.ts"]);
      assert.deepEqual(await files.list("src/*.{js,ts}"), [
        "src/c.ts",
        "src/d.js",
      ]);
      assert.deepEqual(await files.list(".github/**"), [
        ".github/workflows/ci.yml",
      ]);
      assert.deepEqual(await files.list("none/**"), []);
    });

    it("patterns that leave the folder or never end are refused", async () => {
      await using files = await open({ "a.ts": "" }, true);
      for (const glob of [
        "",
        "../**",
        "/etc/*",
        "a*a*a*a*a*b",
        "{a,b}{a,b}{a,b}{a,b}{a,b}",
        "+(a|b)",
        "{1..1000000}",
        "x".repeat(257),
      ])
        await assert.rejects(files.list(glob), failed, glob);
    });

    it("finds lines by regular expression, or by plain text where it is none", async () => {
      await using files = await open(
        {
          "a.ts": "one\r\n  two(1)\nthree",
          "src/b.ts": "two(2)",
          "c.md": "two(3)",
          "bin.ts": "two(4)\0",
        },
        true,
      );
      assert.deepEqual(await files.search("two\\(\\d\\)", "**/*.ts"), [
        { path: "a.ts", line: 2, text: "two(1)" },
        { path: "src/b.ts", line: 1, text: "two(2)" },
      ]);
      assert.deepEqual(await files.search("two(", "*.md"), [
        { path: "c.md", line: 1, text: "two(3)" },
      ]);
      assert.deepEqual(await files.search("nowhere", "**"), []);
      await assert.rejects(files.search("", "**"), failed);
    });

    it("a search never shows files that a person would be asked about", async () => {
      await using files = await open(
        { ".env": "TOKEN=1", "deploy.pem": "TOKEN=2", "a.txt": "TOKEN=3" },
        true,
      );
      const hits = [
        ...(await files.search("TOKEN", "**")),
        ...(await files.search("TOKEN", ".*")),
        ...(await files.search("TOKEN", ".env")),
      ];
      assert.deepEqual(
        hits.map((hit) => hit.path),
        ["a.txt"],
      );
    });

    it("a search that goes astray ends with an error", async () => {
      await using files = await open({ "a.txt": `${"a".repeat(50)}!` }, true);
      await assert.rejects(files.search("^(a+)+$", "**"), failed);
    });

    it("lists at most 2,000 files and 200 lines", async () => {
      const many = Object.fromEntries(
        Array.from({ length: 2100 }, (_, i) => [`f/${String(i)}.txt`, "x\nx"]),
      );
      await using files = await open(many, true);
      assert.equal((await files.list("**")).length, 2000);
      assert.equal((await files.search("x", "**")).length, 200);
    });
  });
}
