import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import fc from "fast-check";
import { REST_ROUTES } from "../../src/hub/rest/restRoute.ts";
import type { Table } from "./table.ts";
import { openTable } from "./table.ts";

const METHODS = [
  "message/send",
  "message/stream",
  "tasks/get",
  "tasks/cancel",
  "tasks/resubscribe",
  "tasks/pushNotificationConfig/set",
  "tasks/pushNotificationConfig/get",
  "tasks/pushNotificationConfig/list",
  "tasks/pushNotificationConfig/delete",
  "agent/getAuthenticatedExtendedCard",
  "SendMessage",
  "SendStreamingMessage",
  "GetTask",
  "ListTasks",
  "CancelTask",
  "SubscribeToTask",
  "CreateTaskPushNotificationConfig",
  "GetExtendedAgentCard",
];

const SENDING = [
  "message/send",
  "message/stream",
  "SendMessage",
  "SendStreamingMessage",
];

/** JSON that looks like what we know, put together wrongly. */
const words = fc.constantFrom(
  ...["message", "parts", "kind", "type", "text", "content", "file", "data"],
  ...["role", "messageId", "configuration", "metadata", "id", "taskId"],
  ...["bytes", "uri", "tenant", "history", "pushNotificationConfig", "url"],
  ...["authentication", "schemes", "blocking", "__proto__", "constructor"],
);
const { value: almost } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, depthSize: "small" },
    fc.constantFrom(
      ...["text", "file", "user", "ROLE_USER", "", "\u0000", "\ud800", "../x"],
      ...[null, true, false, 0, -1, 1e308],
    ),
    fc.array(tie("value"), { maxLength: 3 }),
    fc.dictionary(words, tie("value"), { maxKeys: 5 }),
  ),
}));
/** Mostly `good`, else anything. */
function mostly<T>(good: fc.Arbitrary<T>): fc.Arbitrary<unknown> {
  return fc.oneof(
    { weight: 6, arbitrary: good },
    { weight: 1, arbitrary: almost },
  );
}
const part = mostly(
  fc.oneof(
    fc.constantFrom(
      { kind: "text", text: "x" },
      { type: "text", content: "x" },
      { text: "x" },
    ),
    fc.record(
      {
        kind: fc.constantFrom("text", "file", "data"),
        type: fc.constantFrom("text", "file", "data"),
        text: almost,
        content: almost,
        file: almost,
        data: almost,
        metadata: almost,
      },
      { requiredKeys: [] },
    ),
  ),
);
/** Some of these are no rubbish. */
const message = fc.record(
  {
    message: fc.record(
      {
        role: mostly(fc.constantFrom("user", "ROLE_USER")),
        messageId: mostly(fc.uuid()),
        parts: fc.array(part, { minLength: 1, maxLength: 2 }),
        metadata: mostly(fc.constant({ a: 1 })),
      },
      { requiredKeys: ["role", "parts", "messageId"] },
    ),
    configuration: mostly(fc.constantFrom({}, { blocking: false })),
  },
  { requiredKeys: ["message"] },
);

/** The same rubbish each time. */
const RUNS = { numRuns: 400, seed: 20261121 };

describe("rubbish over HTTP", { timeout: 120_000 }, () => {
  let table: Table;
  before(async () => {
    table = await openTable();
    // Whatever gets through is answered at once.
    table.worker.follow("echo x");
  });
  after(() => table.close());

  async function send(
    verb: string,
    path: string,
    body: unknown,
  ): Promise<string> {
    const response = await fetch(`${table.address.url}${path}`, {
      method: verb,
      headers: {
        authorization: `Bearer ${table.address.token}`,
        "content-type": "application/json",
      },
      ...(verb === "POST" ? { body: JSON.stringify(body) } : {}),
    });
    return response.text();
  }

  const isClean = (text: string): void => {
    assert.doesNotMatch(
      text,
      /-32603|"reason":"INTERNAL"|node_modules|\.ts:\d|TypeError/,
    );
  };

  it("is refused by name in every method, of 1.0, of 0.3 and before, and never breaks one", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          fc.tuple(fc.constantFrom(...METHODS), almost),
          fc.tuple(fc.constantFrom(...SENDING), message),
        ),
        async ([method, params]) => {
          const request = { jsonrpc: "2.0", id: 1, method, params };
          isClean(await send("POST", "/rpc", request));
        },
      ),
      RUNS,
    );
  });

  it("is refused by name at every path of REST, and never breaks one", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...REST_ROUTES),
        fc.oneof(fc.string({ maxLength: 20 }), fc.constant("%00")),
        fc.dictionary(
          fc.constantFrom("pageSize", "status", "pageToken", "historyLength"),
          fc.string({ maxLength: 12 }),
        ),
        fc.oneof(almost, message),
        async ([verb, template], id, query, body) => {
          const path = template.replaceAll(
            /\{\w+\}/g,
            encodeURIComponent(id) || "x",
          );
          const search = new URLSearchParams(query).toString();
          isClean(await send(verb, `${path}?${search}`, body));
        },
      ),
      RUNS,
    );
  });

  it("leaves the hub as it was, and kept what was no rubbish", async () => {
    const got = table.worker.executed.length;
    assert.ok(got > 5, `only ${String(got)} got through`);
    const listed = await send("GET", "/tasks", undefined);
    assert.match(listed, /"totalSize":\d+/);
  });
});
