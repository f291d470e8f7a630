import assert from "node:assert/strict";
import { test } from "node:test";
import { ANALYSES } from "../../../src/adapters/evidence/analyses.ts";
import { analysisTool } from "../../../src/adapters/evidence/analysisTool.ts";
import { changedFiles } from "../../../src/adapters/evidence/changedFiles.ts";
import type { EvidenceTool } from "../../../src/adapters/evidence/tool.ts";
import { changedRepo, runPlainly } from "./change.ts";

type Name = (typeof ANALYSES)[number]["name"];

function tool(name: Name, heapMb?: number): EvidenceTool {
  const analysis = ANALYSES.find((one) => one.name === name);
  assert.ok(analysis);
  return analysisTool(analysis, (work) => work(), heapMb);
}

/** Expressions that keep recheck busy for much longer than any test. */
const SLOW = Array.from(
  { length: 60 },
  (_, at) => `/(?=(${"(?:a|b?){2,9}".repeat(9)}))\\1${String(at)}/;`,
).join("\n");

test("secrets of many services are found in added lines, once, and never repeated", async () => {
  const webhook = [
    "https://hooks.slack.com/services",
    "T0AB1CD2E",
    "B0AB1CD2E",
    "aB3dE6gH9jK2mN5pQ8rS1tU4",
  ].join("/");
  const known = ["ghp", "aB3dE6gH9jK2mN5pQ8rS1tU4vW7xY0zA2bC4"].join("_");
  using changed = changedRepo(
    { "old.txt": `${webhook}\n` },
    {
      "old.txt": `${webhook}\nmore\n`,
      "new.yaml": `a: 1\nhook: ${webhook}\ntoken: ${known}\ndb: mongodb://root:hunter2secret@db.internal:27017/x\n`,
      "quiet.js": `// secretlint-disable\nconst a = "${webhook}";\n`,
    },
  );
  const { secretFormats: seen } = await changed.gather([tool("secretFormats")]);
  assert.deepEqual(
    seen?.findings.map(({ path, line, severity }) => [path, line, severity]),
    [
      ["new.yaml", 2, "critical"],
      ["new.yaml", 4, "medium"],
      ["quiet.js", 2, "critical"],
    ],
  );
  assert.doesNotMatch(JSON.stringify(seen), /T0AB1CD2E|hunter2/);
});

test("ESLint's security rules see JavaScript, JSX and TypeScript, changed lines only, and heed no comment of the change", async () => {
  using changed = changedRepo(
    { "a.js": "eval(a);\n" },
    {
      "a.js": "eval(a);\n/* eslint-disable */\neval(b);\n",
      "b.tsx":
        "interface P<T> { readonly x: T }\nexport const B = <T,>(p: P<T>) => <i>{setTimeout('a()', 1)}</i>;\n",
      "lines.js": "const a = 1;\u2028const b = 2;\r\neval(c);\r\n",
      "dist/c.js": "eval(d);\n",
      "min.js": `${"a();".repeat(900)}eval(e);\n`,
    },
  );
  const { eslintSecurity: seen } = await changed.gather([
    tool("eslintSecurity"),
  ]);
  assert.deepEqual(
    seen?.findings.map(({ path, line }) => [path, line]),
    [
      ["a.js", 3],
      ["b.tsx", 2],
      ["lines.js", 2],
    ],
  );
});

test("a slow regular expression is High when its time is exponential and medium when it is quadratic, with an attack; one that moved is not new", async () => {
  using changed = changedRepo(
    { "old.js": "const moved = /^(x+)+$/;\nconst b = 1;\n" },
    {
      "old.js": "const b = 1;\n",
      "a.ts": [
        "const moved: RegExp = /^(x+)+$/;",
        "export const bad = /^(a+)+$/;",
        "const part = String.raw`\\s+`;",
        "export const trim = new RegExp(part + '$');",
        "export const fine = /^[a-z]+$/;",
      ].join("\n"),
    },
  );
  const { redos: seen } = await changed.gather([tool("redos")]);
  assert.deepEqual(
    seen?.findings.map(({ line, severity }) => [line, severity]),
    [
      [2, "high"],
      [3, "medium"],
    ],
  );
  assert.match(seen.findings[0]?.claim ?? "", /for example on 'a'.*repeat/);
});

test("a file that does not parse keeps an analysis from passing, and is named", async () => {
  using changed = changedRepo({}, { "a.js": "const = ;\n" });
  const seen = await changed.gather([tool("redos"), tool("eslintSecurity")]);
  for (const name of ["redos", "eslintSecurity"]) {
    assert.equal(seen[name]?.status, "NOT_RUN", name);
    assert.match(seen[name].summary, /Not read: a\.js: /, name);
  }
});

test("an analysis that is not done in time is ended and did not run; one that needs too much memory is an error", async () => {
  using changed = changedRepo({}, { "a.js": SLOW });
  const slow = await changed.gather([tool("redos")], { seconds: 0.4 });
  assert.equal(slow["redos"]?.status, "NOT_RUN");
  assert.match(slow["redos"].summary, /was not done .*evidenceSeconds/);
  const large = await changed.gather([tool("redos", 14)]);
  assert.equal(large["redos"]?.status, "ERROR");
  assert.match(large["redos"].summary, /more than 14 MB of memory/);
});

test("a mission that stops ends the process of an analysis before it goes on", async () => {
  using changed = changedRepo({}, { "a.js": SLOW });
  const input = await changed.input();
  const stop = new AbortController();
  const texts = await changedFiles(input);
  const looking = Promise.resolve(
    tool("redos").look({
      ...texts,
      input,
      run: runPlainly,
      signal: stop.signal,
    }),
  );
  stop.abort(new Error("stopped by hand"));
  await assert.rejects(looking, /stopped by hand/);
});

test("a change of nothing that an analysis reads needs no process", async () => {
  using changed = changedRepo({}, { "a.md": "a\n" });
  const seen = await changed.gather([tool("redos", 6)]);
  assert.equal(seen["redos"]?.status, "PASS");
});
