import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { RoundtableError } from "../../src/core/errors.ts";
import { createExecutor } from "../../src/agents/executor.ts";
import type { ScriptedTurn } from "../fakes/scriptedModels.ts";
import {
  approves,
  calls,
  scriptedModels,
  type Script,
} from "../fakes/scriptedModels.ts";
import {
  ballotWork,
  dataOf,
  folderWith,
  implementWork,
  openMission,
  portsFor,
  roleOf,
} from "./table.ts";

const never = new AbortController().signal;
const context = {
  taskId: "t",
  agentId: "qa",
  onText: () => undefined,
  onSaid: () => undefined,
};
const nonsense = calls("submit", { verdict: "maybe" });

async function vote(
  t: Parameters<typeof portsFor>[0],
  script: readonly ScriptedTurn[] | Script,
  budget: Parameters<typeof openMission>[1] = {},
) {
  const models = scriptedModels(script);
  const ports = portsFor(t, { models });
  await openMission(ports.log, budget);
  const executor = createExecutor(ports);
  const reply = await executor.execute(
    ballotWork(),
    roleOf("qa"),
    context,
    never,
  );
  return { reply, models, log: ports.log };
}

test("what an agent says is put on record without secrets, but for the words around a ballot", async (t) => {
  const ports = portsFor(t, {
    models: scriptedModels([
      { text: "The key is sk-ant-abcdefghijklmnopqrstuvwxyz." },
      {
        text: "I approve, quietly.",
        calls: [
          {
            name: "submit",
            input: {
              verdict: "approve",
              confidence: 80,
              reason: "Fine.",
              findings: [],
            },
          },
        ],
      },
    ]),
  });
  await openMission(ports.log);
  const said: string[] = [];
  const reply = await createExecutor(ports).execute(
    ballotWork(),
    roleOf("qa"),
    { ...context, onSaid: (text) => said.push(text) },
    never,
  );
  assert.ok(reply.ok);
  assert.deepEqual(said, ["The key is «redacted»."]);
});

test("an agent reads, edits, checks and hands in", async (t) => {
  const root = folderWith(t, { "greet.js": "say('hi');\n" });
  const models = scriptedModels([
    {
      text: "I look.",
      calls: [{ name: "read_file", input: { path: "greet.js" } }],
    },
    calls("edit_file", { path: "greet.js", old: "hi", new: "hello" }),
    calls("run_check", { argv: ["node", "--test"] }),
    calls("submit", { summary: "Say hello.", commitType: "feat" }),
  ]);
  const ports = portsFor(t, { models });
  await openMission(ports.log);
  const words: string[] = [];
  const reply = await createExecutor(ports).execute(
    implementWork(root),
    roleOf("developer"),
    { ...context, onText: (delta) => words.push(delta) },
    never,
  );
  assert.deepEqual(reply, {
    ok: true,
    answer: { kind: "implement", summary: "Say hello.", commitType: "feat" },
    lineage: "scripted-middle",
  });
  assert.equal(
    readFileSync(path.join(root, "greet.js"), "utf8"),
    "say('hello');\n",
  );
  assert.deepEqual(ports.sandbox.ran, [["node", "--test"]]);
  assert.deepEqual(words, ["I look."]);
  assert.deepEqual(
    dataOf(ports.log, "ToolCalled").map(({ tool, ruling }) => [tool, ruling]),
    [
      ["read_file", "allow"],
      ["edit_file", "allow"],
      ["run_check", "allow"],
    ],
  );
  assert.equal(dataOf(ports.log, "ToolReturned").length, 3);
  assert.equal(dataOf(ports.log, "CallReserved").length, 4);
  assert.equal(dataOf(ports.log, "CallSettled").length, 4);
});

test("a wrong form comes back with what is wrong, and can be corrected twice", async (t) => {
  const { reply, models } = await vote(t, [nonsense, nonsense, approves]);
  assert.equal(reply.ok, true);
  const told = models.requests[1]?.messages.at(-1)?.content[0];
  assert.ok(told?.type === "toolResult" && told.isError);
  assert.match(told.text, /verdict/);
});

test("a form that stays wrong is a malformed answer", async (t) => {
  const { reply, models } = await vote(t, [nonsense]);
  assert.ok(!reply.ok && reply.code === "model-malformed");
  assert.equal(models.requests.length, 3);
});

