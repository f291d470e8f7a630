import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { readRules } from "../../../src/adapters/rules/readRules.ts";
import { MAX_RULES_BYTES } from "../../../src/protocol/rulesFile.ts";

const EVERYTHING = `threshold: 0.8
quorum: 0.5
rounds: 1
roundMinutes: 5
weights: { security: 1.5 }
veto: [security, qa]
required: [security]
verifications: 4
senior: false
labels:
  auth:
    paths: [src/auth/**, "*.sql"]
    words: [login]
    required: [security]
    veto: [qa]
    threshold: 0.9
evidence:
  required: [secrets]
  seconds: 60
decisionRecords: docs/decisions
`;

describe("a rules file", () => {
  it("is read with the line of each of its keys", () => {
    const read = readRules(EVERYTHING);
    assert.ok(read.ok);
    assert.equal(read.rules.threshold, 0.8);
    assert.deepEqual(read.rules.labels?.["auth"]?.paths, [
      "src/auth/**",
      "*.sql",
    ]);
    assert.equal(read.lines["senior"], 9);
    assert.equal(read.lines["labels.auth"], 11);
    assert.equal(read.lines["evidence.seconds"], 19);
  });

  for (const text of ["", "# nothing yet\n", "---\n", "\uFEFFrounds: 1\r\n"])
    it(`may be ${JSON.stringify(text)}`, () => {
      assert.equal(readRules(text).ok, true);
    });
});

/** The file, where the first fault is, and what is said of it. */
const BAD: readonly [string, string, string, RegExp][] = [
  [
    "an unknown key",
    "quorum: 0.5\ntreshold: 0.8\n",
    "2:1",
    /"treshold", which is not known; did you mean "threshold"\? allowed are threshold, quorum/,
  ],
  [
    "an unknown key of a label",
    "labels:\n  auth:\n    path: [src]\n    words: [x]\n",
    "3:5",
    /not known in labels\.auth; did you mean "paths"\?/,
  ],
  [
    "a key for money",
    "budgetUsd: 1000\n",
    "1:1",
    /"budgetUsd", which is not known; allowed/,
  ],
  [
    "a word for a number",
    "threshold: high\n",
    "1:12",
    /threshold must be a number from 0\.5 to 0\.999; it is "high"/,
  ],
  [
    "a number out of range",
    "rounds: 3\n",
    "1:9",
    /rounds must be 1 or 2; it is 3/,
  ],
  [
    "a number for a role",
    "required:\n  - qa\n  - 3\n",
    "3:5",
    /required\[2\] must be the name of a role, such as security; it is 3/,
  ],
  [
    "yes for true",
    "senior: yes\n",
    "1:9",
    /senior must be true or false; it is "yes"/,
  ],
  [
    "a word for a list",
    "evidence: { required: secrets }\n",
    "1:23",
    /evidence\.required must be a list of evidence tools/,
  ],
  [
    "a label that can never fit",
    "labels:\n  auth:\n    required: [qa]\n",
    "3:5",
    /labels\.auth needs paths or words, or it never fits/,
  ],
  ["a list", "- threshold\n", "1:1", /the file must be keys and values/],
  [
    "a tab",
    "labels:\n\tauth: {}\n",
    "2:1",
    /is not YAML: Tabs are not allowed as indentation/,
  ],
  [
    "a key twice",
    "threshold: 0.8\nthreshold: 0.6\n",
    "2:1",
    /says the same key twice/,
  ],
  [
    "aliases that multiply",
    "a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n",
    "1:7",
    /anchor or alias/,
  ],
  ["a tag", "threshold: !!js/function 1\n", "1:12", /Unresolved tag/],
  [
    "two documents",
    "rounds: 1\n---\nrounds: 2\n",
    "2:1",
    /more than one document/,
  ],
  ["a list as a key", "? [a]\n: 1\n", "1:3", /no plain word/],
  ["deep nesting", "[".repeat(30_000), "1:", /nested too deeply/],
  ["deep lists", `${"- ".repeat(30_000)}a`, "1:", /nested too deeply/],
  ["a broken bracket", "required: [qa\n", "", /is not YAML/],
  [
    "a name of Object.prototype",
    "__proto__: { threshold: 0.5 }\n",
    "1:1",
    /"__proto__", which is not known/,
  ],
  [
    "more than 64 KiB",
    `# ${"x".repeat(MAX_RULES_BYTES)}\n`,
    "1:1",
    /has 65539 bytes; at most 65536 are read/,
  ],
  [
    "bytes that are no UTF-8",
    "rounds: 1\nveto: [s\uFFFDcurity]\n",
    "2:9",
    /not UTF-8/,
  ],
  ["a NUL", "rounds: 1\0\n", "1:10", /not UTF-8/],
  [
    "a folder outside",
    "decisionRecords: ../../etc\n",
    "1:18",
    /decisionRecords must be a folder of the repository/,
  ],
  [
    "an absolute folder",
    "decisionRecords: /etc\n",
    "1:18",
    /a folder of the repository/,
  ],
  [
    "a drive",
    "decisionRecords: C:/etc\n",
    "1:18",
    /a folder of the repository/,
  ],
  [
    "a pattern that climbs",
    "labels: { a: { paths: [../x] } }\n",
    "1:24",
    /must be a pattern of paths/,
  ],
];

describe("a rules file that cannot be used says where and why:", () => {
  for (const [what, text, place, words] of BAD)
    it(what, () => {
      const read = readRules(text);
      assert.ok(!read.ok, "it was taken");
      const [first] = read.faults;
      assert.ok(first);
      assert.match(first.what, words);
      assert.ok(
        `${String(first.line)}:${String(first.column)}`.startsWith(place),
        `at ${String(first.line)}:${String(first.column)}`,
      );
      assert.ok(read.faults.length <= 20);
    });

  it("several faults at once, in the order of the file", () => {
    const read = readRules("rounds: 9\nsenoir: true\nquorum: 7\n");
    assert.ok(!read.ok);
    assert.deepEqual(
      read.faults.map(({ line }) => line),
      [1, 2, 3],
    );
  });
});
