import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { TestContext } from "node:test";
import { missionCounts } from "../../src/app/missionCounts.ts";
import type { Views } from "../../src/app/views.ts";
import { followLog } from "../../src/app/views.ts";
import type { EventLog } from "../../src/ports.ts";
import type { Draft } from "../../src/protocol/event.ts";
import { HUB_STREAM } from "../../src/protocol/event.ts";
import { logFile, opened } from "../adapters/log/fixture.ts";

function opening(missionId: string): Draft {
  return {
    missionId,
    type: "MissionOpened",
    data: {
      kind: "question",
      goal: `goal of ${missionId}`,
      repo: { root: "/r", branch: null, commit: "c", tree: "t" },
      model: "none",
      electorate: [],
      rules: {
        threshold: 750,
        quorum: 600,
        maxRounds: 2,
        roundMs: 60_000,
        vetoRoles: [],
        requiredRoles: [],
        prior: 500,
      },
      budget: { microUsd: 1, turnsPerTask: 1, taskMs: 1000 },
      approve: "ask",
      checks: [],
      maxAttempts: 1,
    },
    by: "human",
  };
}

function closing(missionId: string): Draft {
  return {
    missionId,
    type: "MissionClosed",
    data: { outcome: { kind: "answered", summary: `end of ${missionId}` } },
    by: "hub",
  };
}

function stalling(missionId: string): Draft {
  const problem = { code: "internal", message: "Something.", next: "Resume." };
  return { missionId, type: "MissionStalled", data: { problem }, by: "hub" };
}

function resuming(missionId: string): Draft {
  return { missionId, type: "MissionResumed", data: {}, by: "human" };
}

/** A log whose reads are counted by mission. */
function counted(log: EventLog): {
  readonly log: EventLog;
  readonly read: Set<string>;
} {
  const read = new Set<string>();
  return {
    read,
    log: new Proxy(log, {
      get(target, name) {
        if (name === "read")
          return (query: Parameters<EventLog["read"]>[0]) => {
            read.add(query.missionId ?? "all");
            return target.read(query);
          };
        const value: unknown = Reflect.get(target, name);
        return typeof value === "function"
          ? (value.bind(target) as unknown)
          : value;
      },
    }),
  };
}

function statuses(views: Views): readonly (readonly [string, string])[] {
  return views
    .lines(10)
    .map(({ missionId, status }) => [missionId, status] as const);
}

async function restarted(
  t: TestContext,
  drafts: readonly Draft[],
): Promise<{ views: Views; log: EventLog; read: Set<string> }> {
  const file = logFile(t);
  const before = await opened(t, file);
  const views = followLog(before);
  for (const draft of drafts) await before.append(draft);
  views.dispose();
  await before.dispose();
  const { log, read } = counted(await opened(t, file));
  return { views: followLog(log), log, read };
}

describe("the views after a restart", () => {
  const DRAFTS = [
    opening("closed"),
    opening("stalled"),
    closing("closed"),
    opening("running"),
    stalling("stalled"),
  ];

  it("know every mission, and have read only what goes on", async (t) => {
    const { views, log, read } = await restarted(t, DRAFTS);
    assert.deepEqual(statuses(views), [
      ["running", "running"],
      ["stalled", "stalled"],
      ["closed", "closed"],
    ]);
    assert.deepEqual([...read], ["running"]);
    assert.deepEqual(
      views.open().map((view) => view.line().missionId),
      ["running"],
    );
    assert.equal(views.seq(), DRAFTS.length);
    assert.deepEqual(missionCounts(views, log), {
      running: 1,
      waiting: 0,
      stalled: 1,
      closed: 1,
      endedWell: 1,
    });
  });

  it("read a mission when somebody looks at it", async (t) => {
    const { views } = await restarted(t, DRAFTS);
    assert.equal(views.get("closed")?.line().outcome?.summary, "end of closed");
    assert.equal(views.get("nobody's"), undefined);
    assert.equal(views.get(HUB_STREAM), undefined);
  });

  it("take up a stalled mission that is resumed, and go on from there", async (t) => {
    const { views, log } = await restarted(t, DRAFTS);
    await log.append(resuming("stalled"));
    assert.equal(views.get("stalled")?.line().status, "running");
    await log.append(closing("stalled"));
    assert.deepEqual(statuses(views)[1], ["stalled", "closed"]);
  });

  it("do not trust a line that is older than its mission", async (t) => {
    const { views, log } = await restarted(t, DRAFTS);
    views.dispose();
    log.keepSnapshot("mission", "closed", 1, { status: "running" });
    assert.deepEqual(statuses(followLog(log))[2], ["closed", "closed"]);
  });

  it("remember that everything was stopped", async (t) => {
    const by = "human";
    const pulled = { missionId: HUB_STREAM, type: "StopPulled" as const };
    const { views, log } = await restarted(t, [
      { ...pulled, data: { by }, by },
    ]);
    assert.equal(views.stopped(), true);
    await log.append({ ...pulled, type: "StopReleased", data: { by }, by });
    assert.equal(views.stopped(), false);
  });
});

describe("many missions", () => {
  it("are all listed, though few are kept at hand", async (t) => {
    const log = await opened(t, logFile(t));
    const views = followLog(log);
    const names = Array.from({ length: 300 }, (_, i) => `m${String(i)}`);
    await log.appendAll(names.map(opening));
    await log.appendAll(names.map(closing));
    const listed = views.lines(1000).map(({ missionId }) => missionId);
    assert.deepEqual(listed, names.toReversed());
    assert.equal(views.lines(50).length, 50);
    assert.equal(views.get("m0")?.line().status, "closed");
  });
});
