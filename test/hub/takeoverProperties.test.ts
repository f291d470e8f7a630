import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { callHub } from "../../src/hub/callHub.ts";
import type { Task } from "../../src/protocol/a2a.ts";
import { memoryLog } from "../fakes/memoryLog.ts";
import type { ScriptedAgent } from "./scriptedAgent.ts";
import { seatAgent } from "./scriptedAgent.ts";
import { openTable } from "./table.ts";

const ENDS = /COMPLETED|FAILED|CANCELED|REJECTED/;
const NAMES = ["ada", "bob", "cid"];

const Step = fc.oneof(
  fc.record({
    kind: fc.constant("send" as const),
    text: fc.constantFrom(
      "echo hi",
      "stream 3",
      "hold on",
      "nothing",
      "say no",
    ),
  }),
  fc.record({
    kind: fc.constantFrom("sit", "leave", "deregister", "release"),
    name: fc.constantFrom(...NAMES),
  }),
  fc.record({ kind: fc.constant("cancel" as const), which: fc.nat(9) }),
);

test("whoever comes and goes, a task has one executor at a time, at most two takeovers and one end", async () => {
  let moved = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(Step, { maxLength: 25 }), async (steps) => {
      const log = memoryLog();
      const table = await openTable(log);
      const seated = new Map<string, ScriptedAgent>();
      const tasks: string[] = [];
      const client = table.address;
      const sit = async (name: string): Promise<void> => {
        if (seated.has(name)) return;
        const transport = table.hub.connectInProcess();
        const agent = await seatAgent(transport, name, { role: "developer" });
        seated.set(name, agent);
      };
      try {
        await sit("ada");
        for (const [count, step] of steps.entries()) {
          if (step.kind === "send") {
            const sent = await callHub(client, "SendMessage", {
              tenant: seated.size > 0 ? "role:developer" : "worker",
              configuration: { returnImmediately: true },
              message: {
                messageId: `m${String(count)}`,
                contextId: "ctx",
                role: "ROLE_USER",
                parts: [{ text: step.text }],
              },
            }).catch(() => undefined);
            if (sent !== undefined)
              tasks.push((sent as { task: Task }).task.id);
          } else if (step.kind === "cancel") {
            const id = tasks[step.which];
            if (id !== undefined)
              await callHub(client, "CancelTask", { id }).catch(
                () => undefined,
              );
          } else if (step.kind === "sit") await sit(step.name);
          else {
            const agent = seated.get(step.name);
            if (step.kind === "release") agent?.release();
            else if (agent !== undefined) {
              seated.delete(step.name);
              if (step.kind === "leave") agent.leave();
              else await agent.peer.request("agent/deregister", {});
            }
          }
        }
        for (const agent of seated.values()) agent.release();
        table.worker.release();
        for (const agent of seated.values()) agent.leave();
        for (const id of tasks)
          await log.waitFor(
            "ctx",
            "TaskStatusChanged",
            ({ data }) => data.taskId === id && ENDS.test(data.status.state),
            new AbortController().signal,
          );
        for (const id of tasks) checkTask(id);
      } finally {
        await table.close();
      }

      function checkTask(id: string): void {
        let holder = "";
        let takeovers = 0;
        let ends = 0;
        for (const event of log.mission("ctx")) {
          const { data, by } = event;
          if (!("taskId" in data) || data.taskId !== id) continue;
          assert.equal(ends, 0, "nothing is said after the end");
          if (event.type === "TaskSubmitted") holder = event.data.agentId;
          else if (event.type === "TaskReassigned") {
            assert.equal(event.data.from, holder);
            holder = event.data.to;
            takeovers += 1;
          } else assert.ok(by === "hub" || by === holder, `${by} at work`);
          if (event.type === "TaskStatusChanged")
            ends += ENDS.test(event.data.status.state) ? 1 : 0;
        }
        assert.equal(ends, 1);
        assert.ok(takeovers <= 2);
        moved += takeovers;
      }
    }),
    { numRuns: 60, endOnFailure: true },
  );
  assert.ok(moved > 0, "no run had a takeover");
});
