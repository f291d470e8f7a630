import assert from "node:assert/strict";
import { test } from "node:test";
import type { ModelTurn } from "../../../src/ports.ts";
import { never, request, talk } from "./talk.ts";

test("text arrives piece by piece and whole at the end", async (t) => {
  const text = "One two three four five six seven.";
  const { models } = await talk(t, { kind: "speech", text });
  const heard: string[] = [];
  const turn = await models.turn(request(), never, (delta) =>
    heard.push(delta),
  );
  assert.ok(heard.length > 2);
  assert.equal(heard.join(""), text);
  assert.deepEqual(turn.message.content, [{ type: "text", text }]);
  assert.equal(turn.stop, "end");
  assert.equal(turn.model, "rehearsal-middle");
});

test("every stop reason of the API has its own meaning", async (t) => {
  const meanings: readonly (readonly [string, ModelTurn["stop"]])[] = [
    ["end_turn", "end"],
    ["stop_sequence", "end"],
    ["tool_use", "toolUse"],
    ["max_tokens", "maxTokens"],
    ["pause_turn", "pause"],
    ["refusal", "refusal"],
    ["model_context_window_exceeded", "contextFull"],
  ];
  const { models } = await talk(
    t,
    meanings.map(([stop]) => ({ kind: "speech", text: "Well.", stop })),
  );
  for (const [reason, meaning] of meanings)
    assert.equal(
      (await models.turn(request(), never, () => undefined)).stop,
      meaning,
      reason,
    );
});

test("tool calls come with their input, and results go back under their ids", async (t) => {
  const input = { path: "a.js", from: 2 };
  const { models, asked } = await talk(t, [
    { kind: "speech", text: "I look.", calls: [{ name: "read_file", input }] },
    { kind: "speech", text: "Done." },
  ]);
  const first = await models.turn(request(), never, () => undefined);
  const [, call] = first.message.content;
  assert.equal(first.stop, "toolUse");
  assert.ok(call?.type === "toolUse");
  assert.equal(call.name, "read_file");
  assert.deepEqual(call.input, input);
  await models.turn(
    request({
      messages: [
        ...request().messages,
        first.message,
        {
          role: "user",
          content: [
            { type: "text", text: "Here." },
            {
              type: "toolResult",
              toolUseId: call.id,
              text: "no such file",
              isError: true,
            },
          ],
        },
      ],
    }),
    never,
    () => undefined,
  );
  assert.deepEqual(asked[1]?.results, [
    { tool: "read_file", text: "no such file", isError: true },
  ]);
});

test("input that is not JSON, or is cut off, is handed on as text and never repaired", async (t) => {
  for (const rawInput of [
    '{"path": "a.js", "old": "x", "new": "half of',
    '{"path" oops}',
  ]) {
    const { models, asked } = await talk(t, [
      {
        kind: "speech",
        calls: [{ name: "read_file", rawInput }],
        stop: "max_tokens",
      },
      { kind: "speech", text: "Again." },
    ]);
    const turn = await models.turn(request(), never, () => undefined);
    const [call] = turn.message.content;
    assert.ok(call?.type === "toolUse");
    assert.equal(call.input, rawInput);
    const messages = [...request().messages, turn.message];
    await models.turn(request({ messages }), never, () => undefined);
    const sent = JSON.stringify(asked[1]?.body["messages"]);
    assert.match(sent, /"input":\{\}/, "the API takes objects only");
  }
});

test("thinking is not shown, and goes back exactly as it came", async (t) => {
  const { models, asked } = await talk(t, [
    {
      kind: "speech",
      thinking: "Hm, let me see.",
      text: "Aha.",
      stop: "pause_turn",
    },
    { kind: "speech", text: "Done." },
  ]);
  const heard: string[] = [];
  const first = await models.turn(request(), never, (delta) =>
    heard.push(delta),
  );
  assert.equal(heard.join(""), "Aha.");
  assert.deepEqual(first.message.content, [{ type: "text", text: "Aha." }]);
  await models.turn(
    request({ messages: [...request().messages, first.message] }),
    never,
    () => undefined,
  );
  const messages = asked[1]?.body["messages"] as readonly {
    readonly content: readonly Readonly<Record<string, unknown>>[];
  }[];
  const [thinking, text] = messages[1]?.content ?? [];
  assert.ok(thinking !== undefined && text !== undefined);
  assert.equal(thinking["thinking"], "Hm, let me see.");
  assert.match(String(thinking["signature"]), /^sig_/);
  assert.equal(text["text"], "Aha.");
});

