import assert from "node:assert/strict";
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { isProblem } from "../../src/core/errors.ts";
import { once } from "./tables.ts";
import {
  onBranch,
  TaskHubs,
  taken,
  textOf,
  untilTask,
  type TaskHub,
} from "./taskHubs.ts";

const edit = (root: string): void => {
  writeFileSync(join(root, "a.txt"), `${textOf(root, "a.txt")}two\n`);
};

describe("work under way at another hub", () => {
  /** Ben's agent works and does not come to an end. */
  async function running(
    ada: TaskHub,
    ben: TaskHub,
  ): Promise<{ readonly taskId: string; readonly ended: Promise<void> }> {
    const { promise: ended, resolve } = Promise.withResolvers<undefined>();
    ben.work = (root, signal) => {
      edit(root);
      signal.addEventListener("abort", () => {
        resolve(undefined);
      });
      return new Promise(() => undefined);
    };
    const taskId = await taken(ada, ben);
    await ben.ask("peers/answerTask", { taskId, accept: true });
    await untilTask(ada, "running", ben);
    return { taskId, ended };
  }

  it("is canceled from either side, and stops when the scope is withdrawn or the hub revoked", async () => {
    await using hubs = new TaskHubs();
    const { ada, ben } = await hubs.both();
    const grant = (scopes: readonly string[]): Promise<unknown> =>
      ben.ask("peers/setScopes", { hubId: ada.table.self, scopes });
    const first = await running(ada, ben);
    await ada.ask("peers/cancelTask", { taskId: first.taskId });
    await first.ended;
    await untilTask(ben, "canceled", ada);
    assert.equal(ada.line()?.state, "canceled");
    await ben.ask("peers/cancelTask", { taskId: await taken(ada, ben) });
    await untilTask(ada, "canceled", ben);

    const second = await running(ada, ben);
    await grant(["observe", "message"]);
    await second.ended;
    assert.match(
      (await untilTask(ada, "failed", ben)).note,
      /no longer taken/u,
    );

    await grant(["observe", "message", "task"]);
    await once([ada.table, ben.table], () =>
      ada.table.peering.theirs(ben.table.self).includes("task"),
    );
    const third = await running(ada, ben);
    await ben.ask("peers/revoke", { hubId: ada.table.self });
    await third.ended;
    await untilTask(ben, "failed");
  });

  it("ends with the kill switch, and what waits cannot be accepted before that is released", async () => {
    await using hubs = new TaskHubs();
    const { ada, ben } = await hubs.both();
    const taskId = await taken(ada, ben);
    const { ended } = await running(ada, ben);
    const { log } = ben.table;
    const turn = async (type: "StopPulled" | "StopReleased"): Promise<void> => {
      ben.stopped = type === "StopPulled";
      await log.append({ missionId: "hub", type, data: { by: "h" }, by: "h" });
    };
    await turn("StopPulled");
    await ended;
    await untilTask(ada, "failed", ben);
    const accepted = (): Promise<unknown> =>
      ben.ask("peers/answerTask", { taskId, accept: true });
    await assert.rejects(accepted(), (error) => isProblem(error, "stopped"));
    await turn("StopReleased");
    await accepted();
  });

  it("has failed when its hub was restarted, is told so, and is not done again by itself", async () => {
    await using hubs = new TaskHubs();
    const { ada, ben } = await hubs.both();
    await running(ada, ben);
    await ben.restart();
    const line = await untilTask(ada, "failed", ben);
    assert.match(line.note, /restarted/u);
    await ben.tasks.settled();
    assert.equal(ben.worked.length, 1);
    assert.deepEqual(await ben.repo.git.parcels.clones(), []);
  });
});

describe("a restart", () => {
  it("of the hub that asked, before and after the other one is done, loses nothing and opens one review", async () => {
    await using hubs = new TaskHubs();
    const { ada, ben } = await hubs.both();
    ben.work = edit;
    const taskId = await taken(ada, ben);
    const { dir } = ada.table;
    await ada.close();
    await ben.ask("peers/answerTask", { taskId, accept: true });
    assert.equal(ben.line()?.state, "accepted", "its bundle is not here yet");
    assert.ok(existsSync(join(dir, "files")));
    await ada.restart();
    const line = await once([ada.table, ben.table], () => {
      const now = ada.line();
      return now?.missionId !== undefined && now;
    });
    assert.equal(onBranch(ada.repo, line.branch ?? "", "a.txt"), "one\ntwo\n");
    await ada.restart();
    await ada.tasks.settled();
    assert.equal(ada.reviews.length, 1);
    assert.equal(ben.worked.length, 1);
  });

  it("of the hub that was asked, while a person thinks and after the work is done, loses nothing either", async () => {
    await using hubs = new TaskHubs();
    const { ada, ben } = await hubs.both();
    ben.work = edit;
    const taskId = await taken(ada, ben);
    await ben.restart();
    assert.equal(ben.line()?.state, "waiting");
    await ada.close();
    await ben.ask("peers/answerTask", { taskId, accept: true });
    await ben.restart();
    await ada.restart();
    await untilTask(ben, "done", ada);
    await ben.restart();
    const line = await untilTask(ada, "done", ben);
    assert.equal(onBranch(ada.repo, line.branch ?? "", "a.txt"), "one\ntwo\n");
    assert.equal(ben.worked.length, 1);
  });
});
