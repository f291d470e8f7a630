import assert from "node:assert/strict";
import { symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import fc from "fast-check";
import { ANALYSES } from "../../../src/adapters/evidence/analyses.ts";
import { analysisTool } from "../../../src/adapters/evidence/analysisTool.ts";
import { changedFiles } from "../../../src/adapters/evidence/changedFiles.ts";
import {
  compareLines,
  linesOf,
} from "../../../src/adapters/evidence/compareLines.ts";
import { conflictMarkers } from "../../../src/adapters/evidence/conflictMarkers.ts";
import { lineAt } from "../../../src/adapters/evidence/lineAt.ts";
import { secrets } from "../../../src/adapters/evidence/secrets.ts";
import { changedRepo } from "./change.ts";

test("every kind of file is told apart, with the lines that differ", async () => {
  using changed = changedRepo(
    {
      "edited.js": "one\ntwo\nthree\n",
      "from/name.js": "a\nb\nc\nd\ne\nf\ng\n",
      "gone.js": "x\ny\n",
      "dos.txt": "\uFEFFone\r\ntwo\r\n",
      "link-to-be": "text\n",
    },
    {
      "edited.js": "one\n2\nthree\n",
      "from/name.js": null,
      'to/näme "q".js': "a\nb\nc\nd\ne\nf\nG\n",
      "gone.js": null,
      "dos.txt": "\uFEFFone\r\nzwei\r\n",
      "link-to-be": null,
    },
  );
  const { root } = changed.repo;
  symlinkSync("edited.js", join(root, "link-to-be"));
  writeFileSync(join(root, "binary"), Buffer.from([1, 0, 10, 2]));
  writeFileSync(join(root, "latin.txt"), Buffer.from([0xe9, 0x0a, 0xe8, 0x0a]));
  const sub = join(root, "sub");
  changed.repo.run(["init", "-q", sub]);
  const author = ["-c", "user.name=A", "-c", "user.email=a@example.org"];
  changed.repo.run(
    [...author, "commit", "-q", "--allow-empty", "-m", "s"],
    sub,
  );
  const { files, cut } = await changedFiles(await changed.input());
  const seen = Object.fromEntries(
    files.map((file) => [
      file.path,
      [
        file.status,
        file.unread ?? "",
        [...file.addedLines].join(),
        [...file.removedLines].join(),
      ],
    ]),
  );
  assert.deepEqual(seen, {
    "edited.js": ["modified", "", "2", "2"],
    'to/näme "q".js': ["renamed", "", "7", "7"],
    "gone.js": ["deleted", "", "", "1,2"],
    "dos.txt": ["modified", "", "2", "2"],
    "link-to-be": ["modified", "link", "", ""],
    binary: ["added", "binary", "", ""],
    "latin.txt": ["added", "", "1,2", ""],
    sub: ["added", "submodule", "", ""],
  });
  assert.equal(cut, false);
  const renamed = files.find(({ status }) => status === "renamed");
  assert.equal(renamed?.oldPath, "from/name.js");
  assert.equal(renamed.before?.split("\n")[6], "g");
  const dos = files.find(({ path }) => path === "dos.txt");
  assert.equal(dos?.after, "one\r\nzwei\r\n");
});

test("a file of more than two million characters is not read, and what looks at texts has not passed it", async () => {
  using changed = changedRepo(
    {},
    { "data.js": `a("${"x".repeat(2_000_000)}")\n` },
  );
  const { files } = await changedFiles(await changed.input());
  assert.equal(files[0]?.unread, "large");
  const [analysis] = ANALYSES;
  const tool = analysisTool(analysis, (work) => work());
  const seen = await changed.gather([tool]);
  assert.equal(seen[analysis.name]?.status, "NOT_RUN");
  assert.match(seen[analysis.name]?.summary ?? "", /data\.js is too large/);
});

test("a diff that is cut off is read from the files: what is beyond the cut is found, and what is clean passes", async () => {
  const many = Array.from(
    { length: 20_000 },
    (_, at) => `const v${String(at)} = "some text that fills the line";`,
  );
  const next = [...many.map((line) => `${line} // changed`), "<<<<<<< HEAD"];
  using changed = changedRepo(
    { "a.js": many.join("\n"), "b.js": "<<<<<<< old\n" },
    { "a.js": next.join("\n"), "b.js": "<<<<<<< old\nb();\n" },
  );
  const input = await changed.input();
  assert.match(input.diff, /\[The diff is cut here: /);
  const { cut, added } = await changedFiles(input);
  assert.equal(cut, false);
  assert.equal(added.length, 20_002);
  const seen = await changed.gather([conflictMarkers, secrets]);
  assert.deepEqual(
    seen["conflictMarkers"]?.findings.map(({ path, line }) => [path, line]),
    [["a.js", 20_001]],
  );
  assert.equal(seen["secrets"]?.status, "PASS");
});

test("two texts compared by line: what stays is the same text on both sides, and nothing new is taken for old", () => {
  const line = fc.constantFrom("a", "b", "c", "}", "", "d");
  const text = fc.array(line, { maxLength: 30 }).map((all) => all.join("\n"));
  fc.assert(
    fc.property(text, text, (before, after) => {
      const { added, removed } = compareLines(before, after);
      const kept = (lines: readonly string[], out: ReadonlySet<number>) =>
        lines.filter((_, at) => !out.has(at + 1)).sort();
      assert.deepEqual(
        kept(linesOf(before), removed),
        kept(linesOf(after), added),
      );
      if (before === after) assert.equal(added.size + removed.size, 0);
    }),
    { numRuns: 1000, seed: 4 },
  );
  const { added, removed } = compareLines("a\nb\nc\n", "a\nx\nb\nc\ny\n");
  assert.deepEqual([[...added], [...removed]], [[2, 5], []]);
});

test("lines are counted as git counts them, whatever else a parser takes for a line end", () => {
  const text = "a\u2028b\rc\r\nd\n";
  const at = lineAt(text);
  assert.deepEqual(
    ["a", "b", "c", "d"].map((part) => at(text.indexOf(part))),
    [1, 1, 1, 2],
  );
});
