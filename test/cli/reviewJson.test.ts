import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { ReviewReport } from "../../src/protocol/reviewReport.ts";
import {
  temporaryRepo,
  type TemporaryRepo,
} from "../adapters/git/temporaryRepo.ts";
import { run, type Ended } from "./terminal.ts";

const FIRST: Readonly<Record<string, string>> = {
  "package.json": JSON.stringify({ name: "runner", version: "1.0.0" }),
  "index.js": `"use strict";
const { execFile } = require("node:child_process");

exports.list = function list(folder, done) {
  execFile("ls", ["-l", folder], done);
};
`,
};

/** A repository whose last commit puts a shell between a caller and a command. */
function shelled(): TemporaryRepo {
  const repo = temporaryRepo(FIRST);
  repo.write(
    "index.js",
    `"use strict";
const { exec } = require("node:child_process");

exports.list = function list(folder, done) {
  exec("ls -l " + folder, done);
};
`,
  );
  repo.commit("shorter");
  return repo;
}

function review(repo: TemporaryRepo, ...args: string[]): Promise<Ended> {
  return run(repo.top, ["review", "--repo", repo.root, "--json", ...args]);
}

const RANGE = ["--base", "HEAD~1", "--head", "HEAD"];

/** Standard output as the one document it must be. */
function documentOf({ out, err }: Ended): ReviewReport {
  assert.equal(out.trimEnd().split("\n").length, 1, out + err);
  return ReviewReport.parse(JSON.parse(out));
}

describe("a review as one JSON document", { concurrency: 2 }, () => {
  it("holds what was compared, how it ended, every check and every finding with its place", async () => {
    using repo = shelled();
    const ended = await review(repo, ...RANGE, "--approve", "auto");
    const report = documentOf(ended);
    assert.equal(ended.code, 1, ended.err);
    assert.equal(report.v, 1);
    assert.equal(report.repository, repo.root);
    assert.deepEqual(report.scope, {
      kind: "range",
      base: "HEAD~1",
      head: "HEAD",
    });
    assert.equal(report.base, repo.run(["rev-parse", "HEAD~1"]).trim());
    assert.equal(report.head, repo.run(["rev-parse", "HEAD"]).trim());
    assert.deepEqual(
      report.files.map(({ path, status }) => `${status} ${path}`),
      ["modified index.js"],
    );
    assert.equal(report.outcome?.kind, "blocked");
    assert.equal(report.decision.outcome, "blocked");
    assert.match(report.decision.because, /index\.js:5/);
    assert.equal(report.evidenceOnly, true);
    assert.deepEqual(
      [report.decision.electorate, report.decision.ballots, report.cost.calls],
      [0, 0, 0],
    );
    const names = report.checks.map(({ tool }) => tool);
    for (const tool of ["secrets", "codeSecurity", "size"])
      assert.ok(names.includes(tool), names.join());
    const found = report.findings.find(
      ({ rule }) => rule === "command-injection",
    );
    assert.equal(found?.path, "index.js");
    assert.equal(found.line, 5);
    assert.equal(found.severity, "high");
    assert.equal(found.standing, "CONFIRMED");
    assert.equal(found.blocks, true);
    assert.ok(found.raisedBy.some((by) => by.startsWith("tool:")));
    assert.equal(report.problem, null);
    // What is said on the way is for people, and goes to standard error.
    assert.match(ended.err, /What the tools found:/);
    assert.match(ended.err, /Blocked\./);
  });

  it("says of uncommitted changes that there is no commit yet, and of an accepted one that it is", async () => {
    using repo = temporaryRepo(FIRST);
    repo.write("notes.md", "# Notes\n");
    const ended = await review(repo, "--approve", "auto");
    const report = documentOf(ended);
    assert.equal(ended.code, 0, ended.err);
    assert.equal(report.head, null);
    assert.deepEqual(report.scope, { kind: "working" });
    assert.equal(report.outcome?.kind, "accepted");
    assert.deepEqual(
      report.findings.filter(({ blocks }) => blocks),
      [],
    );
  });

  it("has no outcome and ends with 2 while it waits for a person who is not there", async () => {
    using repo = shelled();
    repo.write("notes.md", "# Notes\n");
    repo.run(["add", "notes.md"]);
    const ended = await review(
      repo,
      ...["--staged", "--approve", "ask", "--check", "no-such-program-here"],
    );
    const report = documentOf(ended);
    assert.equal(ended.code, 2, ended.err);
    assert.deepEqual(report.scope, { kind: "staged" });
    assert.equal(report.outcome, null);
    assert.equal(report.decision.outcome, "escalated");
    assert.match(report.decision.because, /could not run/);
    assert.ok(report.checks.some(({ status }) => status === "ERROR"));
    assert.match(ended.err, /roundtable resume --mission/);
  });

  it("is not printed for bad input: standard output stays empty and the code is 2", async () => {
    using repo = shelled();
    const ended = await review(repo, "--base", "no-such-revision");
    assert.equal(ended.code, 2);
    assert.equal(ended.out, "");
    assert.match(ended.err, /no-such-revision/);
  });
});