test("the shared part is marked for the cache, comes before everything of one agent, and stays the same from turn to turn", async (t) => {
  const { models, asked } = await talk(t, { kind: "speech", text: "Yes." });
  await models.turn(request(), never, () => undefined);
  await models.turn(
    request({
      messages: [
        { role: "user", content: [{ type: "text", text: "Another role." }] },
      ],
    }),
    never,
    () => undefined,
  );
  const [one, other] = asked.map(({ body }) => body);
  assert.deepEqual(one?.["system"], [
    {
      type: "text",
      text: "You sit at a table.",
      cache_control: { type: "ephemeral" },
    },
  ]);
  assert.deepEqual(other?.["system"], one["system"]);
  assert.deepEqual(other["tools"], one["tools"]);
  assert.ok(!("temperature" in one));
});

test("usage and cost include what the cache saved and what it cost to fill", async (t) => {
  const usage = { input: 10, output: 20, cacheRead: 3000, cacheWrite: 400 };
  const { models } = await talk(t, { kind: "speech", text: "Yes.", usage });
  const turn = await models.turn(request(), never, () => undefined);
  assert.deepEqual(turn.usage, {
    inputTokens: 10,
    outputTokens: 20,
    cacheReadTokens: 3000,
    cacheWriteTokens: 400,
  });
  assert.equal(turn.microUsd, 0, "no model stands behind a rehearsal");
});

test("an answer without a word leaves nothing behind that the API would refuse", async (t) => {
  const { models, asked } = await talk(t, [
    { kind: "speech", text: "" },
    { kind: "speech", text: "Sorry, here." },
  ]);
  const silent = await models.turn(request(), never, () => undefined);
  assert.deepEqual(silent.message.content, []);
  const reminder = { type: "text", text: "Please answer." } as const;
  await models.turn(
    request({
      messages: [
        ...request().messages,
        silent.message,
        { role: "user", content: [reminder, { type: "text", text: " " }] },
      ],
    }),
    never,
    () => undefined,
  );
  const messages = asked[1]?.body["messages"] as readonly {
    readonly role: string;
    readonly content: readonly unknown[];
  }[];
  assert.deepEqual(
    messages.map(({ role, content }) => [role, content.length]),
    [
      ["user", 1],
      ["user", 1],
    ],
  );
});

test("a refusal without a word is a value, not an error", async (t) => {
  const { models } = await talk(t, { kind: "speech", stop: "refusal" });
  const turn = await models.turn(request(), never, () => undefined);
  assert.equal(turn.stop, "refusal");
  assert.deepEqual(turn.message.content, []);
});

test("a tool that must be called is demanded, and tools of servers keep their names", async (t) => {
  const name = "every.thing/add numbers";
  const { models, asked } = await talk(t, {
    kind: "speech",
    calls: [{ name: "every_thing__add_numbers", input: {} }],
  });
  const turn = await models.turn(
    request({
      tools: [{ name, description: "adds", inputSchema: { type: "object" } }],
      mustCall: name,
    }),
    never,
    () => undefined,
  );
  assert.equal(asked[0]?.mustCall, "every_thing__add_numbers");
  const [call] = turn.message.content;
  assert.ok(call?.type === "toolUse");
  assert.equal(call.name, name);
});

test("material that several agents read is marked for the cache apart from the role's part", async (t) => {
  const { models, asked } = await talk(t, { kind: "speech", text: "Yes." });
  await models.turn(
    request({
      messages: [
        {
          role: "user",
          content: [
            { type: "text", text: "The material." },
            { type: "text", text: "The role." },
          ],
        },
      ],
    }),
    never,
    () => undefined,
  );
  const [message] = asked[0]?.body["messages"] as readonly {
    readonly content: readonly Readonly<Record<string, unknown>>[];
  }[];
  assert.deepEqual(message?.content[0]?.["cache_control"], {
    type: "ephemeral",
  });
});
