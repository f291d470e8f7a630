import assert from "node:assert/strict";
import { test } from "node:test";
import { churn } from "../../../src/adapters/evidence/churn.ts";
import { hiddenCharacters } from "../../../src/adapters/evidence/hiddenCharacters.ts";
import { missingTests } from "../../../src/adapters/evidence/missingTests.ts";
import { changedRepo } from "./change.ts";

const LONG = "a();\nb();\nc();\nd();\n";

test("source that no test speaks of is named; what a test imports, or is named after, is not", async () => {
  using changed = changedRepo(
    {
      "test/one.test.js": 'import { one } from "../src/one.js";\n',
      "tests/test_three.py": "pass\n",
    },
    {
      "src/one.js": LONG,
      "src/two.js": LONG,
      "src/three.py": LONG,
      "src/four/index.ts": LONG,
      "src/small.js": "a();\n",
      "src/types.d.ts": LONG,
      "test/four.test.ts": LONG,
    },
  );
  const { missingTests: seen } = await changed.gather([missingTests]);
  assert.deepEqual(
    seen?.findings.map(({ path, severity }) => [path, severity]),
    [["src/two.js", "low"]],
  );
});

test("a file that changed in fifteen commits of late is pointed out, by its old name too", async () => {
  using changed = changedRepo(
    { "old.js": `${LONG}${LONG}`, "rare.js": "a\n" },
    {},
  );
  const { repo } = changed;
  for (let at = 0; at < 14; at += 1) {
    repo.write("old.js", `${LONG}${LONG}${String(at)}\n`);
    repo.commit(String(at));
  }
  const base = repo.run(["rev-parse", "HEAD"]).trim();
  repo.run(["mv", "old.js", "new.js"]);
  repo.write("rare.js", "b\n");
  const seen = await changed.gather([churn], { base });
  assert.deepEqual(
    seen["churn"]?.findings.map(({ claim, path }) => [
      path,
      claim.slice(0, 37),
    ]),
    [["new.js", "this file changed in 15 commits of th"]],
  );
});

test("characters that turn text round are found in source of any language, not in prose", async () => {
  using changed = changedRepo(
    {},
    {
      "a.go": "x := 1 // \u202e\n",
      "a.md": "\u202b right to left\n",
    },
  );
  const { hiddenCharacters: seen } = await changed.gather([hiddenCharacters]);
  assert.deepEqual(
    seen?.findings.map(({ path, line }) => [path, line]),
    [["a.go", 1]],
  );
});
