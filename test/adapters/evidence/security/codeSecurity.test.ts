import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { codeSecurity } from "../../../../src/adapters/evidence/security/codeSecurity.ts";
import { lineMap } from "../../../../src/adapters/evidence/security/lineMap.ts";
import { changed, found, review } from "./reviewing.ts";

const EVAL = "exports.run = (text) => eval(text);\n";

describe("what is read", () => {
  test("a change without JavaScript or TypeScript passes", async () => {
    const { status, summary } = await review(
      changed("a", "b", { path: "README.md" }),
    );
    assert.equal(status, "PASS");
    assert.match(summary, /^No JavaScript or TypeScript/u);
  });

  for (const path of [
    "a.js",
    "a.mjs",
    "a.cjs",
    "a.jsx",
    "a.ts",
    "a.mts",
    "a.tsx",
  ])
    test(`${path} is read`, async () => {
      assert.deepEqual(await found(undefined, EVAL, path), [
        "code-injection high 1",
      ]);
    });

  for (const path of ["a.d.ts", "test/a.js", "src/a.test.ts", "a.min.js"])
    test(`${path} is passed over`, async () => {
      assert.deepEqual(await found(undefined, EVAL, path), []);
    });

  test("a bundle is read only without its source", async () => {
    const bundle = changed(undefined, EVAL, { path: "dist/a.js" });
    assert.equal((await review(bundle)).findings.length, 1);
    const source = changed(undefined, "a();\n", { path: "src/a.js" });
    assert.equal((await review(bundle, source)).findings.length, 0);
  });

  test("minified code is passed over whatever its name", async () => {
    assert.deepEqual(
      await found(undefined, `${"a();".repeat(800)}${EVAL}`),
      [],
    );
  });

  test("syntax of TypeScript, JSX and Flow is understood", async () => {
    for (const [path, code] of [
      ["a.ts", "export const run = <T,>(text: string): T => eval(text) as T;"],
      ["a.tsx", "export const Run = (p: { t: string }) => <b>{eval(p.t)}</b>;"],
      [
        "a.js",
        "// @flow\nexport const run = (text: string): any => eval(text);",
      ],
      ["a.js", "export const Run = ({ t }) => <b>{eval(t)}</b>;"],
    ] as const)
      assert.equal((await found(undefined, code, path)).length, 1, code);
  });

  test("line ends of Windows change nothing", async () => {
    const before =
      'function put(o, k, v) {\r\n  if (k === "__proto__") return;\r\n  o[k] = v;\r\n}\r\n';
    const after = "function put(o, k, v) {\r\n  o[k] = v;\r\n}\r\n";
    assert.deepEqual(await found(before, after), [
      "prototype-pollution high 2",
    ]);
  });
});

describe("what is not read is said", () => {
  test("a file that does not parse cannot pass", async () => {
    const { status, summary, findings } = await review(
      changed(undefined, "function ( {{{"),
    );
    assert.equal(status, "NOT_RUN");
    assert.match(summary, /Not read: lib\/a\.js \(it does not parse: /u);
    assert.deepEqual(findings, []);
  });

  test("what is found in other files still counts", async () => {
    const { status, summary } = await review(
      changed(undefined, "function ( {{{"),
      changed(undefined, EVAL, { path: "lib/b.js" }),
    );
    assert.equal(status, "FAIL");
    assert.match(summary, /^1 place .* Not read: lib\/a\.js/u);
  });

  test("a file without a text, or without its old one", async () => {
    const large = await review(
      changed(undefined, undefined, { status: "modified", unread: "large" }),
    );
    assert.equal(large.status, "NOT_RUN");
    assert.match(large.summary, /lib\/a\.js \(large\)/u);
    const old = await review(
      changed(undefined, "a();\n", { status: "modified", unread: "large" }),
    );
    assert.equal(old.status, "NOT_RUN");
    assert.match(old.summary, /its old version: large/u);
  });

  test("code nested deeper than the parser goes", async () => {
    const { status } = await review(
      changed(undefined, `${"[\n".repeat(50_000)}${"]\n".repeat(50_000)}`),
    );
    assert.equal(status, "NOT_RUN");
  });

  test("a change that is cut cannot pass", async () => {
    const [seen] = await codeSecurity({
      files: [changed(undefined, "a();\n")],
      added: [],
      cut: true,
      signal: new AbortController().signal,
    });
    assert.equal(seen?.status, "NOT_RUN");
  });
});

test("a file of 20,000 lines is read, and what is said of it is bounded", async () => {
  const one = (at: number): string =>
    `exports.f${String(at)} = function (text) {\n  return eval(text + ${String(at)});\n};\n`;
  const text = Array.from({ length: 7000 }, (_, at) => one(at)).join("");
  const { status, findings } = await review(
    changed(undefined, text, {
      addedLines: new Set(Array.from({ length: 21_001 }, (_, at) => at + 1)),
    }),
  );
  assert.equal(status, "FAIL");
  assert.equal(findings.length, 10);
});

test("no text makes it throw", async () => {
  const piece = fc.oneof(
    fc.string(),
    fc.constantFrom(
      "function f(a, b) {",
      "}",
      "if (k === '__proto__') return;",
      "o[k] = v;",
      "for (const k in s)",
      "exec(`ls ${a}`);",
      "=>",
      "class A {",
      "(",
      ")",
      "`${",
      "/(a+)+$/.test(x)",
      "import x from 'y';",
      "path.join(a, b)",
      "<div>",
      "\r\n",
      "\n",
      "'",
      "/*",
      "//",
    ),
  );
  const text = fc
    .array(piece, { maxLength: 25 })
    .map((parts) => parts.join(" "));
  await fc.assert(
    fc.asyncProperty(
      text,
      text,
      fc.constantFrom("a.js", "a.ts", "a.tsx"),
      async (before, after, path) => {
        const { status, findings } = await review(
          changed(before, after, { path }),
        );
        assert.notEqual(status, "ERROR");
        const lines = after.split("\n").length;
        for (const { line, claim } of findings) {
          assert.ok(line >= 1 && line <= lines + 1, `line ${String(line)}`);
          assert.ok(claim.length <= 1000);
        }
      },
    ),
    { numRuns: 300, seed: 4 },
  );
});

test("the same change always gives the same findings in the same order", async () => {
  const file = changed(undefined, EVAL.repeat(3));
  assert.deepEqual(await review(file), await review(file));
});

describe("where an old line is now", () => {
  test("a kept line moves with what was added and removed before it", () => {
    const at = lineMap(new Set([2]), new Set([1, 2]));
    assert.deepEqual([1, 3, 4].map(at), [3, 4, 5]);
  });

  test("a removed line is where the next kept one stands", () => {
    const at = lineMap(new Set([2, 3]), new Set());
    assert.deepEqual([1, 2, 3, 4].map(at), [1, 2, 2, 2]);
  });
});
