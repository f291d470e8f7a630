import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { WS_BINDING } from "../../src/protocol/hub.ts";
import { AgentCard } from "../../src/protocol/a2a.ts";
import type { Task } from "../../src/protocol/a2a.ts";
import type { Table } from "./table.ts";
import { openTable } from "./table.ts";

interface Answer {
  readonly id: unknown;
  readonly result?: unknown;
  readonly error?: { readonly code: number; readonly message: string };
}

describe("JSON-RPC over HTTP", { timeout: 60_000 }, () => {
  let table: Table;
  before(async () => {
    table = await openTable();
  });
  after(() => table.close());

  async function post(
    path: string,
    body: string,
    headers: Record<string, string> = { "a2a-version": "1.0" },
  ): Promise<Answer> {
    const response = await fetch(`${table.address.url}${path}`, {
      method: "POST",
      headers: {
        authorization: `Bearer ${table.address.token}`,
        "content-type": "application/json",
        ...headers,
      },
      body,
    });
    assert.equal(response.status, 200);
    return (await response.json()) as Answer;
  }

  async function get(path: string): Promise<Response> {
    return fetch(`${table.address.url}${path}`, {
      headers: { authorization: `Bearer ${table.address.token}` },
    });
  }

  const rpc = (method: string, params: unknown = {}): string =>
    JSON.stringify({ jsonrpc: "2.0", id: 1, method, params });

  it("answers what is not one request with the JSON-RPC error for it", async () => {
    for (const [body, code, id] of [
      ["not json", -32700, null],
      [`${"[".repeat(40)}${"]".repeat(40)}`, -32700, null],
      [`[${rpc("GetTask")}]`, -32600, null],
      ['{"jsonrpc":"2.0","method":"GetTask"}', -32600, null],
      ['{"id":5,"method":"GetTask"}', -32600, 5],
      [rpc("NoSuchMethod"), -32601, 1],
      [rpc("GetTask"), -32602, 1],
      [rpc("GetTask", { id: "nobody" }), -32001, 1],
      [rpc("ListTaskPushNotificationConfigs"), -32003, 1],
    ] as const) {
      const answer = await post("/rpc", body);
      assert.equal(answer.error?.code, code, body);
      assert.equal(answer.id, id);
    }
  });

  it("speaks 1.0 and 0.3, each with its own method names, and names both to every other version", async () => {
    const current = rpc("GetTask", { id: "nobody" });
    const before = rpc("tasks/get", { id: "nobody" });
    const codeOf = async (
      body: string,
      version: string | undefined,
      path = "/rpc",
    ): Promise<number | undefined> => {
      const headers = version === undefined ? {} : { "a2a-version": version };
      return (await post(path, body, headers)).error?.code;
    };
    for (const version of ["1.0", "1.0.1"]) {
      assert.equal(await codeOf(current, version), -32001);
      assert.equal(await codeOf(before, version), -32601);
    }
    for (const version of ["0.3", "0.3.0"]) {
      assert.equal(await codeOf(current, version), -32601);
      assert.equal(await codeOf(before, version), -32001);
    }
    // Missing means 0.3 by the specification; a method name of 1.0 says more.
    for (const version of [undefined, ""]) {
      assert.equal(await codeOf(current, version), -32001);
      assert.equal(await codeOf(before, version), -32001);
    }
    for (const version of ["1.1", "2.0", "0.2", "nonsense", "1.0, 0.3"])
      for (const body of [current, before])
        assert.equal(await codeOf(body, version), -32009);
    const refusal = await post("/rpc", current, { "a2a-version": "1.1" });
    assert.match(JSON.stringify(refusal.error), /"supported":"1.0, 0.3"/);
    for (const [version, code] of [
      ["1.0", -32001],
      ["0.3", -32601],
      ["7", -32009],
    ] as const)
      assert.equal(
        await codeOf(current, undefined, `/rpc?a2a-version=${version}`),
        code,
      );
  });

  it("answers at its root what it answers at /rpc", async () => {
    const answer = await post("/", rpc("GetTask", { id: "nobody" }));
    assert.equal(answer.error?.code, -32001);
  });

  it("reaches an agent by its path, by tenant, or the first one by neither", async () => {
    const send = async (path: string, tenant?: string): Promise<Answer> =>
      post(
        path,
        rpc("SendMessage", {
          ...(tenant === undefined ? {} : { tenant }),
          message: {
            messageId: `${path}${tenant ?? ""}`,
            role: "ROLE_USER",
            parts: [{ text: "echo x" }],
          },
        }),
      );
    for (const answer of [
      await send("/agents/worker/rpc"),
      await send("/agents/worker/rpc", "worker"),
      await send("/rpc", "worker"),
      await send("/rpc"),
    ]) {
      const { task } = answer.result as { task: Task };
      assert.equal(task.metadata?.["agentId"], "worker");
    }
    for (const answer of [
      await send("/agents/nobody/rpc"),
      await send("/rpc", "nobody"),
      await send("/agents/worker/rpc", "nobody"),
    ])
      assert.equal(answer.error?.code, -32602);
  });

  it("serves a card per agent and an extended one that names them all", async () => {
    const response = await get("/agents/worker/.well-known/agent-card.json");
    const card = AgentCard.parse(await response.json());
    assert.equal(card.name, "worker");
    assert.deepEqual(
      card.supportedInterfaces.map(({ protocolBinding, tenant }) => [
        protocolBinding,
        tenant,
      ]),
      [
        ["JSONRPC", undefined],
        ["JSONRPC", "worker"],
        ["HTTP+JSON", undefined],
        ["HTTP+JSON", "worker"],
        [WS_BINDING, "worker"],
        ["JSONRPC", undefined],
      ],
    );
    const etag = response.headers.get("etag") ?? "";
    const again = await fetch(response.url, {
      headers: {
        authorization: `Bearer ${table.address.token}`,
        "if-none-match": etag,
      },
    });
    assert.equal(again.status, 304);
    const extended = await post("/rpc", rpc("GetExtendedAgentCard"));
    assert.deepEqual(
      AgentCard.parse(extended.result).skills.map(({ id }) => id),
      ["worker"],
    );
    assert.equal(
      (await get("/agents/nobody/.well-known/agent-card.json")).status,
      404,
    );
  });

  it("reports health without secrets, and nothing where nothing is", async () => {
    const health = (await (await get("/health")).json()) as Record<
      string,
      unknown
    >;
    assert.equal(health["status"], "ok");
    assert.equal(health["agents"], 1);
    assert.ok(!JSON.stringify(health).includes(table.address.token));
    for (const path of ["/", "/rpc", "/ws", "/agents/worker/rpc", "/../etc"])
      assert.equal((await get(path)).status, 404);
  });
});
