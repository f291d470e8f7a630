import assert from "node:assert/strict";
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { isProblem, type ErrorCode } from "../../src/core/errors.ts";
import { once } from "./tables.ts";
import {
  delegate,
  onBranch,
  TaskHubs,
  taken,
  textOf,
  untilTask,
} from "./taskHubs.ts";

const is =
  (code: ErrorCode) =>
  (error: unknown): boolean =>
    isProblem(error, code);

const edit = (root: string): void => {
  writeFileSync(join(root, "a.txt"), `${textOf(root, "a.txt")}two\n`);
};

describe("work that crosses hubs", () => {
  it("is done on a clone after a person accepted, and comes back as a branch with its review", async () => {
    await using hubs = new TaskHubs();
    const { ada, ben } = await hubs.both();
    ben.work = edit;
    const before = [ada.repo.fingerprint(), ben.repo.fingerprint()];
    const base = ada.repo.run(["rev-parse", "HEAD"]).trim();

    const taskId = await delegate(ada, ben);
    const waiting = await untilTask(ben, "waiting", ada);
    assert.deepEqual(
      [waiting.name, waiting.direction, waiting.title],
      ["Ada", "asked", "Say two instead of one"],
    );
    await untilTask(ada, "waiting", ben);
    assert.equal(ben.worked.length, 0, "nothing runs before a person says yes");
    assert.deepEqual(await ben.repo.git.parcels.clones(), []);

    await ben.ask("peers/answerTask", { taskId, accept: true });
    const line = await once([ada.table, ben.table], () => {
      const now = ada.line();
      return now?.missionId !== undefined && now;
    });
    assert.equal(line.state, "done");
    assert.equal(line.branch, `roundtable/peer/${taskId}`);
    assert.equal(onBranch(ada.repo, line.branch, "a.txt"), "one\ntwo\n");
    assert.equal(
      ada.repo.run(["rev-parse", `${line.branch}^`]).trim(),
      base,
      "on top of what it was given",
    );
    assert.deepEqual(
      [ada.repo.fingerprint(), ben.repo.fingerprint()],
      before,
      "neither checkout was touched",
    );
    const [review] = ada.reviews;
    assert.equal(review?.branch, line.branch);
    assert.equal(review.base, base);
    assert.match(review.goal, /Ben.*Say two instead of one/su);

    const [worked] = ben.worked;
    assert.equal(ben.worked.length, 1);
    assert.equal(worked?.intent, "Say two instead of one");
    assert.ok(worked.root.startsWith(ben.repo.home));
    assert.ok(!existsSync(worked.root), "the clone is gone");
    assert.deepEqual(await ben.repo.git.parcels.clones(), []);
    assert.deepEqual(ben.table.peering.shown().tasks[0]?.state, "done");
  });

  it("ends where a person refuses it, and nothing ran", async () => {
    await using hubs = new TaskHubs();
    const { ada, ben } = await hubs.both();
    const taskId = await delegate(ada, ben);
    await untilTask(ben, "waiting", ada);
    await ben.ask("peers/answerTask", { taskId, accept: false });
    await untilTask(ada, "refused", ben);
    assert.deepEqual(ben.worked, []);
    await assert.rejects(
      ben.ask("peers/answerTask", { taskId, accept: true }),
      is("bad-intent"),
    );
    await assert.rejects(
      ada.ask("peers/cancelTask", { taskId }),
      is("bad-intent"),
    );
  });

  it("needs the scope, a connected hub, and a checkout without changes", async () => {
    await using hubs = new TaskHubs();
    const { ada, ben } = await hubs.both();
    // Ben may not give Ada any: it did not grant that.
    await ada.table.peering.ask(
      "peers/setScopes",
      { hubId: ben.table.self, scopes: ["observe", "message"] },
      "human",
    );
    await once(
      [ada.table, ben.table],
      () => !ben.table.peering.theirs(ada.table.self).includes("task"),
    );
    await assert.rejects(delegate(ben, ada), is("peer-refused"));
    ada.repo.write("a.txt", "changed\n");
    await assert.rejects(delegate(ada, ben), is("dirty-checkout"));
    await assert.rejects(
      ada.ask("peers/delegate", {
        hubId: "a".repeat(52),
        intent: "x",
        repo: ada.repo.root,
      }),
      is("peer-refused"),
    );
    ada.repo.write("a.txt", "one\n");
    ada.stopped = true;
    await assert.rejects(delegate(ada, ben), is("stopped"));
    assert.deepEqual(ben.tasks.lines(), []);
  });

  it("is taken three at a time from one hub, and no more", async () => {
    await using hubs = new TaskHubs();
    const { ada, ben } = await hubs.both();
    for (const n of [1, 2, 3]) await delegate(ada, ben, `Task ${String(n)}`);
    await assert.rejects(delegate(ada, ben, "Task 4"), is("peer-refused"));
    await once([ada.table, ben.table], () => ben.tasks.lines().length === 3);
    // A hub that does not hold itself to that is told no.
    const room = await ada.table.peering.pair(ben.table.self);
    await room.say({
      kind: "taskAsked",
      taskId: "x".repeat(26),
      title: "Task 4",
      intent: "Task 4",
      commit: "1".repeat(40),
      bundle: { sha256: "2".repeat(64), bytes: 10 },
      checks: [],
    });
    await once([ada.table, ben.table], () =>
      room
        .said()
        .some(
          ({ envelope: { body } }) =>
            body.kind === "taskTold" &&
            body.taskId === "x".repeat(26) &&
            body.state === "refused",
        ),
    );
    assert.equal(ben.tasks.lines().length, 3);
  });

  it("that changed nothing says so, and that fails leaves nothing", async () => {
    await using hubs = new TaskHubs();
    const { ada, ben } = await hubs.both();
    await ben.ask("peers/answerTask", {
      taskId: await taken(ada, ben),
      accept: true,
    });
    const done = await untilTask(ada, "done", ben);
    assert.match(done.note, /^Nothing had to be changed/u);
    assert.equal(done.branch, undefined);

    ben.work = (root) => {
      edit(root);
      throw new Error("/home/ben/secret is not there");
    };
    await ben.ask("peers/answerTask", {
      taskId: await taken(ada, ben),
      accept: true,
    });
    const failed = await untilTask(ada, "failed", ben);
    assert.doesNotMatch(failed.note, /secret/u);
    assert.deepEqual(await ben.repo.git.parcels.clones(), []);
    assert.equal(ada.repo.run(["branch", "--list", "roundtable/*"]), "");
  });
});
