import assert from "node:assert/strict";
import { test } from "node:test";
import type { DataOf, EventType } from "../../../src/protocol/event.ts";
import { memoryLog } from "../../fakes/memoryLog.ts";
import { watchedTable, type WatchedTable } from "./watchedTable.ts";

const missionId = "mission";
const hash = "a".repeat(64);

const rules: DataOf<"MissionOpened">["rules"] = {
  threshold: 750,
  quorum: 600,
  maxRounds: 2,
  roundMs: 60_000,
  vetoRoles: [],
  requiredRoles: [],
  prior: 500,
};

async function happen<T extends EventType>(
  { log }: Pick<WatchedTable, "log">,
  type: T,
  data: DataOf<T>,
): Promise<void> {
  await log.append<T>({ missionId, type, data, by: "hub" });
}

const openMission = (table: Pick<WatchedTable, "log">): Promise<void> =>
  happen(table, "MissionOpened", {
    kind: "build",
    goal: "Do it",
    repo: { root: "/r", branch: "main", commit: "c", tree: "t" },
    model: "claude",
    electorate: [],
    rules,
    budget: { microUsd: 1, turnsPerTask: 1, taskMs: 1000 },
    approve: "auto",
    checks: [],
    maxAttempts: 1,
  });

const decide = async (
  table: WatchedTable,
  decisionId: string,
  deadline: number,
): Promise<void> => {
  const named = { decisionId, subject: "plan", artifactHash: hash } as const;
  await happen(table, "RoundOpened", {
    ...named,
    round: 1,
    title: "t",
    authorIds: [],
    electorate: [],
    rules,
    seed: 1,
    deadline,
  });
  const { because, dissent } = { because: "b", dissent: [] };
  if (decisionId === "up")
    await happen(table, "DecisionEscalated", { ...named, because, dissent });
  else
    await happen(table, "DecisionMade", {
      ...named,
      ...{ because, dissent },
      outcome: "approved",
    });
};

test("consensus is counted as in time or late by its own deadline, and what went to the human as escalated", async () => {
  await using table = await watchedTable();
  await openMission(table);
  await decide(table, "soon", Date.now() + 60_000);
  await decide(table, "late", 1);
  await decide(table, "up", Date.now() + 60_000);
  const decisions = (outcome: string, inTime: string) =>
    table.metric(
      `roundtable_decisions_total{subject="plan",outcome="${outcome}",in_time="${inTime}"}`,
    );
  assert.equal(await decisions("approved", "yes"), "1");
  assert.equal(await decisions("approved", "no"), "1");
  assert.equal(await decisions("escalated", "yes"), "1");
  assert.equal(
    await table.metric('roundtable_escalations_total{subject="plan"}'),
    "1",
  );
  assert.equal(
    await table.metric(
      'roundtable_decision_duration_seconds_count{subject="plan"}',
    ),
    "3",
  );
});

test("tokens and cost are counted by agent and by the mission's provider, also when the mission was opened before the hub", async () => {
  const log = memoryLog();
  await openMission({ log });
  await using table = await watchedTable(log);
  await happen(table, "CallReserved", {
    callId: "c",
    taskId: "t",
    agentId: "qa",
    model: "model-1",
    microUsd: 9_000_000,
  });
  await happen(table, "CallSettled", {
    callId: "c",
    microUsd: 1_500_000,
    usage: {
      inputTokens: 100,
      outputTokens: 20,
      cacheReadTokens: 50,
      cacheWriteTokens: 10,
    },
    stopReason: "end",
    model: "model-1",
  });
  const of = 'agent="qa",provider="claude"';
  for (const [direction, tokens] of [
    ["input", "100"],
    ["output", "20"],
    ["cache_read", "50"],
    ["cache_write", "10"],
  ] as const)
    assert.equal(
      await table.metric(
        `roundtable_model_tokens_total{${of},direction="${direction}"}`,
      ),
      tokens,
    );
  assert.equal(
    await table.metric(`roundtable_model_cost_usd_total{${of}}`),
    "1.5",
  );
  assert.equal(
    await table.metric(`roundtable_model_calls_total{${of},stop="end"}`),
    "1",
  );
});

test("tools are counted by name and how they ended, denials apart", async () => {
  await using table = await watchedTable();
  const call = (callId: string, ruling: "allow" | "deny"): Promise<void> =>
    happen(table, "ToolCalled", {
      ...{ callId, taskId: "t", agentId: "qa", tool: "read_file", ruling },
      ...{ summary: "s", inputHash: hash, rule: "r" },
    });
  await call("one", "allow");
  await call("two", "deny");
  await happen(table, "ToolReturned", {
    ...{ callId: "one", ok: false, summary: "s", outputHash: hash },
    durationMs: 20,
  });
  assert.equal(
    await table.metric('roundtable_tool_calls_total{tool="read_file",ok="no"}'),
    "1",
  );
  assert.equal(await table.metric("roundtable_tool_denials_total"), "1");
});

test("a mission's end is counted by its outcome", async () => {
  await using table = await watchedTable();
  await openMission(table);
  await happen(table, "MissionClosed", {
    outcome: { kind: "merged", summary: "s" },
  });
  assert.equal(
    await table.metric('roundtable_missions_ended_total{outcome="merged"}'),
    "1",
  );
});

test("what the log held before is not counted again after a restart", async () => {
  const log = memoryLog();
  await openMission({ log });
  await happen({ log }, "MissionClosed", {
    outcome: { kind: "merged", summary: "s" },
  });
  await using table = await watchedTable(log);
  assert.equal(
    await table.metric('roundtable_missions_ended_total{outcome="merged"}'),
    undefined,
  );
});
