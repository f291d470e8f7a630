import assert from "node:assert/strict";
import { test } from "node:test";
import { sha256 } from "../../src/adapters/clock/sha256.ts";
import { systemClock } from "../../src/adapters/clock/systemClock.ts";
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

/** Models whose turns end when told to; counts those under way. The time is what a test sets. */
function held(atOnce: number) {
  const ends: (() => void)[] = [];
  const time = { now: 0 };
  const inner = scriptedModels(
    () =>
      new Promise((resolve) => {
        ends.push(() => {
          resolve({ text: "ok" });
        });
      }),
  );
  const clock = { ...systemClock, now: () => time.now };
  const models = sharedModels(inner, { hash: sha256, clock }, atOnce);
  return { ends, inner, time, models };
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

test("what was cached a while ago is warmed again, and use keeps it warm", async () => {
  const { ends, models, time } = held(10);
  const minute = 60_000;
  const together = async (): Promise<number> => {
    const before = ends.length;
    const turns = ["a", "b", "c"].map((role) =>
      models.turn(requestOf("the change", role), never, deaf),
    );
    await soon();
    const atOnce = ends.length - before;
    for (let next = before; next < ends.length; next += 1) {
      ends[next]?.();
      await soon();
    }
    await Promise.all(turns);
    return atOnce;
  };
  assert.equal(await together(), 1);
  time.now = 3 * minute;
  assert.equal(await together(), 3);
  time.now = 6 * minute;
  assert.equal(await together(), 3);
  time.now = 11 * minute;
  assert.equal(await together(), 1);
});

test("the rest follow as soon as the first is answered at all, before it has said a word", async () => {
  let begin: (() => void) | undefined;
  const inner = scriptedModels([{ text: "ok" }]);
  let under = 0;
  const models = sharedModels(
    {
      ...inner,
      turn: (request, signal, onText) => {
        under += 1;
        return new Promise((resolve, reject) => {
          begin ??= () => {
            onText("");
          };
          if (under < 2) return;
          inner.turn(request, signal, onText).then(resolve, reject);
        });
      },
    },
    { hash: sha256, clock: systemClock },
    10,
  );
  const heard: string[] = [];
  const first = models.turn(requestOf("the change", "a"), never, (delta) =>
    heard.push(delta),
  );
  first.catch(() => undefined);
  const second = models.turn(requestOf("the change", "b"), never, deaf);
  await soon();
  assert.equal(under, 1);
  begin?.();
  await second;
  assert.equal(under, 2);
  assert.deepEqual(heard, [], "an empty piece is no word");
});

test("when the first fails the rest go on together, and what was not cached does not count as warm", async () => {
  const inner = scriptedModels([{ text: "ok" }]);
  const fails: ((error: Error) => void)[] = [];
  const models = sharedModels(
    {
      ...inner,
      turn: () => new Promise((_resolve, reject) => fails.push(reject)),
    },
    { hash: sha256, clock: systemClock },
    10,
  );
  const ask = (role: string): Promise<unknown> =>
    assert.rejects(models.turn(requestOf("m", role), never, deaf), /no/);
  const turns = ["a", "b", "c"].map(ask);
  await soon();
  assert.equal(fails.length, 1);
  fails[0]?.(new Error("no"));
  await turns[0];
  await soon();
  assert.equal(fails.length, 3);
  fails[1]?.(new Error("no"));
  fails[2]?.(new Error("no"));
  await Promise.all(turns);
  const again = ["a", "b"].map(ask);
  await soon();
  assert.equal(fails.length, 4);
  fails[3]?.(new Error("no"));
  await again[0];
  await soon();
  fails[4]?.(new Error("no"));
  await Promise.all(again);
});
