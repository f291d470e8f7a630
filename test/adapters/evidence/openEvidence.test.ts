import assert from "node:assert/strict";
import { test } from "node:test";
import { ANALYSES } from "../../../src/adapters/evidence/analyses.ts";
import { checks } from "../../../src/adapters/evidence/checks.ts";
import { conflictMarkers } from "../../../src/adapters/evidence/conflictMarkers.ts";
import { openEvidence } from "../../../src/adapters/evidence/openEvidence.ts";
import type { EvidenceTool } from "../../../src/adapters/evidence/tool.ts";
import { tools } from "../../../src/adapters/evidence/tools.ts";
import type { CommandResult, EvidenceInput } from "../../../src/ports.ts";
import type { Evidence } from "../../../src/protocol/consensus.ts";

const never = new AbortController().signal;

function inputOf(
  path: string,
  lines: readonly string[],
  checks: EvidenceInput["checks"] = [],
): EvidenceInput {
  return {
    repo: "/nowhere",
    dir: "/nowhere",
    checks,
    change: {
      base: "b",
      baseTree: "bt",
      commit: "c",
      tree: "t",
      conflicts: [],
      files: [{ path, status: "modified", added: lines.length, deleted: 0 }],
    },
    diff: [
      `diff --git a/${path} b/${path}`,
      `--- a/${path}`,
      `+++ b/${path}`,
      `@@ -10,1 +10,${String(lines.length + 1)} @@`,
      " context",
      ...lines.map((line) => `+${line}`),
    ].join("\n"),
  };
}

function ended(exitCode: number): CommandResult {
  return {
    exitCode,
    output: "what it printed",
    timedOut: false,
    sandboxed: true,
    durationMs: 5,
  };
}

/** Those that start no process: the others have tests of their own. */
const quick = tools("").filter(
  ({ name }) => !ANALYSES.some((analysis) => analysis.name === name),
);

async function gather(
  input: EvidenceInput,
  run: () => Promise<CommandResult | undefined> = () =>
    Promise.resolve(undefined),
): Promise<Record<string, Evidence>> {
  const all = await openEvidence({ tools: quick }).gather(input, run, never);
  return Object.fromEntries(all.map((one) => [one.id, one]));
}

test("a harmless change passes everything that could look at it, and needs no model for it", async () => {
  const { churn, ...seen } = await gather(
    inputOf("test/a.test.md", ["const a = 1;"]),
  );
  assert.deepEqual(
    new Set(Object.values(seen).map(({ status }) => status)),
    new Set(["PASS"]),
  );
  // There is no history to read here, which is no pass.
  assert.equal(churn?.status, "NOT_RUN");
});

test("a key in an added line fails a required gate, names the place, and is not repeated", async () => {
  const key = ["ghp", "aB3dE6gH9jK2mN5pQ8rS1tU4vW7xY0zA2bC4"].join("_");
  const { secrets } = await gather(
    inputOf("src/a.js", ["", `const t = "${key}";`]),
  );
  assert.equal(secrets?.status, "FAIL");
  assert.equal(secrets.required, true);
  assert.equal(secrets.findings[0]?.line, 12);
  assert.doesNotMatch(JSON.stringify(secrets), new RegExp(key));
});

test("keys that are plainly examples do not block", async () => {
  const { secrets } = await gather(
    inputOf("README.md", ["AKIAIOSFODNN7EXAMPLE", `npm_${"x".repeat(36)}`]),
  );
  assert.equal(secrets?.status, "PASS");
});

test("conflict markers block; a heading underlined with equals signs does not", async () => {
  const marked = await gather(
    inputOf("a.md", ["<<<<<<< HEAD", "a", "======="]),
  );
  assert.equal(marked["conflictMarkers"]?.status, "FAIL");
  const heading = await gather(inputOf("a.md", ["Title", "======="]));
  assert.equal(heading["conflictMarkers"]?.status, "PASS");
});

for (const [path, line] of [
  ["a.py", "eval(request.body)"],
  ["a.py", "data = pickle.loads(blob)"],
  ["a.py", "requests.get(url, verify=False)"],
] as const)
  test(`${line} is pointed out but blocks nothing by itself`, async () => {
    const { dangerousCalls } = await gather(inputOf(path, [line]));
    assert.equal(dangerousCalls?.status, "FAIL");
    assert.equal(dangerousCalls.required, false);
    assert.equal(dangerousCalls.findings[0]?.line, 11);
  });

for (const line of ["retrieval(1)", "# eval(x)", 'eval("1")'])
  test(`${line} is nothing dangerous`, async () => {
    const { dangerousCalls } = await gather(inputOf("a.py", [line]));
    assert.equal(dangerousCalls?.status, "PASS");
  });

test("source that changes without a test is a low finding", async () => {
  const lines = ["a", "b", "c", "d"];
  const { missingTests } = await gather(inputOf("src/a.ts", lines));
  assert.equal(missingTests?.status, "FAIL");
  assert.equal(missingTests.findings[0]?.severity, "low");
});

