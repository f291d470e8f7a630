import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, it } from "node:test";
import { isProblem, type ErrorCode } from "../../src/core/errors.ts";
import {
  SAMPLE_FILES,
  SAMPLE_GOAL,
  SAMPLE_QUESTION,
} from "../../src/adapters/rehearsal/sample.ts";
import { sampleScript } from "../../src/adapters/rehearsal/script.ts";
import type { DataOf, EventType } from "../../src/protocol/event.ts";
import {
  temporaryRepo,
  type TemporaryRepo,
} from "../adapters/git/temporaryRepo.ts";
import { openWorld, soon, type World } from "./world.ts";

const code =
  (...codes: readonly ErrorCode[]) =>
  (error: unknown): boolean =>
    isProblem(error, ...codes);

async function ask(
  { app }: World,
  repo: TemporaryRepo,
  approve: "ask" | "auto" = "auto",
): Promise<string> {
  const { missionId } = await app.perform(
    { kind: "question", goal: SAMPLE_QUESTION, repo: repo.root, approve },
    "human",
  );
  return missionId ?? "";
}

const asked = async (
  { log }: World,
  missionId: string,
): Promise<DataOf<"RulingAsked">> =>
  (await log.waitFor(missionId, "RulingAsked", () => true, soon())).data;

const count = ({ log }: World, missionId: string, type: EventType): number =>
  log.mission(missionId).filter((event) => event.type === type).length;

describe("stopping everything", () => {
  it("ends what runs within a second, keeps new work out, and still does after reopening; release and resume go on", async () => {
    using repo = temporaryRepo(SAMPLE_FILES);
    let missionId: string;
    {
      // The model never answers, as one that is in the middle of a long thought.
      await using world = await openWorld(repo, {
        script: () => ({ kind: "hang", text: "Let me think" }),
      });
      missionId = await ask(world, repo);
      const end = world.app.ended(missionId, soon());
      await world.log.waitFor(missionId, "CallReserved", () => true, soon());
      const startedAt = performance.now();
      await Promise.all([
        world.app.perform({ kind: "stopEverything" }, "human"),
        assert.rejects(end),
      ]);
      assert.ok(performance.now() - startedAt < 1000);
      assert.equal(world.app.snapshot(null).stopped, true);
      await assert.rejects(ask(world, repo), code("stopped"));
      assert.equal(world.app.detail(missionId)?.status, "stalled");
    }
    {
      await using world = await openWorld(repo, { script: sampleScript });
      assert.deepEqual(await world.app.resumeAll(), []);
      await assert.rejects(ask(world, repo), code("stopped"));
      await assert.rejects(
        world.app.perform({ kind: "resume", missionId }, "human"),
        code("stopped"),
      );
      await world.app.perform({ kind: "release" }, "human");
      await world.app.perform({ kind: "resume", missionId }, "human");
      const outcome = await world.app.ended(missionId, soon());
      assert.equal(outcome.kind, "answered");
    }
  });

  it("holds for tasks of outside clients too: no model is asked", async () => {
    using repo = temporaryRepo(SAMPLE_FILES);
    let asked = 0;
    await using world = await openWorld(repo, {
      script: (request) => {
        asked += 1;
        return sampleScript(request);
      },
    });
    const { url, tokenFile } = await world.app.listen();
    const { token } = JSON.parse(readFileSync(tokenFile, "utf8")) as {
      readonly token: string;
    };
    await world.app.perform({ kind: "stopEverything" }, "human");
    const answer = await fetch(`${url}/rpc`, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        authorization: `Bearer ${token}`,
        "a2a-version": "1.0",
      },
      body: JSON.stringify({
        jsonrpc: "2.0",
        id: 1,
        method: "SendMessage",
        params: {
          message: {
            messageId: "m1",
            role: "ROLE_USER",
            parts: [{ text: "What is in src/order.js?" }],
          },
        },
      }),
    });
    assert.match(await answer.text(), /"code":"stopped"/);
    assert.equal(asked, 0);
  });
});

describe("a ruling", () => {
  it("counts for exactly the artifact that waits, the first one stands, and both are on record", async () => {
    using repo = temporaryRepo(SAMPLE_FILES);
    await using world = await openWorld(repo);
    const { app } = world;
    const missionId = await ask(world, repo, "ask");
    const end = app.ended(missionId, soon());
    const { decisionId, artifactHash } = await asked(world, missionId);
    const rule = (
      verdict: "approve" | "reject" | "requestChanges" | "overrule",
      hash = artifactHash,
      reason = "",
    ): Promise<unknown> =>
      app.perform(
        {
          kind: "rule",
          missionId,
          decisionId,
          artifactHash: hash,
          verdict,
          reason,
        },
        "human",
      );

    await assert.rejects(rule("approve", "stale"), code("stale-artifact"));
    await assert.rejects(rule("requestChanges"), code("bad-intent"));
    await assert.rejects(rule("overrule"), code("bad-intent"));
    assert.equal(count(world, missionId, "HumanRuled"), 0);

    const both = await Promise.allSettled([
      rule("approve"),
      rule("reject", artifactHash, "I changed my mind"),
    ]);
    assert.equal((await end).kind, "answered");
    await rule("approve");
    await assert.rejects(rule("reject"), code("bad-intent"));
    assert.equal(both[0].status, "fulfilled");
    assert.equal(count(world, missionId, "HumanRuled"), 1);
  });

  it("on a mission or a decision that is not there changes nothing", async () => {
    using repo = temporaryRepo(SAMPLE_FILES);
    await using world = await openWorld(repo);
    const none = { decisionId: "x", artifactHash: "x", reason: "" };
    await assert.rejects(
      world.app.perform(
        { kind: "rule", missionId: "nowhere", verdict: "approve", ...none },
        "human",
      ),
      code("bad-intent"),
    );
    await assert.rejects(
      world.app.perform(
        {
          kind: "permit",
          missionId: "nowhere",
          permissionId: "x",
          answer: "once",
        },
        "human",
      ),
      code("bad-intent"),
    );
    assert.equal(world.log.read({}).length, 0);
  });
});

