import assert from "node:assert/strict";
import { request as httpRequest } from "node:http";
import { test } from "node:test";
import { startRehearsal } from "../../../src/adapters/rehearsal/startRehearsal.ts";
import type { Rehearsal } from "../../../src/adapters/rehearsal/startRehearsal.ts";
import type { ScriptedTurn } from "../../../src/adapters/rehearsal/turn.ts";

const SPEECH: ScriptedTurn = {
  kind: "speech",
  text: "Two words  and\nsome more. ",
  calls: [{ name: "read_file", input: { path: "a b.js", from: 1 } }],
};

const BODY = {
  model: "rehearsal-middle",
  max_tokens: 100,
  messages: [{ role: "user", content: "Hello" }],
};

async function opened(
  t: { after: (end: () => Promise<void>) => void },
  turn: ScriptedTurn = SPEECH,
): Promise<Rehearsal> {
  const rehearsal = await startRehearsal({ script: () => turn });
  t.after(() => rehearsal.dispose());
  return rehearsal;
}

function post(
  { baseUrl, apiKey }: Rehearsal,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): Promise<{ readonly status: number; readonly text: string }> {
  return new Promise((resolve, reject) => {
    const request = httpRequest(
      `${baseUrl}/v1/messages`,
      {
        method: "POST",
        headers: { authorization: `Bearer ${apiKey}`, ...headers },
      },
      (response) => {
        let text = "";
        response.setEncoding("utf8");
        response.on("data", (chunk: string) => (text += chunk));
        response.on("end", () => {
          resolve({ status: response.statusCode ?? 0, text });
        });
      },
    );
    request.on("error", reject);
    request.end(typeof body === "string" ? body : JSON.stringify(body));
  });
}

function eventsIn(text: string): readonly Readonly<Record<string, unknown>>[] {
  return text
    .split("\n\n")
    .filter((block) => block !== "")
    .map((block) => {
      const [event = "", data = ""] = block.split("\n");
      const parsed = JSON.parse(data.slice("data: ".length)) as {
        readonly type: string;
      };
      assert.equal(event, `event: ${parsed.type}`);
      return parsed;
    });
}

test("the same request gets the same bytes, also from another start", async (t) => {
  const [one, other] = [await opened(t), await opened(t)];
  for (const stream of [true, false]) {
    const first = await post(one, { ...BODY, stream });
    assert.equal(first.status, 200);
    assert.deepEqual(await post(one, { ...BODY, stream }), first);
    assert.deepEqual(await post(other, { ...BODY, stream }), first);
  }
  const plain = await post(one, BODY);
  assert.notEqual(
    (await post(one, { ...BODY, max_tokens: 99 })).text,
    plain.text,
  );
});

test("a stream has the API's events in the API's order, and adds up to the plain answer", async (t) => {
  const rehearsal = await opened(t);
  const events = eventsIn(
    (await post(rehearsal, { ...BODY, stream: true })).text,
  );
  const kinds = events.map(({ type }) => String(type));
  assert.deepEqual(
    kinds.filter((kind, index) => kind !== kinds[index - 1]),
    [
      "message_start",
      "ping",
      "content_block_start",
      "content_block_delta",
      "content_block_stop",
      "content_block_start",
      "content_block_delta",
      "content_block_stop",
      "message_delta",
      "message_stop",
    ],
  );
  const deltas = events.flatMap(
    ({ delta }) => (delta ?? {}) as { text?: string; partial_json?: string },
  );
  const plain = JSON.parse((await post(rehearsal, BODY)).text) as {
    readonly content: readonly [
      { readonly text: string },
      { readonly input: unknown },
    ];
    readonly stop_reason: string;
  };
  assert.equal(
    deltas.map(({ text }) => text ?? "").join(""),
    plain.content[0].text,
  );
  assert.deepEqual(
    JSON.parse(deltas.map((delta) => delta.partial_json ?? "").join("")),
    plain.content[1].input,
  );
  assert.equal(plain.stop_reason, "tool_use");
  assert.ok(deltas.filter(({ text }) => text !== undefined).length > 1);
});

test("nobody gets in without the key, from a web page, or under another host name", async (t) => {
  const rehearsal = await opened(t);
  const refused = [
    { authorization: "Bearer wrong" },
    { authorization: "" },
    { origin: "http://localhost:3000" },
    { host: "evil.example" },
  ];
  for (const headers of refused)
    assert.equal((await post(rehearsal, BODY, headers)).status, 401);
  assert.equal((await post(rehearsal, BODY)).status, 200);
});

test("a body that is no request is answered, not swallowed", async (t) => {
  const rehearsal = await opened(t);
  for (const body of ["{", "[]", { model: "x", messages: [] }]) {
    const { status, text } = await post(rehearsal, body);
    assert.equal(status, 400);
    assert.match(text, /invalid_request_error/);
  }
});

test("ending it ends answers that hang", async (t) => {
  const rehearsal = await opened(t, { kind: "hang" });
  const hanging = assert.rejects(post(rehearsal, { ...BODY, stream: true }));
  await rehearsal.dispose();
  await hanging;
  await rehearsal.dispose();
});