test("a check that passes, fails, was not allowed or could not start is told apart", async () => {
  const input = inputOf("a.txt", ["a"], [["npm", "test"]]);
  const id = "checks:npm test";
  const passes = await gather(input, () => Promise.resolve(ended(0)));
  assert.equal(passes[id]?.status, "PASS");
  const fails = await gather(input, () => Promise.resolve(ended(1)));
  assert.equal(fails[id]?.status, "FAIL");
  assert.equal(fails[id].output, "what it printed");
  const refused = await gather(input);
  assert.equal(refused[id]?.status, "NOT_RUN");
  const broken = await gather(input, () => Promise.reject(new Error("ENOENT")));
  assert.equal(broken[id]?.status, "ERROR");
  assert.equal(broken[id].required, true);
});

test("a tool that breaks is an error on the record, and the others still report", async () => {
  const broken = {
    name: "broken",
    required: true,
    look: () => {
      throw new Error("out of order");
    },
  };
  const fine = {
    name: "fine",
    required: false,
    look: () => [{ status: "PASS" as const, summary: "fine", findings: [] }],
  };
  const all = await openEvidence({ tools: [broken, fine] }).gather(
    inputOf("a.txt", ["a"]),
    () => Promise.resolve(undefined),
    never,
  );
  assert.deepEqual(
    all.map(({ tool, status }) => [tool, status]),
    [
      ["broken", "ERROR"],
      ["fine", "PASS"],
    ],
  );
});

test("a check whose tool is not installed says nothing about the change: it did not run", async () => {
  const input = inputOf("src/a.js", ["a();"], [["npm", "test"]]);
  const seen = await gather(input, () =>
    Promise.resolve({
      ...ended(127),
      output: "> x\n\nsh: 1: tap: not found\n",
    }),
  );
  const check = seen["checks:npm test"];
  assert.equal(check?.status, "ERROR");
  assert.match(check.summary, /code 127: sh: 1: tap: not found\. Install/);
});

test("generated and minified code is not read line by line", async () => {
  for (const path of ["dist/a.js", "a.min.js", "vendor/lib/a.js"]) {
    const seen = await gather(
      inputOf(path, ["x = new Function(code);", "a();", "b();", "c();"]),
    );
    assert.equal(seen["dangerousCalls"]?.status, "PASS", path);
    assert.equal(seen["missingTests"]?.status, "PASS", path);
  }
  const bundled = `${"a();".repeat(300)}new Function(code)`;
  const seen = await gather(inputOf("src/a.js", [bundled]));
  assert.equal(seen["dangerousCalls"]?.status, "PASS");
});

test("a diff that was cut cannot pass what was not read of it, and what was found in the rest counts", async () => {
  const note = "\n[The diff is cut here: 900000 characters, 400000 shown.]\n";
  const cut = (lines: readonly string[]): EvidenceInput => {
    const input = inputOf("src/a.js", lines);
    return { ...input, diff: `${input.diff}${note}` };
  };
  const clean = await gather(cut(["a();"]));
  for (const tool of ["secrets", "conflictMarkers", "dangerousCalls"])
    assert.equal(clean[tool]?.status, "NOT_RUN", tool);
  const marked = await gather(cut(["<<<<<<< HEAD"]));
  assert.equal(marked["conflictMarkers"]?.status, "FAIL");
});

test("a tool that never answers did not run, whatever it does with its signal, and the others still report", async () => {
  const hangs: EvidenceTool = {
    name: "hangs",
    required: true,
    look: () => new Promise(() => undefined),
  };
  const all = await openEvidence({
    seconds: 0.05,
    tools: [hangs, conflictMarkers],
  }).gather(inputOf("a.txt", ["a"]), () => Promise.resolve(undefined), never);
  assert.deepEqual(
    all.map(({ id, status, required }) => [id, status, required]),
    [
      ["hangs", "NOT_RUN", true],
      ["conflictMarkers", "PASS", true],
    ],
  );
});

test("commands of tools run one after another and share the time there is; the project's own checks have a limit of their own", async () => {
  const limits: (number | undefined)[] = [];
  let running = 0;
  const asks = (name: string): EvidenceTool => ({
    name,
    required: false,
    runsCommands: true,
    look: async ({ run, signal }) => {
      const result = await run([name], "/nowhere", signal, 700);
      return [
        {
          status: result?.timedOut === true ? "NOT_RUN" : "PASS",
          summary: name,
          findings: [],
        },
      ];
    },
  });
  const all = await openEvidence({
    seconds: 1,
    tools: [asks("one"), asks("two"), asks("three"), checks],
  }).gather(
    inputOf("a.txt", ["a"], [["npm", "test"]]),
    async (_, __, ___, limitMs) => {
      assert.equal(++running, 1);
      limits.push(limitMs);
      await Promise.resolve();
      running -= 1;
      return { ...ended(0), durationMs: limitMs ?? 0 };
    },
    never,
  );
  assert.deepEqual(limits, [700, 300, undefined]);
  assert.deepEqual(
    all.map(({ status }) => status),
    ["PASS", "PASS", "NOT_RUN", "PASS"],
  );
});

test("an aborted look rejects with the reason, and says nothing of the change", async () => {
  const stop = new AbortController();
  const stops: EvidenceTool = {
    name: "stops",
    required: true,
    look: () => {
      stop.abort(new Error("stopped by hand"));
      return new Promise(() => undefined);
    },
  };
  await assert.rejects(
    openEvidence({ tools: [stops] }).gather(
      inputOf("a.txt", ["a"]),
      () => Promise.resolve(undefined),
      stop.signal,
    ),
    /stopped by hand/,
  );
});
