import assert from "node:assert/strict";
import { join } from "node:path";
import { describe, it } from "node:test";
import fc from "fast-check";
import { openWorkspace } from "../../../src/adapters/workspace/openWorkspace.ts";
import { isProblem } from "../../../src/core/errors.ts";
import { SECRET, snapshot, trap } from "./fixture.ts";

const NAMES = [
  ..."a.txt src deep up out-file out-dir out-absolute out-new out-nothing sibling twice circle".split(
    " ",
  ),
  ..."git-link config-link settings-link in-file in-dir itself hard.txt root root-sibling".split(
    " ",
  ),
  ..."outside .git .GIT .Git config hooks .vscode .VSCODE settings.json .gitmodules".split(
    " ",
  ),
  "..",
  ".",
  "",
  "...",
  ".. ",
  ".git.",
  ".git ",
  "GIT~1",
  ".g\u200cit",
  ".git\u0000",
  "a.txt\u0000",
  "..\\outside",
  "a.txt:stream",
  "%2e%2e",
  "\u2025",
  "．．",
  "~",
  "new",
];

describe("fuzzed paths", () => {
  it("never read, write or remove anything outside or protected", async (t) => {
    const { base, root } = trap(t);
    const files = openWorkspace(root, { writable: true });
    const guarded = (): Readonly<Record<string, string>> => ({
      ...snapshot(base, root),
      ...snapshot(join(root, ".git")),
      ...snapshot(join(root, ".vscode")),
    });
    const before = guarded();
    const reached = { read: 0, write: 0 };

    const segment = fc.oneof(
      { weight: 8, arbitrary: fc.constantFrom(...NAMES) },
      { weight: 1, arbitrary: fc.string({ unit: "binary", maxLength: 6 }) },
    );
    const wild = fc
      .tuple(
        fc.constantFrom("", "", "", "/", `${root}/`, `${base}/`, "./"),
        fc.array(segment, { minLength: 1, maxLength: 6 }),
        fc.constantFrom("/", "/", "/", "//", "\\"),
      )
      .map(([start, segments, separator]) => start + segments.join(separator));

    const path = fc.oneof(
      { weight: 9, arbitrary: wild },
      {
        weight: 1,
        arbitrary: fc.constantFrom("a.txt", "src/a.txt", "in-dir/a.txt"),
      },
    );

    await fc.assert(
      fc.asyncProperty(
        path,
        fc.constantFrom("read", "write", "write", "remove"),
        async (target, act) => {
          try {
            if (act === "read") {
              assert.notEqual(await files.read(target), SECRET, target);
              reached.read += 1;
            } else if (act === "write") {
              await files.write(target, "inside");
              reached.write += 1;
            } else await files.remove(target);
          } catch (error) {
            assert.ok(
              isProblem(error, "path-denied", "tool-failed"),
              `${JSON.stringify(target)}: ${String(error)}`,
            );
          }
          assert.deepEqual(guarded(), before, target);
        },
      ),
      { numRuns: 4000 },
    );
    assert.ok(reached.read > 20 && reached.write > 20, JSON.stringify(reached));
  });
});