test("a plan that cannot be carried out comes back like a wrong form", async (t) => {
  const step = (id: string, dependsOn: readonly string[]) => ({
    id,
    title: id,
    intent: id,
    files: [],
    dependsOn,
  });
  const plan = (...steps: readonly object[]) =>
    calls("submit", { summary: "Do it.", steps, risks: [], doneWhen: [] });
  const models = scriptedModels([
    plan(step("a", ["b"]), step("b", ["a"])),
    plan(step("a", []), step("b", ["a"])),
  ]);
  const ports = portsFor(t, { models });
  await openMission(ports.log);
  const { kind: _, ...base } = ballotWork();
  const reply = await createExecutor(ports).execute(
    { ...base, kind: "plan", findings: [], remarks: [] },
    roleOf("planner"),
    context,
    never,
  );
  assert.ok(reply.ok && reply.answer.kind === "plan");
  const told = models.requests[1]?.messages.at(-1)?.content[0];
  assert.ok(told?.type === "toolResult" && told.isError);
  assert.match(told.text, /circle/);
});

test("who ends without handing in is reminded once", async (t) => {
  const { reply, models } = await vote(t, [{ text: "All good." }, approves]);
  assert.equal(reply.ok, true);
  assert.equal(models.requests[1]?.mustCall, "submit");
  const silent = await vote(t, [{ text: "All good." }]);
  assert.ok(!silent.reply.ok && silent.reply.code === "model-malformed");
  assert.equal(silent.models.requests.length, 2);
});

test("a refusal is the agent's no", async (t) => {
  const { reply } = await vote(t, [{ text: "I will not.", stop: "refusal" }]);
  assert.ok(!reply.ok && reply.code === "model-refused");
  assert.match(reply.message, /I will not\./);
});

test("an answer that was cut off is asked for again with more room, once", async (t) => {
  const { reply, models } = await vote(t, [
    { text: "It is", stop: "maxTokens" },
    approves,
  ]);
  assert.equal(reply.ok, true);
  const [first, second] = models.requests;
  assert.ok(first && second && second.maxTokens > first.maxTokens);
  assert.equal(second.messages.length, 1);
  const again = await vote(t, [{ text: "It is", stop: "maxTokens" }]);
  assert.ok(!again.reply.ok && again.reply.code === "model-truncated");
  assert.equal(again.models.requests.length, 2);
});

test("a full context is a truncated answer", async (t) => {
  const { reply } = await vote(t, [{ stop: "contextFull" }]);
  assert.ok(!reply.ok && reply.code === "model-truncated");
});

test("a paused turn goes on where it was", async (t) => {
  const { reply, models } = await vote(t, [
    { text: "Hm.", stop: "pause" },
    approves,
  ]);
  assert.equal(reply.ok, true);
  assert.deepEqual(
    models.requests[1]?.messages.map(({ role }) => role),
    ["user", "assistant"],
  );
});

test("the same call three times in a row is a circle", async (t) => {
  const { reply, log } = await vote(t, [calls("list_files", { glob: "*.no" })]);
  assert.ok(!reply.ok && reply.code === "stuck");
  assert.equal(dataOf(log, "ToolCalled").length, 2);
});

test("five failing calls in a row are a circle", async (t) => {
  const { reply, log } = await vote(t, (_request, turn) =>
    calls("read_file", { path: `no-${String(turn)}.js` }),
  );
  assert.ok(!reply.ok && reply.code === "stuck");
  assert.equal(dataOf(log, "ToolCalled").length, 5);
});

test("turns are counted", async (t) => {
  const { reply, models } = await vote(
    t,
    (_request, turn) => calls("list_files", { glob: `${String(turn)}*` }),
    { budget: { turnsPerTask: 4 } },
  );
  assert.ok(!reply.ok && reply.code === "turns-spent");
  assert.equal(models.requests.length, 4);
});

test("a task that takes too long ends within its turn", async (t) => {
  const { reply } = await vote(
    t,
    (_request, _turn, signal) =>
      new Promise((_resolve, reject) => {
        signal.addEventListener("abort", () => {
          reject(signal.reason as Error);
        });
      }),
    { budget: { taskMs: 1000 } },
  );
  assert.ok(!reply.ok && reply.code === "turns-spent");
  assert.match(reply.message, /1 seconds/);
});

test("what does not fit below the cap is never asked", async (t) => {
  const { reply, models, log } = await vote(
    t,
    (_request, turn) => calls("list_files", { glob: `${String(turn)}*` }),
    { budget: { microUsd: 7500 } },
  );
  assert.ok(!reply.ok && reply.code === "budget-spent");
  // 5,000 at worst for each; 1,000 for each that was made.
  assert.equal(models.requests.length, 3);
  assert.equal(dataOf(log, "CallReserved").length, 3);
});

