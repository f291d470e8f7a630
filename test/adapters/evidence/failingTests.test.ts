import assert from "node:assert/strict";
import { test } from "node:test";
import { checks } from "../../../src/adapters/evidence/checks.ts";
import { readFailures } from "../../../src/adapters/evidence/failingTests.ts";
import { changedRepo } from "./change.ts";

const OUTPUTS: Readonly<Record<string, readonly [string, string]>> = {
  Jest: [
    `FAIL src/sum.test.js
  ● sum › adds

    expect(received).toBe(expected) // Object.is equality

      at Object.toBe (node_modules/expect/build/index.js:1:2)
      at Object.<anonymous> (src/sum.test.js:5:17)
`,
    'src/sum.test.js:5 the test "sum › adds" fails',
  ],
  Vitest: [
    ` FAIL  src/sum.test.ts > sum > adds
AssertionError: expected 3 to be 4
 ❯ src/sum.test.ts:7:20
      5|
`,
    'src/sum.test.ts:7 the test "sum > adds" fails',
  ],
  Mocha: [
    `  1 failing

  1) sum
       adds:
     AssertionError [ERR_ASSERTION]: 3 == 4
      at Context.<anonymous> (test/sum.js:9:12)
      at process.processImmediate (node:internal/timers:476:21)
`,
    'test/sum.js:9 the test "sum" fails',
  ],
  pytest: [
    `tests/test_sum.py:4: AssertionError
=========================== short test summary info
FAILED tests/test_sum.py::test_adds - assert 3 == 4
`,
    "tests/test_sum.py:4 a test fails: AssertionError",
  ],
  Go: [
    `--- FAIL: TestAdds (0.00s)
    sum_test.go:12: got 3, want 4
`,
    'sum_test.go:12 the test "TestAdds" fails',
  ],
  Rust: [
    `---- tests::adds stdout ----

thread 'tests::adds' panicked at src/lib.rs:9:9:
`,
    'src/lib.rs:9 the test "tests::adds" fails',
  ],
  "tsc, in colour": [
    "\u001b[31msrc/a.ts(3,7): error TS2322: Type 'string' is not assignable to type 'number'.\u001b[0m\n",
    "src/a.ts:3 TS2322: Type 'string' is not assignable to type 'number'.",
  ],
  "a program that is no test runner": ["src/a.js:3 is fine\n", ""],
};

for (const [runner, [output, wanted]] of Object.entries(OUTPUTS))
  test(`failures in the output of ${runner}`, () => {
    assert.equal(
      readFailures(output)
        .map(({ path, line, claim }) => `${path}:${String(line)} ${claim}`)
        .join("\n"),
      wanted,
    );
  });

for (const reporter of ["spec", "tap"])
  test(`a test that fails under node:test with the reporter ${reporter} is a finding on its line`, async () => {
    using changed = changedRepo(
      {},
      {
        "test/sum.test.mjs":
          'import assert from "node:assert/strict";\nimport { test } from "node:test";\ntest("holds", () => {});\ntest("adds", () => { assert.equal(1 + 1, 3); });\n',
      },
    );
    const argv = ["node", "--test", `--test-reporter=${reporter}`];
    const seen = await changed.gather([checks], { checks: [argv] });
    const check = seen[`checks:${argv.join(" ")}`];
    assert.equal(check?.status, "FAIL", check?.output);
    assert.deepEqual(check.findings, [
      {
        path: "test/sum.test.mjs",
        line: 4,
        claim: 'the test "adds" fails',
        severity: "high",
      },
    ]);
  });
