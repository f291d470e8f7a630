import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import type Anthropic from "@anthropic-ai/sdk";
import { chooseModel } from "../../../src/adapters/claude/modelList.ts";
import { openClaude } from "../../../src/adapters/claude/openClaude.ts";
import { toolNames } from "../../../src/adapters/claude/toolNames.ts";
import { toWire } from "../../../src/adapters/claude/toWire.ts";
import { systemClock } from "../../../src/adapters/clock/systemClock.ts";
import { isProblem } from "../../../src/core/errors.ts";
import { never, request, talk } from "./talk.ts";

function model(id: string, more: object = {}): Anthropic.ModelInfo {
  return {
    type: "model",
    id,
    display_name: id,
    created_at: "2026-01-01T00:00:00Z",
    lifecycle: "active",
    line: /^claude-([a-z]+)-/.exec(id)?.[1] ?? null,
    capabilities: null,
    ...more,
  } as Anthropic.ModelInfo;
}

const MODELS = [
  model("claude-opus-5", { created_at: "2026-03-01T00:00:00Z" }),
  model("claude-opus-5-5", { created_at: "2026-09-01T00:00:00Z" }),
  model("claude-opus-6", {
    created_at: "2026-11-01T00:00:00Z",
    lifecycle: "deprecated",
  }),
  model("claude-sonnet-5-5"),
];

/** What a model can do about thinking, as the API's list says it. */
function thinking(disabled: boolean): object {
  const is = (supported: boolean): object => ({ supported });
  return {
    capabilities: {
      thinking: {
        supported: true,
        types: {
          adaptive: is(true),
          disabled: is(disabled),
          enabled: is(false),
          between_tools: is(false),
        },
      },
    },
  };
}

async function listening(
  t: { after: (end: () => Promise<unknown>) => void },
  answer: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<string> {
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.after(
    () =>
      new Promise((resolve) => {
        server.close(resolve);
        server.closeAllConnections();
      }),
  );
  return `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
}

test("a family stands for its newest model that is not on its way out", () => {
  assert.equal(chooseModel(MODELS, "opus").id, "claude-opus-5-5");
});

test("an exact id is taken as it is", () => {
  assert.equal(chooseModel(MODELS, "claude-opus-5").id, "claude-opus-5");
});

test("an endpoint without lines is searched by id, and one without a list is trusted with an id", () => {
  const bare = MODELS.map((one) => ({ ...one, line: null }));
  assert.equal(chooseModel(bare, "sonnet").id, "claude-sonnet-5-5");
  assert.equal(chooseModel([], "qwen3:8b").id, "qwen3:8b");
});

test("a model nobody offers is a problem that says what is on offer", () => {
  for (const wanted of ["haiku", "claude-opus-9"])
    assert.throws(
      () => chooseModel(MODELS, wanted),
      (error: unknown) =>
        isProblem(error, "no-model") &&
        error.next.includes("claude-sonnet-5-5"),
    );
});

test("a model that cannot stop thinking is told which tool to call instead of forced", () => {
  const wire = (info: Anthropic.ModelInfo): Anthropic.MessageCreateParams =>
    toWire(
      request({ mustCall: "submit" }),
      chooseModel([info], info.id),
      toolNames(["read_file", "submit"]),
    );
  const forced = wire(model("claude-sonnet-5-5", thinking(true)));
  assert.deepEqual(forced.thinking, { type: "disabled" });
  assert.equal(forced.tool_choice?.type, "tool");
  const told = wire(model("claude-opus-5-5", thinking(false)));
  assert.equal(told.thinking, undefined);
  assert.equal(told.tool_choice, undefined);
  assert.match(JSON.stringify(told.messages), /calling the tool submit/);
});

test("the lineage of a tier is the id of its model, and the list is asked for once", async (t) => {
  let lists = 0;
  const baseUrl = await listening(t, (incoming, response) => {
    lists += Number(incoming.url?.startsWith("/v1/models"));
    response.writeHead(200, { "content-type": "application/json" });
    response.end(
      JSON.stringify({
        data: MODELS,
        has_more: false,
        first_id: null,
        last_id: null,
      }),
    );
  });
  const models = openClaude({
    apiKey: "a-key",
    baseUrl,
    tiers: { strong: "opus", middle: "sonnet", cheap: "claude-opus-5" },
    clock: systemClock,
  });
  assert.equal(lists, 0, "nothing is sent before the first question");
  assert.equal(await models.lineage("strong", never), "claude-opus-5-5");
  assert.equal(await models.lineage("middle", never), "claude-sonnet-5-5");
  assert.equal(await models.lineage("cheap", never), "claude-opus-5");
  assert.equal(lists, 1);
});

test("the worst case grows with the prompt and with what may be said", async (t) => {
  const baseUrl = await listening(t, (_incoming, response) => {
    response.writeHead(200, { "content-type": "application/json" });
    response.end(
      JSON.stringify({
        data: MODELS,
        has_more: false,
        first_id: null,
        last_id: null,
      }),
    );
  });
  const models = openClaude({
    apiKey: "a-key",
    baseUrl,
    tiers: { strong: "opus", middle: "sonnet", cheap: "sonnet" },
    clock: systemClock,
  });
  const base = await models.worstCase(request(), never);
  // 1,000 tokens of output at 10 dollars per million is the least it can be.
  assert.ok(base >= 10_000);
  assert.ok(
    (await models.worstCase(request({ maxTokens: 2000 }), never)) >=
      base + 10_000,
  );
  assert.ok(
    (await models.worstCase(
      request({ shared: request().shared + "語".repeat(3000) }),
      never,
    )) >=
      base + 3000 * 2.5,
  );
  assert.ok(
    (await models.worstCase(request({ tier: "strong" }), never)) > base,
  );
});

test("the key goes to the configured address only: not where the environment points, not where a redirect leads", async (t) => {
  const seen: string[] = [];
  const trap = await listening(t, (incoming, response) => {
    seen.push(incoming.headers.authorization ?? "");
    response.end();
  });
  const before = process.env["ANTHROPIC_BASE_URL"];
  process.env["ANTHROPIC_BASE_URL"] = trap;
  t.after(() => {
    if (before === undefined) delete process.env["ANTHROPIC_BASE_URL"];
    else process.env["ANTHROPIC_BASE_URL"] = before;
  });
  const { models } = await talk(t, { kind: "speech", text: "Here." });
  await models.turn(request(), never, () => undefined);

  const redirecting = await listening(t, (incoming, response) => {
    response.writeHead(307, {
      location: `${trap}${incoming.url ?? ""}`,
      "retry-after-ms": "1",
    });
    response.end();
  });
  const led = openClaude({
    apiKey: "a-key",
    baseUrl: redirecting,
    tiers: { strong: "opus", middle: "sonnet", cheap: "haiku" },
    clock: systemClock,
  });
  await assert.rejects(led.lineage("strong", never), (error: unknown) =>
    isProblem(error, "model-unreachable"),
  );
  assert.deepEqual(seen, []);
});