test("the day's cap holds over all missions", async (t) => {
  const models = scriptedModels([approves]);
  const ports = portsFor(t, { models });
  await openMission(ports.log);
  const executor = createExecutor(ports, {
    dailyMicroUsd: 6500,
    budget: { microUsd: 5_000_000, turnsPerTask: 5, taskMs: 60_000 },
  });
  const inMission = (missionId: string) =>
    executor.execute(ballotWork({ missionId }), roleOf("qa"), context, never);
  assert.equal((await inMission("mission-1")).ok, true);
  assert.equal((await inMission("mission-2")).ok, true);
  const third = await inMission("mission-3");
  assert.ok(!third.ok && third.code === "budget-spent");
  assert.match(third.message, /for today/);
});

test("calls at the same time do not share the last dollar", async (t) => {
  const models = scriptedModels([approves], { worstCase: 400 });
  const ports = portsFor(t, { models });
  await openMission(ports.log, { budget: { microUsd: 1000 } });
  const executor = createExecutor(ports);
  const replies = await Promise.all(
    [1, 2, 3, 4].map((number) =>
      executor.execute(
        ballotWork({ key: String(number) }),
        roleOf("qa"),
        context,
        never,
      ),
    ),
  );
  assert.equal(replies.filter(({ ok }) => ok).length, 2);
});

test("a model that cannot be reached says so, and costs nothing", async (t) => {
  const { reply, log } = await vote(t, () => {
    throw new RoundtableError("model-unreachable", "No way there.", "Wait.");
  });
  assert.ok(!reply.ok && reply.code === "model-unreachable");
  assert.deepEqual(
    dataOf(log, "CallSettled").map(({ microUsd }) => microUsd),
    [0],
  );
});

test("models that cannot be had are the agent's no", async (t) => {
  const ports = portsFor(t);
  const executor = createExecutor({
    ...ports,
    modelsFor: () =>
      Promise.reject(
        new RoundtableError("bad-key", "The key is wrong.", "Set another."),
      ),
  });
  const reply = await executor.execute(
    ballotWork(),
    roleOf("qa"),
    context,
    never,
  );
  assert.ok(!reply.ok && reply.code === "bad-key");
  assert.equal(reply.message, "The key is wrong.");
});

test("cancelling ends the turn with the signal's reason and settles at the worst", async (t) => {
  const stop = new AbortController();
  const models = scriptedModels(
    (_request, _turn, signal) =>
      new Promise((_resolve, reject) => {
        signal.addEventListener("abort", () => {
          reject(signal.reason as Error);
        });
        stop.abort(new Error("enough"));
      }),
  );
  const ports = portsFor(t, { models });
  await openMission(ports.log);
  await assert.rejects(
    createExecutor(ports).execute(
      ballotWork(),
      roleOf("qa"),
      context,
      stop.signal,
    ),
    /enough/,
  );
  assert.deepEqual(
    dataOf(ports.log, "CallSettled").map(({ microUsd, stopReason }) => [
      microUsd,
      stopReason,
    ]),
    [[5000, "aborted"]],
  );
});

test("all roles with the same kind of work are offered the same tools, sorted", async (t) => {
  const models = scriptedModels([approves]);
  const ports = portsFor(t, { models });
  await openMission(ports.log);
  const executor = createExecutor(ports);
  for (const role of [roleOf("qa"), roleOf("security", { tools: [] })])
    await executor.execute(ballotWork(), role, context, never);
  const [qa, security] = models.requests;
  assert.deepEqual(security?.tools, qa?.tools);
  assert.equal(security?.shared, qa?.shared);
  assert.deepEqual(
    qa?.tools.map(({ name }) => name),
    ["list_files", "read_file", "search", "submit"],
  );
});

test("without a model ballots abstain and other work says why not", async (t) => {
  const ports = portsFor(t);
  const executor = createExecutor(ports);
  const ballot = await executor.execute(
    ballotWork(),
    roleOf("qa"),
    context,
    never,
  );
  assert.ok(ballot.ok && ballot.answer.kind === "ballot");
  assert.equal(ballot.answer.paper.verdict, "abstain");
  assert.equal(
    ballot.answer.paper.reason,
    "no model is configured; evidence only",
  );
  const build = await executor.execute(
    implementWork("/nowhere"),
    roleOf("developer"),
    context,
    never,
  );
  assert.ok(!build.ok && build.code === "no-model");
});
