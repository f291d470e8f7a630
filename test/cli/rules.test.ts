import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { temporaryRepo } from "../adapters/git/temporaryRepo.ts";
import { run } from "./terminal.ts";

const RULES = ".roundtable/rules.yaml";

describe("roundtable rules check", { concurrency: 3 }, () => {
  it("shows each rule in force and where it comes from, and says what is not committed yet", async () => {
    using repo = temporaryRepo({ [RULES]: "threshold: 0.8\n" });
    const check = (): ReturnType<typeof run> =>
      run(repo.top, ["rules", "check", "--repo", repo.root]);
    const { code, out, err } = await check();
    assert.equal(code, 0, err);
    assert.match(out, /^Rules at HEAD$/m);
    assert.match(out, /threshold +0\.8 +\.roundtable\/rules\.yaml:1$/m);
    assert.match(out, /quorum +0\.6 +default$/m);

    repo.write(RULES, "threshold: 0.8\nqorum: 1\n");
    const dirty = await check();
    assert.equal(dirty.code, 1);
    assert.match(dirty.out, /threshold +0\.8/);
    assert.match(dirty.err, /rules\.yaml:2:1 .*did you mean "quorum"/);
  });

  it("holds a mission up with the same words, exit code 2 and nothing begun", async () => {
    using repo = temporaryRepo({ [RULES]: "rounds: many\n" });
    const { code, out, err } = await run(repo.top, [
      ...["ask", "x", "--repo", repo.root],
      ...["--model", "rehearsal", "--approve", "auto"],
    ]);
    assert.equal(code, 2);
    assert.equal(out, "");
    assert.match(
      err,
      /rules\.yaml:1:9 rounds must be 1 or 2; it is "many"\.\nNothing was started\./,
    );
  });

  it("a role that must vote keeps a review without a model from being accepted", async () => {
    using repo = temporaryRepo({
      "a.md": "one\n",
      [RULES]: "required: [security]\n",
    });
    repo.write("a.md", "two\n");
    const { code, out } = await run(repo.top, [
      ...["review", "--repo", repo.root, "--model", "none"],
      ...["--approve", "auto"],
    ]);
    assert.equal(code, 1, out);
    assert.match(out, /Not accepted/);
  });

  it("trust and plans are said not to be there yet", async () => {
    using repo = temporaryRepo();
    const trust = await run(repo.top, ["trust", "--repo", repo.root]);
    assert.equal(trust.code, 0);
    assert.match(trust.out, /^Nothing is learned yet/);
    const plan = await run(repo.top, [
      ...["plan", "--mission", "nowhere", "--repo", repo.root],
    ]);
    assert.equal(plan.code, 2);
    assert.match(plan.err, /"nowhere"/);
  });
});
