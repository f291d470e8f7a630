import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import { openClaude } from "../../../src/adapters/claude/openClaude.ts";
import { systemClock } from "../../../src/adapters/clock/systemClock.ts";
import type { ScriptedTurn } from "../../../src/adapters/rehearsal/turn.ts";
import { RoundtableError } from "../../../src/core/errors.ts";
import type { Clock } from "../../../src/ports.ts";
import { never, request, talk } from "./talk.ts";

const KEY = "sk-ant-this-is-the-secret-key";
const TIERS = { strong: "opus", middle: "claude-sonnet-5-5", cheap: "haiku" };

/** A status the SDK asks for again at once, so that its patience takes no time. */
function status(
  code: number,
  type: string,
  message = "as scripted",
): ScriptedTurn {
  return {
    kind: "status",
    status: code,
    type,
    message,
    headers: { "retry-after-ms": "1" },
  };
}

async function problemOf(call: Promise<unknown>): Promise<RoundtableError> {
  const error = await call.then(
    () => assert.fail("it should not have worked"),
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof RoundtableError, String(error));
  assert.ok(error.next.length > 20, "it says what to do next");
  return error;
}

test("each failure of the service is told apart by code, and the ones that pass are tried again first", async (t) => {
  const failures: readonly (readonly [number, string, string, number])[] = [
    [401, "authentication_error", "bad-key", 1],
    [403, "permission_error", "bad-key", 1],
    [400, "invalid_request_error", "model-failed", 1],
    [402, "billing_error", "model-failed", 1],
    [404, "not_found_error", "model-failed", 1],
    [429, "rate_limit_error", "model-overloaded", 3],
    [500, "api_error", "model-overloaded", 3],
    [529, "overloaded_error", "model-overloaded", 3],
    [504, "timeout_error", "model-timeout", 3],
  ];
  for (const [code, type, expected, attempts] of failures) {
    const { models, asked } = await talk(t, status(code, type));
    const problem = await problemOf(
      models.turn(request(), never, () => undefined),
    );
    assert.equal(problem.code, expected, String(code));
    assert.equal(asked.length, attempts, String(code));
  }
});

test("an overload that passes is not noticed", async (t) => {
  const { models } = await talk(t, [
    status(529, "overloaded_error"),
    { kind: "speech", text: "Here I am." },
  ]);
  const turn = await models.turn(request(), never, () => undefined);
  assert.equal(turn.stop, "end");
});

test("an error inside a stream is told apart like one before it", async (t) => {
  const { models } = await talk(t, {
    kind: "broken",
    text: "I was about to",
    type: "overloaded_error",
    message: "Overloaded",
  });
  const problem = await problemOf(
    models.turn(request(), never, () => undefined),
  );
  assert.equal(problem.code, "model-overloaded");
});

test("half an answer is no answer", async (t) => {
  const { models, asked } = await talk(t, {
    kind: "cut",
    text: "The plan is to",
  });
  let heard = "";
  const problem = await problemOf(
    models.turn(request(), never, (delta) => {
      heard += delta;
    }),
  );
  assert.equal(problem.code, "model-unreachable");
  assert.match(problem.message, /in the middle of an answer/);
  assert.equal(heard, "The plan is to");
  assert.equal(asked.length, 1);
});

test("a model that falls silent runs into the timeout, before and within its answer", async (t) => {
  for (const text of [undefined, "Well, let me"]) {
    // Time stands still until the model has been asked, or has begun to speak; then it flies.
    let begin = (): void => undefined;
    const begun = new Promise<void>((resolve) => {
      begin = resolve;
    });
    let now = 0;
    const clock: Clock = {
      now: () => now,
      after: async (ms) => {
        await begun;
        await new Promise(setImmediate);
        now += ms;
      },
    };
    const { models } = await talk(
      t,
      text === undefined ? { kind: "hang" } : { kind: "hang", text },
      { clock, timeoutMs: 60_000 },
      () => {
        if (text === undefined) begin();
      },
    );
    const problem = await problemOf(
      models.turn(request(), never, () => {
        begin();
      }),
    );
    assert.equal(problem.code, "model-timeout");
    assert.ok(now >= 60_000);
  }
});

test("who aborts gets their own reason back, before, during and while asking for models", async (t) => {
  const reason = new Error("stopped by hand");
  const isReason = (error: unknown): boolean => error === reason;
  const { models } = await talk(t, { kind: "hang", text: "Hm" });
  const aborted = AbortSignal.abort(reason);
  await assert.rejects(
    models.turn(request(), aborted, () => undefined),
    isReason,
  );
  await assert.rejects(models.lineage("strong", aborted), isReason);
  const stop = new AbortController();
  await assert.rejects(
    models.turn(request(), stop.signal, () => {
      stop.abort(reason);
    }),
    isReason,
  );
});

test("an address where nobody listens is named, with what to do", async (t) => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  const baseUrl = `http://127.0.0.1:${String(port)}`;
  const models = openClaude({
    apiKey: KEY,
    baseUrl,
    tiers: TIERS,
    clock: systemClock,
  });
  const problem = await problemOf(models.lineage("strong", never));
  assert.equal(problem.code, "model-unreachable");
  assert.ok(problem.message.includes(baseUrl));
  assert.match(problem.next, /network/);
  t.diagnostic(problem.message);
});

test("no key is a problem before anything is sent", async (t) => {
  const { models, asked } = await talk(
    t,
    { kind: "speech", text: "Hi." },
    { apiKey: "" },
  );
  assert.equal(
    (await problemOf(models.turn(request(), never, () => undefined))).code,
    "bad-key",
  );
  assert.equal(asked.length, 0);
});

test("a service that repeats the key in its error does not get it into ours", async (t) => {
  const server = createServer((incoming, response) => {
    const message = `bad credential ${incoming.headers.authorization ?? ""}`;
    response.writeHead(400, { "content-type": "application/json" });
    response.end(
      JSON.stringify({
        type: "error",
        error: { type: "invalid_request_error", message },
      }),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.after(() => new Promise((resolve) => server.close(resolve)));
  const { port } = server.address() as AddressInfo;
  const models = openClaude({
    apiKey: KEY,
    baseUrl: `http://127.0.0.1:${String(port)}`,
    tiers: TIERS,
    clock: systemClock,
  });
  const problem = await problemOf(models.lineage("middle", never));
  assert.equal(problem.code, "model-failed");
  const all = [
    problem.message,
    problem.next,
    problem.stack,
    String((problem.cause as Error).stack),
  ].join("\n");
  assert.ok(all.includes("bad credential"));
  assert.ok(!all.includes(KEY));
});
