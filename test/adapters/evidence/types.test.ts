import assert from "node:assert/strict";
import { test } from "node:test";
import { types } from "../../../src/adapters/evidence/types.ts";
import { changedRepo } from "./change.ts";

const TSCONFIG = JSON.stringify({
  compilerOptions: {
    strict: true,
    module: "nodenext",
    types: [],
    lib: ["es5"],
  },
  include: ["src"],
});
const SOUND = "export const size = (text: string): number => text.length;\n";
const OLD_ERROR = "export const old: number = 'text';\n";

test("type errors the change brings are found, in files it left alone too, and those that were there are not", async () => {
  using changed = changedRepo(
    {
      "tsconfig.json": TSCONFIG,
      "src/size.ts": SOUND,
      "src/old.ts": OLD_ERROR,
      "src/use.ts": 'import { size } from "./size.js";\nsize("a");\n',
    },
    {
      "src/size.ts": SOUND.replace("text: string", "text: readonly string[]"),
      "src/old.ts": `// moved down\n\n${OLD_ERROR}`,
    },
    ["typescript"],
  );
  const { types: seen } = await changed.gather([types]);
  assert.equal(seen?.status, "FAIL", seen?.summary);
  assert.deepEqual(
    seen.findings.map(({ path, line, severity }) => [path, line, severity]),
    [["src/use.ts", 2, "high"]],
  );
  assert.match(seen.findings[0]?.claim ?? "", /^TS2345: /);
});

test("a sound change passes, also where one configuration only names others", async () => {
  using changed = changedRepo(
    {
      "tsconfig.json": '{ "files": [], "references": [{ "path": "./src" }] }',
      "src/tsconfig.json": JSON.stringify({
        compilerOptions: { strict: true, types: [], lib: ["es5"] },
      }),
      "src/size.ts": SOUND,
    },
    { "src/size.ts": `${SOUND}export const one = size("a");\n` },
    ["typescript"],
  );
  assert.equal((await changed.gather([types]))["types"]?.status, "PASS");
});

test("a package that is not installed is no finding, and what follows from it is not High", async () => {
  using changed = changedRepo(
    { "tsconfig.json": TSCONFIG, "src/size.ts": SOUND },
    {
      "src/size.ts": `import { a } from "not-installed";\nexport const b: string = a;\nexport const c: string = 1;\n`,
    },
    ["typescript"],
  );
  const { types: seen } = await changed.gather([types]);
  assert.deepEqual(
    seen?.findings.map(({ line, severity }) => [line, severity]),
    [[3, "medium"]],
  );
});

test("types were not checked without a configuration, without TypeScript, without leave and without time, and each says why", async () => {
  const files = { "src/size.ts": `${SOUND}\n` };
  const before = { "tsconfig.json": TSCONFIG, "src/size.ts": SOUND };
  using bare = changedRepo({ "src/size.ts": SOUND }, files, ["typescript"]);
  using without = changedRepo(before, files);
  using full = changedRepo(before, files, ["typescript"]);
  const refused = await full.gather([types], {
    run: () => Promise.resolve(undefined),
  });
  using late = changedRepo(before, files, ["typescript"]);
  const seen = [
    (await bare.gather([types]))["types"],
    (await without.gather([types]))["types"],
    refused["types"],
    (await late.gather([types], { seconds: 0.001 }))["types"],
  ];
  assert.deepEqual(
    seen.map((one) => one?.status),
    ["NOT_RUN", "NOT_RUN", "NOT_RUN", "NOT_RUN"],
  );
  for (const [at, why] of [
    /No tsconfig\.json/,
    /npm ci/,
    /not allowed/,
    /not done .* in time/,
  ].entries())
    assert.match(seen[at]?.summary ?? "", why);
});

test("a change without TypeScript has no types to check", async () => {
  using changed = changedRepo({ "a.md": "a\n" }, { "a.md": "b\n" });
  assert.equal((await changed.gather([types]))["types"]?.status, "PASS");
});
