import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, it } from "node:test";
import { isProblem } from "../../src/core/errors.ts";
import type { Hub } from "../../src/hub/hub.ts";
import type { EventLog } from "../../src/ports.ts";
import type { WorkOf } from "../../src/protocol/work.ts";
import { memoryLog } from "../fakes/memoryLog.ts";
import type { ScriptedAgent } from "./scriptedAgent.ts";
import { seatAgent } from "./scriptedAgent.ts";
import { quietHub } from "./table.ts";

const never = new AbortController().signal;
const MISSION = "mission-1";

/** Work a scripted agent answers with a plan, unless it is told to follow another script. */
function plan(key: string): WorkOf<"plan"> {
  return {
    kind: "plan",
    missionId: MISSION,
    key,
    goal: "Make it so.",
    attempt: 1,
    root: "/repo",
    writable: false,
    findings: [],
    remarks: [],
  };
}

/** Resolves once the agent was given that many executions. */
async function given(agent: ScriptedAgent, count: number): Promise<void> {
  while (agent.executed.length < count)
    await new Promise((resolve) => {
      setImmediate(resolve);
    });
}

describe("the team", { timeout: 60_000 }, () => {
  let log: EventLog;
  const hubs: Hub[] = [];
  beforeEach(() => {
    log = memoryLog();
  });
  afterEach(async () => {
    for (const hub of hubs.splice(0)) await hub.dispose();
    await log.dispose();
  });

  async function start(): Promise<{ hub: Hub; agent: ScriptedAgent }> {
    const hub = quietHub(log);
    hubs.push(hub);
    const agent = await seatAgent(hub.connectInProcess(), "planner");
    return { hub, agent };
  }

  const types = (): string[] => log.mission(MISSION).map((event) => event.type);

  it("gives work as a readable A2A message and brings back the answer", async () => {
    const { hub } = await start();
    const reply = await hub.team.ask("planner", plan("a"), never);
    assert.ok(reply.ok);
    assert.equal(reply.answer.plan.summary, "Do it.");
    assert.equal(reply.lineage, "scripted-1");
    const [submitted] = log.mission(MISSION);
    assert.equal(submitted?.type, "TaskSubmitted");
    const { message } = submitted.data;
    assert.equal(message.contextId, MISSION);
    assert.equal(message.parts[0]?.text, "Please plan: Make it so.");
    assert.equal(message.metadata?.["doing"], "planning");
    assert.deepEqual(types(), [
      "TaskSubmitted",
      "TaskStatusChanged",
      "TaskArtifactAdded",
      "TaskStatusChanged",
    ]);
    assert.deepEqual(hub.team.seats(), [
      {
        agentId: "planner",
        role: "planner",
        name: "planner",
        lineage: "scripted-1",
        hub: "test table",
        weight: 1,
      },
    ]);
  });

  it("asks once for one key: at the same time, later, and after a restart without the agent", async () => {
    const { hub, agent } = await start();
    const both = await Promise.all([
      hub.team.ask("planner", plan("a"), never),
      hub.team.ask("planner", plan("a"), never),
    ]);
    const later = await hub.team.ask("planner", plan("a"), never);
    await hub.team.ask("planner", plan("b"), never);
    assert.equal(agent.executed.length, 2);
    await hub.dispose();
    const next = quietHub(log);
    hubs.push(next);
    const answered = await next.team.ask("planner", plan("a"), never);
    for (const reply of [...both, later, answered]) assert.ok(reply.ok);
  });

  it("takes up the same task after a crash in the middle of it", async () => {
    const first = await start();
    first.agent.follow("hang");
    const asked = first.hub.team.ask("planner", plan("a"), never);
    const outcome = assert.rejects(asked, (error: unknown) =>
      isProblem(error, "hub-failed"),
    );
    await log.waitFor(MISSION, "TaskStatusChanged", () => true, never);
    await first.hub.dispose();
    await outcome;
    const second = await start();
    const reply = await second.hub.team.ask("planner", plan("a"), never);
    assert.ok(reply.ok);
    assert.deepEqual(second.agent.executed, first.agent.executed);
    assert.equal(types().filter((type) => type === "TaskSubmitted").length, 1);
  });

  it("gives an agent's no as a value, the same after a crash, and asks anew once the mission was resumed", async () => {
    const first = await start();
    first.agent.follow("say the key is wrong");
    const expected = {
      ok: false,
      code: "bad-key",
      message: "the key is wrong",
    };
    assert.deepEqual(
      await first.hub.team.ask("planner", plan("a"), never),
      expected,
    );
    await first.hub.dispose();
    const second = await start();
    assert.deepEqual(
      await second.hub.team.ask("planner", plan("a"), never),
      expected,
    );
    assert.equal(second.agent.executed.length, 0);
    await log.append({
      missionId: MISSION,
      type: "MissionResumed",
      data: {},
      by: "human",
    });
    assert.ok((await second.hub.team.ask("planner", plan("a"), never)).ok);
  });

  it("tells apart how work can go wrong", async () => {
    const { hub, agent } = await start();
    for (const [script, code, message] of [
      ["fail with words", "model-failed", "with words"],
      ["reject", "task-failed", "not for me"],
      ["nothing", "task-failed", "The agent stopped without a result."],
      ["echo no answer", "model-malformed", /without an answer/],
    ] as const) {
      agent.follow(script);
      const reply = await hub.team.ask("planner", plan(script), never);
      assert.ok(!reply.ok);
      assert.equal(reply.code, code);
      if (typeof message === "string") assert.equal(reply.message, message);
      else assert.match(reply.message, message);
    }
    const missing = await hub.team.ask("nobody", plan("x"), never);
    assert.ok(!missing.ok);
    assert.equal(missing.code, "agent-missing");
  });

  it("stops waiting at once when told to, cancels the agent's work, and does it again when asked again", async () => {
    const { hub, agent } = await start();
    agent.follow("wait");
    const controller = new AbortController();
    const asked = hub.team.ask("planner", plan("a"), controller.signal);
    await log.waitFor(MISSION, "TaskStatusChanged", () => true, never);
    const reason = new Error("no longer needed");
    controller.abort(reason);
    await assert.rejects(asked, reason);
    agent.follow(undefined);
    assert.ok((await hub.team.ask("planner", plan("a"), never)).ok);
    assert.equal(agent.canceled.length, 1);
    assert.equal(new Set(agent.executed).size, 2);
  });

  it("is stopped within 5 s, hanging agents included", async () => {
    const { hub, agent } = await start();
    const asks: ReturnType<typeof hub.team.ask>[] = [];
    for (const script of ["hang", "wait", "give up"]) {
      agent.follow(script);
      asks.push(hub.team.ask("planner", plan(script), never));
      await given(agent, asks.length);
    }
    const before = performance.now();
    await hub.stop("the human said so");
    assert.ok(performance.now() - before < 5000);
    for (const reply of await Promise.all(asks)) {
      assert.ok(!reply.ok);
      assert.equal(reply.code, "stopped");
    }
  });

  it("tells who asks that the log is gone instead of waiting for ever", async () => {
    const { hub, agent } = await start();
    agent.follow("hold");
    const asked = hub.team.ask("planner", plan("a"), never);
    const outcome = assert.rejects(asked, (error: unknown) =>
      isProblem(error, "log-closed"),
    );
    await given(agent, 1);
    await log.dispose();
    agent.release();
    await outcome;
  });

  it("waits for the agents it is told to wait for, and no longer than told", async () => {
    const hub = quietHub(log);
    hubs.push(hub);
    const seated = hub.whenSeated(["planner"], never);
    const reason = new Error("enough");
    await assert.rejects(
      hub.whenSeated(["planner", "nobody"], AbortSignal.abort(reason)),
      reason,
    );
    await seatAgent(hub.connectInProcess(), "planner");
    await seated;
  });

  it("streams thousands of chunks in time proportional to their number", async () => {
    const { hub, agent } = await start();
    const times: number[] = [];
    for (const count of [1000, 4000]) {
      agent.follow(`stream ${String(count)}`);
      const before = performance.now();
      await hub.team.ask("planner", plan(String(count)), never);
      times.push(performance.now() - before);
    }
    const [small = 0, large = 0] = times;
    // Linear is 4, quadratic 16; the machine may be busy.
    assert.ok(large / small < 10, `${String(small)} → ${String(large)} ms`);
  });
});