describe("the day's budget", () => {
  it("stops the mission that would pass it before the call is made; resume under a higher one goes on", async () => {
    using repo = temporaryRepo(SAMPLE_FILES);
    let missionId: string;
    {
      await using world = await openWorld(repo, {
        settings: { dailyBudgetUsd: 3 },
        callMicroUsd: 1_000_000,
      });
      missionId = await ask(world, repo);
      await assert.rejects(
        world.app.ended(missionId, soon()),
        (error) =>
          isProblem(error, "budget-spent") &&
          /for today/.test(error.message) &&
          /dailyBudgetUsd/.test(error.next),
      );
      assert.equal(count(world, missionId, "CallReserved"), 3);
    }
    await using world = await openWorld(repo, {
      settings: { dailyBudgetUsd: 300, budgetUsd: 200 },
      callMicroUsd: 1_000_000,
    });
    await world.app.perform({ kind: "resume", missionId }, "human");
    const outcome = await world.app.ended(missionId, soon());
    assert.equal(outcome.kind, "answered");
    assert.equal(world.app.detail(missionId)?.spent.capMicroUsd, 200_000_000);
  });

  it("is one cap, the mission's own is another, and raising that one helps too", async () => {
    using repo = temporaryRepo(SAMPLE_FILES);
    let missionId: string;
    {
      await using world = await openWorld(repo, {
        settings: { budgetUsd: 2 },
        callMicroUsd: 1_000_000,
      });
      missionId = await ask(world, repo);
      await assert.rejects(
        world.app.ended(missionId, soon()),
        (error) =>
          isProblem(error, "budget-spent") &&
          /for this mission/.test(error.message),
      );
    }
    await using world = await openWorld(repo, {
      settings: { budgetUsd: 19 },
      callMicroUsd: 1_000_000,
    });
    await world.app.perform({ kind: "resume", missionId }, "human");
    const outcome = await world.app.ended(missionId, soon());
    assert.equal(outcome.kind, "answered");
  });
});

describe("after a restart", () => {
  it("everything that ran goes on, what waits for a person waits again, and what has ended stays ended", async () => {
    using repo = temporaryRepo(SAMPLE_FILES);
    const missions: string[] = [];
    {
      await using world = await openWorld(repo);
      const done = await ask(world, repo);
      await world.app.ended(done, soon());
      const waits = await ask(world, repo, "ask");
      await asked(world, waits);
      const runs = await ask(world, repo);
      missions.push(done, waits, runs);
    }
    await using world = await openWorld(repo);
    const [done = "", waits = "", runs = ""] = missions;
    const resumed = await world.app.resumeAll();
    assert.deepEqual(new Set(resumed), new Set([waits, runs]));
    assert.equal((await world.app.ended(runs, soon())).kind, "answered");
    assert.equal((await world.app.ended(done, soon())).kind, "answered");
    assert.deepEqual(
      world.app.needsYou().map(({ card }) => card.missionId),
      [waits],
    );
    await world.app.perform({ kind: "stop", missionId: waits }, "human");
    assert.equal((await world.app.ended(waits, soon())).kind, "stopped");
    await assert.rejects(
      world.app.perform({ kind: "resume", missionId: done }, "human"),
      code("bad-intent"),
    );
  });
});

describe("stopping one mission", () => {
  it("that has ended leaves the branch that it left for its owner", async () => {
    using repo = temporaryRepo(SAMPLE_FILES);
    repo.run(["checkout", "-q", "--detach"]);
    await using world = await openWorld(repo);
    const { missionId } = await world.app.perform(
      { kind: "build", goal: SAMPLE_GOAL, repo: repo.root, approve: "auto" },
      "human",
    );
    const outcome = await world.app.ended(missionId ?? "", soon());
    assert.equal(outcome.kind, "branchLeft");
    const branches = repo.run(["branch", "--list", "roundtable/*"]);
    assert.notEqual(branches, "");
    await world.app.perform(
      { kind: "stop", missionId: missionId ?? "" },
      "human",
    );
    assert.equal(repo.run(["branch", "--list", "roundtable/*"]), branches);
  });
});

describe("a full disk", () => {
  it("stops the mission with what was stored kept; with room again, resume goes on to the end", async () => {
    using repo = temporaryRepo(SAMPLE_FILES);
    const before = repo.fingerprint();
    let stored: number;
    let missionId: string;
    {
      await using world = await openWorld(repo, { maxPages: 24 });
      missionId = await ask(world, repo);
      await assert.rejects(
        world.app.ended(missionId, soon()),
        (error) =>
          isProblem(error, "log-full") &&
          /is full, so nothing new was stored/.test(error.message) &&
          /free some space and resume/.test(error.next),
      );
      stored = world.log.mission(missionId).length;
    }
    assert.equal(repo.fingerprint(), before);
    await using world = await openWorld(repo);
    assert.ok(world.log.mission(missionId).length >= stored && stored > 0);
    await world.app.perform({ kind: "resume", missionId }, "human");
    const outcome = await world.app.ended(missionId, soon());
    assert.equal(outcome.kind, "answered");
    assert.equal(repo.run(["worktree", "list"]).trim().split("\n").length, 1);
  });
});
