import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import {
  emptyBudget,
  evolveBudget,
  foldBudget,
  mayReserve,
} from "../../src/core/budget.ts";
import type { AnyFact } from "../../src/core/events.ts";

function reserved(callId: string, microUsd: number): AnyFact {
  return {
    type: "CallReserved",
    data: { callId, taskId: "t", agentId: "a", model: "m", microUsd },
  };
}

function settled(callId: string, microUsd: number): AnyFact {
  return {
    type: "CallSettled",
    data: {
      callId,
      microUsd,
      usage: {
        inputTokens: 10,
        outputTokens: 2,
        cacheReadTokens: 5,
        cacheWriteTokens: 1,
      },
      stopReason: "end",
      model: "m",
    },
  };
}

describe("the budget", () => {
  it("holds the worst case of calls in flight and the price of those settled", () => {
    const state = foldBudget([
      reserved("a", 50),
      reserved("b", 30),
      settled("a", 20),
    ]);
    assert.equal(state.spentMicroUsd, 20);
    assert.equal(state.reservedMicroUsd, 30);
    assert.deepEqual(
      [
        state.calls,
        state.inputTokens,
        state.outputTokens,
        state.cacheReadTokens,
        state.cacheWriteTokens,
      ],
      [1, 10, 2, 5, 1],
    );
  });

  it("keeps the reservation of a call that a crash left unsettled", () => {
    const state = foldBudget([
      reserved("lost", 80),
      reserved("b", 5),
      settled("b", 5),
    ]);
    assert.equal(state.reservedMicroUsd, 80);
    assert.ok(!mayReserve(state, 100, 16));
    assert.ok(mayReserve(state, 100, 15));
  });

  it("counts every call once, and a settlement whose reservation lies before the first event", () => {
    const events = [
      reserved("a", 50),
      reserved("a", 50),
      settled("a", 20),
      settled("a", 20),
      reserved("a", 50),
      settled("yesterday", 7),
    ];
    const state = foldBudget(events);
    assert.equal(state.spentMicroUsd, 27);
    assert.equal(state.reservedMicroUsd, 0);
    assert.equal(state.calls, 2);
  });

  it("lets no amount through that is not a whole, non-negative number", () => {
    for (const amount of [-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY])
      assert.ok(!mayReserve(emptyBudget, 100, amount));
    assert.ok(mayReserve(emptyBudget, 0, 0));
    assert.ok(!mayReserve(emptyBudget, Number.NaN, 1));
  });

  it("keeps spent + reserved below the cap at every prefix when only what fits is reserved", () => {
    const anyStep = fc.record({
      call: fc.nat(8),
      amount: fc.nat(60),
      settle: fc.boolean(),
      share: fc.nat(100),
    });
    fc.assert(
      fc.property(
        fc.nat(200),
        fc.array(anyStep, { maxLength: 60 }),
        (cap, steps) => {
          const log: AnyFact[] = [];
          let state = emptyBudget;
          const append = (event: AnyFact): void => {
            const before = state;
            log.push(event);
            state = evolveBudget(state, event);
            assert.deepEqual(state, foldBudget(log));
            assert.ok(state.spentMicroUsd >= before.spentMicroUsd);
            assert.ok(state.spentMicroUsd + state.reservedMicroUsd <= cap);
            assert.ok(state.reservedMicroUsd >= 0);
          };
          for (const { call, amount, settle, share } of steps) {
            const callId = `c${String(call)}`;
            const held = state.open.get(callId);
            if (settle && held !== undefined)
              append(settled(callId, Math.floor((held * share) / 100)));
            else if (!settle && mayReserve(state, cap, amount))
              append(reserved(callId, amount));
          }
        },
      ),
      { numRuns: 1000 },
    );
  });
});
