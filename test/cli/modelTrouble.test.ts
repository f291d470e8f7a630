import assert from "node:assert/strict";
import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { describe, it } from "node:test";
import {
  SAMPLE_FILES,
  SAMPLE_QUESTION,
} from "../../src/adapters/rehearsal/sample.ts";
import { sampleScript } from "../../src/adapters/rehearsal/script.ts";
import { startRehearsal } from "../../src/adapters/rehearsal/startRehearsal.ts";
import type { ScriptedTurn } from "../../src/adapters/rehearsal/turn.ts";
import { temporaryRepo } from "../adapters/git/temporaryRepo.ts";
import { run } from "./terminal.ts";

/** A failure the server would ask to be tried again, without the waits between. */
const failing = (status: number, type: string): ScriptedTurn => ({
  kind: "status",
  status,
  type,
  message: `the service says ${type}`,
  headers: { "x-should-retry": "false" },
});

const TROUBLES: readonly {
  readonly name: string;
  readonly turn: ScriptedTurn;
  readonly says: RegExp;
  readonly next: RegExp;
}[] = [
  {
    name: "a model that refuses says so in its own words",
    turn: { kind: "speech", text: "I would rather not.", stop: "refusal" },
    says: /declined to work on this: I would rather not\./,
    next: /Put the goal in other words/,
  },
  {
    name: "a model whose tool calls are malformed is asked again, then given up",
    turn: { kind: "speech", calls: [{ name: "submit", rawInput: '{"answer' }] },
    says: /did not hand in a usable answer/,
    next: /resume the mission|Resume the mission/,
  },
  {
    name: "an answer that is cut off twice is no answer",
    turn: { kind: "speech", text: "To begin with,", stop: "max_tokens" },
    says: /was cut off twice/,
    next: /smaller goal/,
  },
  {
    name: "a model that runs out of time can be asked again",
    turn: failing(504, "timeout_error"),
    says: /ran out of time/,
    next: /Resume the mission to ask again/,
  },
  {
    name: "a key that is revoked on the way stops the mission, not its work",
    turn: failing(401, "authentication_error"),
    says: /does not accept the API key/,
    next: /Set a valid key/,
  },
  {
    name: "a connection that breaks off in the middle of an answer is told apart from an answer",
    turn: { kind: "cut", text: "To begin" },
    says: /broke off in the middle/,
    next: /Check the network/,
  },
];

describe("a mission whose model fails", { concurrency: 2 }, () => {
  for (const { name, turn, says, next } of TROUBLES)
    it(`${name}; once the cause is gone, resume goes on to the end`, async () => {
      using repo = temporaryRepo(SAMPLE_FILES);
      let broken = true;
      const server = await startRehearsal({
        script: (request) => (broken ? turn : sampleScript(request)),
      });
      try {
        const env = { ANTHROPIC_API_KEY: server.apiKey };
        const where = ["--repo", repo.root, "--base-url", server.baseUrl];
        const before = repo.fingerprint();
        const args = ["--model", "claude", "--approve", "auto"];
        const stalled = await run(
          repo.top,
          ["ask", SAMPLE_QUESTION, ...where, ...args],
          env,
        );
        assert.equal(stalled.code, 2, stalled.out);
        const [said = "", advice = "", way = ""] = stalled.err
          .trim()
          .split("\n");
        assert.match(said, says);
        assert.match(advice, /^Nothing is lost\./);
        assert.match(advice, next);
        const missionId = /--mission (\S+)/.exec(way)?.[1] ?? "";
        assert.equal(repo.fingerprint(), before);

        broken = false;
        const resumed = await run(
          repo.top,
          ["resume", "--mission", missionId, ...where],
          env,
        );
        assert.equal(resumed.code, 0, resumed.err);
        assert.match(resumed.out, /Going on from here/);
        // The record of the approved answer is all that is new.
        const records = await readdir(join(repo.root, "docs", "adr"));
        assert.deepEqual(records.length, 1, records.join(", "));
        await rm(join(repo.root, "docs"), { recursive: true });
        assert.equal(repo.fingerprint(), before);
        assert.equal(
          repo.run(["worktree", "list"]).trim().split("\n").length,
          1,
        );
      } finally {
        await server.dispose();
      }
    });

  it("a wrong key is noticed before anything begins, and is printed nowhere", async () => {
    using repo = temporaryRepo();
    const server = await startRehearsal();
    try {
      const ended = await run(
        repo.top,
        [
          ...["run", "x", "--repo", repo.root, "--model", "claude"],
          ...["--base-url", server.baseUrl],
        ],
        { ANTHROPIC_API_KEY: "sk-ant-wrong-wrong-wrong" },
      );
      assert.equal(ended.code, 2);
      assert.match(ended.err, /does not accept the API key/);
      assert.match(ended.err, /Set a valid key/);
      assert.doesNotMatch(ended.err + ended.out, /wrong-wrong/);
    } finally {
      await server.dispose();
    }
  });
});
