import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  lstatSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { openWorkspace } from "../../../src/adapters/workspace/openWorkspace.ts";
import { isProblem } from "../../../src/core/errors.ts";
import { SECRET, snapshot, trap } from "./fixture.ts";

const denied = (error: unknown): boolean =>
  isProblem(error, "path-denied") && error.next.includes("Nothing was changed");

describe("links", () => {
  it("that lead out are denied for reading, writing and everything below them", async (t) => {
    const { base, root } = trap(t);
    const files = openWorkspace(root, { writable: true });
    const before = snapshot(base);
    for (const path of [
      "out-file",
      "out-dir/a.txt",
      "out-dir/new.txt",
      "out-absolute/deep/a.txt",
      "out-new",
      "out-nothing",
      "out-nothing/x",
      "sibling/a.txt",
      "up/a.txt",
      "up/outside/a.txt",
      "twice/a.txt",
      "circle",
      "circle/x",
      "src/up/a.txt",
    ]) {
      await assert.rejects(files.read(path), denied, path);
      await assert.rejects(files.write(path, "x"), denied, path);
    }
    assert.deepEqual(snapshot(base), before);
  });

  it("to protected files are protected", async (t) => {
    const { base, root } = trap(t);
    const files = openWorkspace(root, { writable: true });
    const before = snapshot(base);
    for (const path of [
      "git-link/config",
      "git-link/hooks/pre-commit",
      "config-link",
      "settings-link",
      "itself/.git/config",
      "itself/itself/.vscode/new.json",
    ])
      await assert.rejects(files.write(path, "x"), denied, path);
    // Reading .git is a person's decision, so it must be asked for under its own name.
    await assert.rejects(files.read("git-link/config"), denied);
    assert.deepEqual(snapshot(base), before);
  });

  it("that stay inside are followed, and removing one removes the link alone", async (t) => {
    const { root } = trap(t);
    const files = openWorkspace(root, { writable: true });
    assert.equal(await files.read("in-file"), "inside");
    await files.write("in-file", "through the link");
    await files.write("in-dir/new.txt", "through a folder");
    assert.equal(await files.read("src/a.txt"), "through the link");
    assert.equal(await files.read("src/deep/new.txt"), "through a folder");
    assert.equal(readlinkSync(join(root, "in-file")), "src/a.txt");

    await files.remove("in-file");
    await files.remove("out-file");
    assert.ok(!existsSync(join(root, "in-file")));
    assert.equal(await files.read("src/a.txt"), "through the link");
    assert.equal(readFileSync(join(root, "../outside/a.txt"), "utf8"), SECRET);
  });

  it("are not followed by lists and searches", async (t) => {
    const { root } = trap(t);
    const files = openWorkspace(root, { writable: true });
    assert.deepEqual(await files.list("**"), [
      "a.txt",
      "hard.txt",
      "src/a.txt",
      "src/deep/a.txt",
    ]);
    for (const glob of ["**", "out-dir/*", "out-dir/**", "up/**", "*"])
      assert.deepEqual(await files.search("must stay", glob), [], glob);
  });

  it("in place of the root are resolved once, when it is opened", async (t) => {
    const { base, root } = trap(t);
    symlinkSync("root", join(base, "alias"));
    const files = openWorkspace(join(base, "alias"), { writable: true });
    assert.equal(files.root, root);
    rmSync(join(base, "alias"));
    symlinkSync("outside", join(base, "alias"));
    assert.equal(await files.read("a.txt"), "inside");
    assert.throws(
      () => openWorkspace(join(base, "none"), { writable: true }),
      (error) => isProblem(error, "tool-failed"),
    );
  });
});

describe("writing", () => {
  it("to a hard link leaves its other name untouched", async (t) => {
    const { base, root } = trap(t);
    const files = openWorkspace(root, { writable: true });
    await files.write("hard.txt", "mine");
    assert.equal(await files.read("hard.txt"), "mine");
    assert.equal(
      readFileSync(join(base, "outside/hard.txt"), "utf8"),
      "shared",
    );
  });

  it("keeps the file's permissions and leaves nothing else behind", async (t) => {
    const { root } = trap(t);
    const files = openWorkspace(root, { writable: true });
    chmodSync(join(root, "a.txt"), 0o750);
    const names = readdirSync(root);
    await files.write("a.txt", "new");
    assert.equal(statSync(join(root, "a.txt")).mode & 0o777, 0o750);
    assert.deepEqual(readdirSync(root), names);
  });

  it("never touches pipes and devices, and reading them does not wait", async (t) => {
    const { root } = trap(t);
    const files = openWorkspace(root, { writable: true });
    execFileSync("sh", ["-c", `mkfifo "$0"`, join(root, "pipe")]);
    await assert.rejects(files.read("pipe"), (error) =>
      isProblem(error, "tool-failed"),
    );
    await assert.rejects(files.write("pipe", "x"), denied);
    assert.ok(lstatSync(join(root, "pipe")).isFIFO());
    assert.ok(!(await files.list("**")).includes("pipe"));
  });
});

describe("a folder that is swapped for a link while it is used", () => {
  it("never lets a read or a write out", async (t) => {
    const { base, root } = trap(t);
    const files = openWorkspace(root, { writable: true });
    const src = join(root, "src");
    const hidden = join(root, "hidden");
    const before = snapshot(base, root);
    const state = { swapped: false, busy: false };
    let calls = 0;
    const outcomes = { inside: 0, refused: 0 };

    const use = async (
      act: () => Promise<string | undefined>,
    ): Promise<void> => {
      try {
        const text = await act();
        assert.notEqual(text, SECRET);
        outcomes.inside += 1;
      } catch (error) {
        assert.ok(isProblem(error), String(error));
        outcomes.refused += 1;
      }
    };
    // A write may make the missing folder anew between the two halves of a swap.
    const put = (place: () => void): void => {
      for (;;)
        try {
          place();
          return;
        } catch {
          rmSync(src, { recursive: true, force: true });
        }
    };
    const swap = (): void => {
      if (state.swapped) {
        rmSync(src);
        put(() => {
          renameSync(hidden, src);
        });
      } else {
        renameSync(src, hidden);
        put(() => {
          symlinkSync("../outside", src);
        });
      }
      state.swapped = !state.swapped;
    };
    while (calls < 2000) {
      const batch = Array.from({ length: 8 }, (_, i) => {
        calls += 1;
        return i % 2 === 0
          ? use(() => files.read("src/a.txt"))
          : use(async () => {
              await files.write("src/swap.txt", "swap");
              return undefined;
            });
      });
      state.busy = batch.length > 0;
      const all = Promise.all(batch).finally(() => {
        state.busy = false;
      });
      while (state.busy) {
        swap();
        await new Promise(setImmediate);
      }
      await all;
    }
    if (state.swapped) swap();
    assert.ok(outcomes.inside > 0 && outcomes.refused > 0);
    assert.deepEqual(snapshot(base, root), before);
    writeFileSync(join(src, "still.txt"), "there");
    assert.equal(await files.read("src/still.txt"), "there");
  });
});
