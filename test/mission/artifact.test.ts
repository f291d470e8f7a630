import assert from "node:assert/strict";
import { test } from "node:test";
import { artifactOf, excerptOf } from "../../src/mission/artifact.ts";
import type { ChangeSet } from "../../src/protocol/event.ts";

/** A change of files with so many added lines each, and its diff. */
function change(lines: Readonly<Record<string, number>>): {
  readonly files: ChangeSet["files"];
  readonly diff: string;
} {
  const entries = Object.entries(lines);
  return {
    files: entries.map(([path, added]) => ({
      path,
      status: "added",
      added,
      deleted: 0,
    })),
    diff: entries
      .map(
        ([path, added]) =>
          `diff --git a/${path} b/${path}\n--- /dev/null\n+++ b/${path}\n@@ -0,0 +1,${String(added)} @@\n${Array.from({ length: added }, (_, index) => `+line ${String(index + 1)} of ${path}\n`).join("")}`,
      )
      .join(""),
  };
}

test("a change that is short enough is read as it is", () => {
  const { files, diff } = change({ "a.js": 3, "b.js": 4 });
  assert.deepEqual(artifactOf(files, diff), { text: diff });
});

test("a change of 20,000 lines is cut to what is worth reading, every file named, every cut said", () => {
  const { files, diff } = change({
    "package-lock.json": 9000,
    "src/long.js": 10_000,
    "src/short.js": 500,
    "src/small.js": 500,
  });
  const { text, leftOut } = artifactOf(files, diff);
  assert.ok(text.length <= 245_000, String(text.length));
  assert.match(text, /line 500 of src\/short\.js/);
  assert.match(text, /line 500 of src\/small\.js/);
  assert.match(
    text,
    /- src\/long\.js \(added, \+10000 -0\): only its beginning/,
  );
  assert.match(text, /\[\d+ more lines of this file's diff are not shown\.\]/);
  assert.match(leftOut ?? "", /too long to be read whole: of its 4 files/);
  assert.ok(text.includes(leftOut ?? "?"));
});

test("what people wrote goes before what tools made, and the short before the long", () => {
  const { files, diff } = change({
    "dist/app.min.js": 200,
    "yarn.lock": 200,
    "src/app.js": 200,
    "src/tiny.js": 5,
  });
  const { text, leftOut } = artifactOf(files, diff, 7000);
  assert.match(text, /line 200 of src\/app\.js/);
  assert.match(text, /line 5 of src\/tiny\.js/);
  assert.doesNotMatch(text, /line 200 of yarn\.lock/);
  assert.match(leftOut ?? "", /4 files/);
});

test("thousands of files are counted, not all listed", () => {
  const { files, diff } = change(
    Object.fromEntries(
      Array.from({ length: 3000 }, (_, index) => [
        `src/file${String(index)}.js`,
        10,
      ]),
    ),
  );
  const { text, leftOut } = artifactOf(files, diff);
  assert.ok(text.length < 270_000, String(text.length));
  assert.match(text, /- and 2600 more files/);
  assert.match(leftOut ?? "", /not at all \(.*, and \d+ more\)/);
});

test("files that git's own cut left out of the diff are told as not read", () => {
  const { files, diff } = change({ "a.js": 3, "b.js": 3 });
  const cut = diff.slice(0, diff.indexOf("diff --git a/b.js"));
  const { text, leftOut } = artifactOf(files, cut);
  assert.match(leftOut ?? "", /0 were read in part and 1 not at all \(b\.js\)/);
  assert.match(text, /- b\.js .*: not below/);
});

test("who checks one claim gets the diff of its file, or is told that it is not in the change", () => {
  const { files, diff } = change({ "a.js": 3, "b.js": 4 });
  const excerpt = excerptOf(files, diff, "b.js");
  assert.match(excerpt, /^diff --git a\/b\.js/);
  assert.doesNotMatch(excerpt, /of a\.js/);
  assert.match(
    excerptOf(files, diff, "c.js"),
    /does not touch this file.*a\.js, b\.js/,
  );
  const long = change({ "a.js": 9000 });
  assert.ok(excerptOf(long.files, long.diff, "a.js").length < 61_000);
});
