import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { createMeter } from "../../src/agents/meter.ts";
import { foldBudget } from "../../src/core/budget.ts";
import { isProblem, RoundtableError } from "../../src/core/errors.ts";
import type { ModelRequest, Models } from "../../src/ports.ts";
import { memoryLog } from "../fakes/memoryLog.ts";
import { RUNS } from "../core/consensus/table.ts";

const REQUEST: ModelRequest = {
  shared: "",
  tier: "middle",
  tools: [],
  messages: [],
  maxTokens: 1,
};

/** A call: its worst case, what it really costs, and how it ends. */
const anyCall = fc.record({
  worst: fc.integer({ min: 0, max: 60 }),
  share: fc.integer({ min: 0, max: 100 }),
  ends: fc.constantFrom("well", "well", "overloaded", "broken"),
  mission: fc.constantFrom("m1", "m2"),
});

describe("S14: money is put aside before every call", () => {
  it("and spent + reserved stays below the mission's and the day's cap at every prefix of the log, however calls overlap and fail", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.scheduler(),
        fc.array(anyCall, { minLength: 1, maxLength: 12 }),
        fc.integer({ min: 0, max: 150 }),
        fc.integer({ min: 0, max: 200 }),
        async (scheduler, calls, cap, dailyCap) => {
          const log = memoryLog({ now: () => 5 });
          let ids = 0;
          let asked = 0;
          const open = new Set<string>();
          const meter = createMeter(
            {
              log: {
                ...log,
                append: async (draft) => {
                  const event = await log.append(draft);
                  // The disk takes its time, and calls go on meanwhile.
                  await scheduler.schedule(Promise.resolve(), draft.type);
                  return event;
                },
              },
              clock: {
                now: () => 5,
                after: () => Promise.resolve(),
              },
              chance: {
                id: () => `c${String((ids += 1))}`,
                seed: () => 0,
              },
            },
            dailyCap,
          );
          const turns = calls.map(async ({ worst, share, ends, mission }) => {
            const models: Models = {
              provider: "scripted",
              lineage: () => Promise.resolve("model-1"),
              worstCase: () => Promise.resolve(worst),
              turn: async () => {
                asked += 1;
                const events = log.mission(mission);
                const inFlight = foldBudget(events).open;
                const fresh = [...inFlight].filter(
                  ([id, amount]) => amount === worst && !open.has(id),
                );
                assert.ok(fresh.length > 0, "a call without its reservation");
                open.add(fresh[0]?.[0] ?? "");
                await scheduler.schedule(Promise.resolve(), "model");
                if (ends === "overloaded")
                  throw new RoundtableError("model-overloaded", "Busy.", "");
                if (ends === "broken") throw new Error("the line broke");
                return {
                  message: { role: "assistant", content: [] },
                  stop: "end",
                  model: "model-1",
                  usage: {
                    inputTokens: 1,
                    outputTokens: 1,
                    cacheReadTokens: 0,
                    cacheWriteTokens: 0,
                  },
                  microUsd: Math.floor((worst * share) / 100),
                };
              },
            };
            try {
              await meter.turn(
                REQUEST,
                {
                  missionId: mission,
                  taskId: "t",
                  agentId: "a",
                  capMicroUsd: cap,
                  models,
                },
                new AbortController().signal,
                () => undefined,
              );
              return "paid";
            } catch (error) {
              if (isProblem(error, "budget-spent")) return "refused";
              if (error instanceof assert.AssertionError) throw error;
              return "failed";
            }
          });
          const ended = await scheduler.waitFor(Promise.all(turns));
          assert.equal(asked, ended.filter((how) => how !== "refused").length);
          const whole = log.read({ limit: 1000 });
          for (let length = 1; length <= whole.length; length += 1) {
            const prefix = whole.slice(0, length);
            const day = foldBudget(prefix);
            assert.ok(day.spentMicroUsd + day.reservedMicroUsd <= dailyCap);
            for (const mission of ["m1", "m2"]) {
              const own = foldBudget(
                prefix.filter(({ missionId }) => missionId === mission),
              );
              assert.ok(own.spentMicroUsd + own.reservedMicroUsd <= cap);
            }
          }
          assert.equal(foldBudget(whole).reservedMicroUsd, 0);
          await log.dispose();
        },
      ),
      RUNS,
    );
  });
});
