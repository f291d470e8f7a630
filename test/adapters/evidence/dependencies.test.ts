import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { dependencies } from "../../../src/adapters/evidence/dependencies.ts";
import { lockedPackages } from "../../../src/adapters/evidence/lockedPackages.ts";
import { updateAdvisories } from "../../../src/adapters/evidence/updateAdvisories.ts";
import { isProblem } from "../../../src/core/errors.ts";
import type { CommandResult } from "../../../src/ports.ts";
import { changedRepo, type ChangedRepo } from "./change.ts";

const ADVISORIES = JSON.stringify({
  slow: {
    vulnerabilities: [
      {
        below: "2.1.0",
        atOrAbove: "2.0.0",
        severity: "critical",
        cwe: ["CWE-1321"],
        identifiers: { summary: "prototype pollution", CVE: ["CVE-2020-1"] },
        info: ["https://example.org/1"],
      },
    ],
    extractors: { filecontent: ["slow v(§§version§§)"] },
  },
});

function lock(versions: Readonly<Record<string, string>>): string {
  const packages: Record<string, object> = { "": { name: "app" } };
  for (const [name, version] of Object.entries(versions))
    packages[`node_modules/${name}`] = { version, license: "MIT" };
  return `${JSON.stringify({ name: "app", lockfileVersion: 3, packages }, null, 2)}\n`;
}

function raised(): ChangedRepo {
  return changedRepo(
    { "package-lock.json": lock({ fine: "1.0.0", slow: "1.9.0" }) },
    { "package-lock.json": lock({ fine: "1.0.1", slow: "2.0.5" }) },
  );
}

function advisoriesAt({ repo }: ChangedRepo): string {
  const file = join(repo.top, "advisories.json");
  writeFileSync(file, ADVISORIES);
  return file;
}

function answers(output: string): () => Promise<CommandResult> {
  return () =>
    Promise.resolve({
      exitCode: 1,
      output,
      timedOut: false,
      sandboxed: true,
      durationMs: 1,
    });
}

const refused = () => Promise.resolve(undefined);

test("a package raised to a version with a known vulnerability is a finding on its line of the lock file, one step milder than the advisory", async () => {
  using changed = raised();
  const tool = dependencies(advisoriesAt(changed));
  const seen = await changed.gather([tool], { run: refused });
  assert.deepEqual(seen["dependencies:advisories"]?.findings, [
    {
      path: "package-lock.json",
      line: 12,
      claim:
        "slow 2.0.5: prototype pollution (CVE-2020-1); it is gone in 2.1.0",
      severity: "high",
    },
  ]);
});

test("what npm's registry knows is a finding only of the copies that the change brings in", async () => {
  using changed = raised();
  const advisory = {
    title: "Slow",
    url: "https://example.org/2",
    severity: "high",
    range: "<=2.0.5",
  };
  const report = JSON.stringify({
    vulnerabilities: {
      slow: { name: "slow", via: [advisory], nodes: ["node_modules/slow"] },
      user: { name: "user", via: ["slow"], nodes: ["node_modules/user"] },
      other: {
        name: "fine",
        via: [{ ...advisory, title: "Elsewhere" }],
        nodes: ["node_modules/user/node_modules/fine"],
      },
    },
  });
  const seen = await changed.gather([dependencies("")], {
    run: answers(report),
  });
  assert.deepEqual(seen["dependencies:npm audit"]?.findings, [
    {
      path: "package-lock.json",
      line: 12,
      claim: "slow 2.0.5: Slow (https://example.org/2); versions <=2.0.5",
      severity: "medium",
    },
  ]);
});

test("no file of advisories, no leave to ask the registry and no network are each told, with what to do", async () => {
  using changed = raised();
  const tool = dependencies(join(changed.repo.top, "none.json"));
  const asked = await changed.gather([tool], { run: refused });
  const advisories = asked["dependencies:advisories"];
  assert.equal(advisories?.status, "NOT_RUN");
  assert.match(advisories.summary, /roundtable advisories update/);
  assert.match(
    asked["dependencies:npm audit"]?.summary ?? "",
    /not allowed to run/,
  );
  const offline = JSON.stringify({
    message: "request to https://registry.example.org failed",
    error: { code: "ENOTFOUND", summary: "", detail: "" },
  });
  using again = raised();
  const audit = (await again.gather([tool], { run: answers(offline) }))[
    "dependencies:npm audit"
  ];
  assert.equal(audit?.status, "NOT_RUN");
  assert.match(audit.summary, /failed\)\. .*no network/);
});

test("a change without new packages passes, and asks nobody", async () => {
  using changed = changedRepo(
    { "package-lock.json": lock({ slow: "2.0.5" }) },
    { "package-lock.json": lock({ slow: "2.0.5" }).replace("MIT", "ISC") },
  );
  const seen = await changed.gather([dependencies("")], {
    run: () => Promise.reject(new Error("asked")),
  });
  assert.equal(seen["dependencies"]?.status, "PASS");
});

test("a manifest counts where there is no lock file, at the lowest version it allows", async () => {
  using changed = changedRepo(
    { "package.json": '{\n  "name": "app"\n}\n' },
    {
      "package.json":
        '{\n  "dependencies": {\n    "slow": "^2.0.0",\n    "other": "*"\n  }\n}\n',
    },
  );
  const tool = dependencies(advisoriesAt(changed));
  const seen = await changed.gather([tool], { run: refused });
  const [finding] = seen["dependencies:advisories"]?.findings ?? [];
  assert.equal(finding?.line, 3);
  assert.match(finding.claim, /^allows slow 2\.0\.0: /);
});

test("lock files of npm, Yarn and pnpm are read, with the line of each package", () => {
  const files: Readonly<Record<string, string>> = {
    "package-lock.json":
      '{\n  "dependencies": {\n    "@a/b": {\n      "version": "1.2.3",\n',
    "yarn.lock": '"@a/b@^1.0.0", "@a/b@^1.2.0":\n  version "1.2.3"\n',
    "sub/yarn.lock": '"@a/b@npm:^1.0.0":\n  version: 1.2.3\n',
    "pnpm-lock.yaml": "packages:\n  '@a/b@1.2.3(peer@1.0.0)':\n",
  };
  for (const [path, text] of Object.entries(files)) {
    const [found, ...more] = lockedPackages(path, text);
    assert.deepEqual([found?.name, found?.version], ["@a/b", "1.2.3"], path);
    assert.deepEqual(more, [], path);
  }
});

test("advisories are kept only when they are such; otherwise those before stay", async (t) => {
  using changed = raised();
  const { top } = changed.repo;
  const [from, file] = [join(top, "from.json"), join(top, "kept/a.json")];
  writeFileSync(from, ADVISORIES);
  assert.equal(await updateAdvisories(from, file, t.signal), 1);
  assert.equal(readFileSync(file, "utf8"), ADVISORIES);
  for (const bad of ["{", "{}", '{"a":{"vulnerabilities":[{"below":"x"}]}}']) {
    writeFileSync(from, bad);
    await assert.rejects(updateAdvisories(from, file, t.signal), (error) =>
      isProblem(error, "tool-failed"),
    );
  }
  await assert.rejects(
    updateAdvisories("http://127.0.0.1:9/a.json", file, t.signal),
    /only https/,
  );
  assert.equal(readFileSync(file, "utf8"), ADVISORIES);
});
