import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
  SAMPLE_FILES,
  SAMPLE_GOAL,
} from "../../src/adapters/rehearsal/sample.ts";
import {
  temporaryRepo,
  type TemporaryRepo,
} from "../adapters/git/temporaryRepo.ts";
import { run, start } from "./terminal.ts";

const missionIn = (text: string): string =>
  /roundtable resume --mission (\S+)/.exec(text)?.[1] ?? "";

const sample = (repo: TemporaryRepo, approve: string): readonly string[] => [
  ...["run", SAMPLE_GOAL, "--repo", repo.root],
  ...["--model", "rehearsal", "--approve", approve],
];

describe("a mission in a terminal", { concurrency: 2 }, () => {
  it("ends at the first Ctrl+C with the way back, and resume carries it to the merge", async () => {
    using repo = temporaryRepo(SAMPLE_FILES);
    const before = repo.fingerprint();
    const running = start(repo.top, sample(repo, "auto"));
    await running.shows("Please build step");
    running.child.kill("SIGINT");
    const { code, out } = await running.ended;
    assert.equal(code, 2);
    assert.match(out, /Interrupted\. Nothing is lost\./);
    assert.equal(repo.fingerprint(), before);

    const args = ["resume", "--repo", repo.root, "--mission", missionIn(out)];
    const resumed = await run(repo.top, args);
    assert.equal(resumed.code, 0, resumed.err);
    assert.match(resumed.out, /Merged into main .* To undo: git revert/);
    assert.equal(repo.run(["status", "--porcelain"]), "");
    assert.equal(repo.run(["branch", "--format=%(refname:short)"]), "main\n");
    assert.equal(repo.run(["worktree", "list"]).trim().split("\n").length, 1);
  });

  it("says at the start that nobody can answer, and lets go at the first question instead of waiting for ever; stop takes away what was made", async () => {
    using repo = temporaryRepo(SAMPLE_FILES);
    const before = repo.fingerprint();
    const { code, out, err } = await run(repo.top, sample(repo, "ask"));
    assert.equal(code, 2);
    assert.match(err, /^Nobody can answer here/);
    assert.match(out, /Asked: The team approves the plan\. Build it\?/);
    assert.notEqual(missionIn(out), "");
    assert.equal(repo.fingerprint(), before);
    const log = await run(repo.top, ["log", "--repo", repo.root]);
    assert.match(log.out, /waiting/);

    const args = ["stop", "--repo", repo.root, "--mission", missionIn(out)];
    const stopped = await run(repo.top, args);
    assert.equal(stopped.code, 0, stopped.err);
    assert.match(stopped.out, /^Stopped\./);
    assert.equal(repo.run(["branch", "--format=%(refname:short)"]), "main\n");
    assert.equal(repo.run(["worktree", "list"]).trim().split("\n").length, 1);
  });

  it("that holds the log keeps a second writer out with a sentence, lets readers read, and loses nothing", async () => {
    using repo = temporaryRepo();
    const hub = start(repo.top, ["hub", "--repo", repo.root, "--json"]);
    await hub.shows("\n");
    for (const args of [
      ["log", "repair"],
      ["run", "x", "--model", "rehearsal"],
      ["review"],
    ]) {
      const ended = await run(repo.top, [...args, "--repo", repo.root]);
      assert.equal(ended.code, 2);
      assert.match(ended.err, /has the log of this workspace open/);
      assert.match(ended.err, /Nothing is lost; go on in the other window/);
    }
    for (const args of [["log"], ["log", "check"]]) {
      const ended = await run(repo.top, [...args, "--repo", repo.root]);
      assert.equal(ended.code, 0, ended.err);
    }
    hub.child.kill("SIGTERM");
    assert.equal((await hub.ended).code, 0);
    assert.equal((await run(repo.top, ["log", "--repo", repo.root])).code, 0);
  });
});
