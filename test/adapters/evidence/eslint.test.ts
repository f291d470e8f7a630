import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { eslint } from "../../../src/adapters/evidence/eslint.ts";
import { changedRepo } from "./change.ts";

const CONFIG = `export default [{ files: ["**/*.js"], rules: { eqeqeq: "error", "no-console": "warn" } }];\n`;

test("the workspace's own rules are reported on changed lines only, errors as medium and warnings as low", async () => {
  using changed = changedRepo(
    {
      "eslint.config.mjs": CONFIG,
      "a.js": "export const old = (x) => x == 1;\n\nexport const z = 1;\n",
    },
    {
      "a.js":
        "export const old = (x) => x == 1;\nconsole.log(1);\nexport const z = (x) => x == 2;\n",
    },
    ["eslint"],
  );
  const { eslint: seen } = await changed.gather([eslint]);
  assert.equal(seen?.status, "FAIL", seen?.summary);
  assert.deepEqual(
    seen.findings.map(({ path, line, severity }) => [path, line, severity]),
    [
      ["a.js", 2, "low"],
      ["a.js", 3, "medium"],
    ],
  );
  assert.match(seen.findings[1]?.claim ?? "", /\(eqeqeq\)$/);
});

test("a report the change brings along is not taken for ESLint's, and nothing of ours stays behind", async () => {
  using changed = changedRepo(
    { "eslint.config.mjs": CONFIG, "a.js": "export const a = 1;\n" },
    {
      "eslint.config.mjs": "throw new Error('no such plugin');\n",
      "a.js": "export const a = (x) => x == 1;\n",
      ".roundtable-eslint.json": "[]",
    },
    ["eslint"],
  );
  const input = await changed.input();
  const { eslint: seen } = await changed.gather([eslint]);
  assert.equal(seen?.status, "ERROR");
  assert.match(seen.summary, /did not get to its end/);
  assert.ok(!existsSync(join(input.dir, ".roundtable-eslint.json")));
});

test("a link in place of the report is not followed", async () => {
  using changed = changedRepo(
    {
      "eslint.config.mjs": `import { symlinkSync } from "node:fs";\nprocess.on("exit", () => {});\nsymlinkSync("/etc/hostname", ".roundtable-eslint.json");\nthrow new Error("stop");\n`,
      "a.js": "export const a = 1;\n",
    },
    { "a.js": "export const a = 2;\n" },
    ["eslint"],
  );
  assert.equal((await changed.gather([eslint]))["eslint"]?.status, "ERROR");
});

test("ESLint did not run without a configuration, without its package and without leave", async () => {
  const before = { "eslint.config.mjs": CONFIG, "a.js": "export {};\n" };
  const after = { "a.js": "export {};\n\n" };
  using bare = changedRepo({ "a.js": "export {};\n" }, after, ["eslint"]);
  using without = changedRepo(before, after);
  using refused = changedRepo(before, after, ["eslint"]);
  const run = () => Promise.resolve(undefined);
  const seen = [
    (await bare.gather([eslint]))["eslint"],
    (await without.gather([eslint]))["eslint"],
    (await refused.gather([eslint], { run }))["eslint"],
  ];
  assert.deepEqual(
    seen.map((one) => [one?.status, one?.summary.split(" ").at(-1)]),
    [
      ["NOT_RUN", "configuration."],
      ["NOT_RUN", "run."],
      ["NOT_RUN", "run."],
    ],
  );
});
