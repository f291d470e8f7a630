import assert from "node:assert/strict";
import { test } from "node:test";
import { sha256 } from "../../src/adapters/clock/sha256.ts";
import { sharedModels } from "../../src/agents/sharedModels.ts";
import type { ModelRequest } from "../../src/ports.ts";
import { scriptedModels } from "../fakes/scriptedModels.ts";

const never = new AbortController().signal;
const deaf = (): undefined => undefined;

function requestOf(beginning: string, role: string): ModelRequest {
  return {
    shared: "charter",
    tier: "middle",
    tools: [],
    maxTokens: 1,
    messages: [
      {
        role: "user",
        content: [
          { type: "text", text: beginning },
          { type: "text", text: role },
        ],
      },
    ],
  };
}

/** Models whose turns end when told to; counts those under way. */
function held(atOnce: number) {
  const ends: (() => void)[] = [];
  const inner = scriptedModels(
    () =>
      new Promise((resolve) => {
        ends.push(() => {
          resolve({ text: "ok" });
        });
      }),
  );
  return { ends, inner, models: sharedModels(inner, sha256, atOnce) };
}

const soon = (): Promise<void> =>
  new Promise((resolve) => {
    setImmediate(resolve);
  });

test("of agents with the same material one goes ahead, and the rest follow together", async () => {
  const { ends, models } = held(10);
  const turns = ["qa", "security", "architect"].map((role) =>
    models.turn(requestOf("the change", role), never, deaf),
  );
  await soon();
  assert.equal(ends.length, 1);
  ends[0]?.();
  await turns[0];
  await soon();
  assert.equal(ends.length, 3);
  for (const end of ends) end();
  await Promise.all(turns);
});

test("different material does not wait, but no more turns run at once than allowed", async () => {
  const { ends, models } = held(2);
  const turns = ["a", "b", "c"].map((beginning) =>
    models.turn(requestOf(beginning, "qa"), never, deaf),
  );
  await soon();
  assert.equal(ends.length, 2);
  ends[0]?.();
  await turns[0];
  await soon();
  assert.equal(ends.length, 3);
  for (const end of ends) end();
  await Promise.all(turns);
});

test("who gives up while waiting leaves the place to the next", async () => {
  const { ends, models } = held(1);
  const stop = new AbortController();
  const first = models.turn(requestOf("a", "qa"), never, deaf);
  const second = models.turn(requestOf("b", "qa"), stop.signal, deaf);
  const third = models.turn(requestOf("c", "qa"), never, deaf);
  await soon();
  stop.abort(new Error("enough"));
  await assert.rejects(second, /enough/);
  ends[0]?.();
  await first;
  await soon();
  ends[1]?.();
  await third;
});
