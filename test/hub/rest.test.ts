import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { REST_ROUTES } from "../../src/hub/rest/restRoute.ts";
import type { Task } from "../../src/protocol/a2a.ts";
import { AgentCard } from "../../src/protocol/a2a.ts";
import { memoryLog } from "../fakes/memoryLog.ts";
import type { Table } from "./table.ts";
import { openTable } from "./table.ts";

interface Refusal {
  readonly error: {
    readonly code: number;
    readonly status: string;
    readonly message: string;
    readonly details: readonly Record<string, unknown>[];
  };
}

describe("A2A over HTTP+JSON", { timeout: 60_000 }, () => {
  let table: Table;
  before(async () => {
    table = await openTable();
  });
  after(() => table.close());

  async function call(
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<Response> {
    return fetch(`${table.address.url}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${table.address.token}`,
        ...(method === "POST" ? { "content-type": "application/json" } : {}),
        ...headers,
      },
      ...(body === undefined
        ? {}
        : { body: typeof body === "string" ? body : JSON.stringify(body) }),
    });
  }

  const say = (text: string, messageId: string): unknown => ({
    message: { messageId, role: "ROLE_USER", parts: [{ text }] },
  });

  async function send(
    text: string,
    messageId: string,
    more: object = {},
  ): Promise<Task> {
    const body = { ...(say(text, messageId) as object), ...more };
    const response = await call("POST", "/message:send", body);
    assert.equal(response.status, 200);
    return ((await response.json()) as { task: Task }).task;
  }

  async function refused(
    response: Response,
    status: number,
    name: string,
  ): Promise<Refusal["error"]> {
    assert.equal(response.status, status);
    assert.equal(response.headers.get("content-type"), "application/a2a+json");
    const { error } = (await response.json()) as Refusal;
    assert.equal(error.code, status);
    assert.equal(error.status, name);
    assert.doesNotMatch(JSON.stringify(error), /node_modules|\.ts:|\/home\//);
    return error;
  }

  it("takes both JSON content types, with or without A2A-Version, and answers application/a2a+json", async () => {
    for (const [type, version] of [
      ["application/json", "1.0"],
      ["application/a2a+json", "1.0.1"],
      ["application/a2a+json; charset=utf-8", ""],
    ] as const) {
      const response = await call(
        "POST",
        "/message:send",
        say("echo hello", `types ${type}`),
        { "content-type": type, "a2a-version": version },
      );
      assert.equal(response.status, 200);
      assert.equal(
        response.headers.get("content-type"),
        "application/a2a+json",
      );
      const { task } = (await response.json()) as { task: Task };
      assert.equal(task.artifacts?.[0]?.parts[0]?.text, "hello");
    }
  });

  it("serves every operation at the root, under /agents/ID and under /TENANT, and no other path", async () => {
    for (const prefix of ["", "/agents/worker", "/worker"])
      for (const [method, template] of REST_ROUTES) {
        const path = template
          .replace("{id}", "nobody")
          .replace("{taskId}", "nobody");
        const response = await call(
          method,
          `${prefix}${path}`,
          method === "POST" ? {} : undefined,
        );
        const text = await response.text();
        assert.doesNotMatch(text, /there is nothing here/, `${method} ${path}`);
        assert.ok([200, 204, 400, 404].includes(response.status), text);
      }
    for (const [method, path] of [
      ["DELETE", "/tasks/x"],
      ["POST", "/tasks"],
      ["POST", "/tasks/x"],
      ["GET", "/tasks/x:cancel"],
      ["GET", "/tasks/x:nothing"],
      ["GET", "/tasks/x/pushNotificationConfigs/y/z"],
      ["GET", "/message:send"],
      ["POST", "/extendedAgentCard"],
      ["GET", "/tasks/%ff"],
      ["GET", "/agents/worker/agents/worker/tasks"],
      ["GET", "/WORKER/tasks"],
    ] as const) {
      const response = await call(method, path);
      assert.equal(response.status, 404, path);
      assert.match(await response.text(), /there is nothing here/);
    }
  });

  it("knows an agent by path and by tenant alike, and refuses two that differ", async () => {
    for (const [path, tenant] of [
      ["/agents/worker", undefined],
      ["/worker", undefined],
      ["/worker", "worker"],
      ["", "worker"],
    ] as const) {
      const body = {
        ...(say("echo x", `reach ${path} ${String(tenant)}`) as object),
        ...(tenant === undefined ? {} : { tenant }),
      };
      const response = await call("POST", `${path}/message:send`, body);
      const { task } = (await response.json()) as { task: Task };
      assert.equal(task.metadata?.["agentId"], "worker");
    }
    for (const [path, tenant] of [
      ["/worker", "nobody"],
      ["/agents/nobody", undefined],
      ["", "nobody"],
    ] as const)
      await refused(
        await call("POST", `${path}/message:send`, {
          ...(say("x", "y") as object),
          tenant,
        }),
        400,
        "INVALID_ARGUMENT",
      );
  });

  it("gets, lists with the filters of the query, and cancels", async () => {
    const task = await send("echo a", "list-a", {});
    const got = await call("GET", `/tasks/${task.id}?historyLength=0`);
    const shown = (await got.json()) as Task;
    assert.equal(shown.id, task.id);
    assert.equal(shown.history, undefined);

    const list = async (query: string): Promise<readonly Task[]> => {
      const response = await call("GET", `/tasks${query}`);
      assert.equal(response.status, 200);
      return ((await response.json()) as { tasks: Task[] }).tasks;
    };
    const { contextId } = task;
    assert.equal((await list(`?contextId=${contextId}`)).length, 1);
    assert.equal((await list("?pageSize=1&pageToken=")).length, 1);
    assert.equal((await list("?status=TASK_STATE_REJECTED")).length, 0);
    const [full] = await list(
      `?contextId=${contextId}&includeArtifacts=true&unknown=ignored`,
    );
    assert.equal(full?.artifacts?.[0]?.parts[0]?.text, "a");
    for (const [query, field] of [
      ["pageSize=many", "pageSize"],
      ["pageSize=101", "pageSize"],
      ["includeArtifacts=perhaps", "includeArtifacts"],
      ["status=completed", "status"],
      ["statusTimestampAfter=yesterday", "statusTimestampAfter"],
    ] as const) {
      const response = await call("GET", `/tasks?${query}`);
      const { details } = await refused(response, 400, "INVALID_ARGUMENT");
      assert.match(JSON.stringify(details), new RegExp(`"field":"${field}"`));
    }

    const waiting = await send("wait", "cancel-me", {
      configuration: { returnImmediately: true },
    });
    const canceled = await call("POST", `/tasks/${waiting.id}:cancel`);
    assert.equal(
      ((await canceled.json()) as Task).status.state,
      "TASK_STATE_CANCELED",
    );
    await refused(
      await call("POST", `/tasks/${waiting.id}:cancel`, {}),
      400,
      "FAILED_PRECONDITION",
    );
  });

  it("streams StreamResponses as server-sent events, and subscribes by GET as by POST", async () => {
    const own = await openTable();
    try {
      const ask = async (
        method: string,
        path: string,
        body?: unknown,
      ): Promise<Response> =>
        fetch(`${own.address.url}${path}`, {
          method,
          headers: {
            authorization: `Bearer ${own.address.token}`,
            ...(method === "POST"
              ? { "content-type": "application/a2a+json" }
              : {}),
          },
          ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        });
      const body = {
        ...(say("hold on", "streamed") as object),
        configuration: { returnImmediately: true },
      };
      const sent = await ask("POST", "/message:send", body);
      const { task } = (await sent.json()) as { task: Task };
      const streams = await Promise.all([
        ask("POST", "/message:stream", say("hold it", "also streamed")),
        ask("GET", `/tasks/${task.id}:subscribe`),
        ask("POST", `/worker/tasks/${task.id}:subscribe`),
      ]);
      own.worker.release();
      for (const stream of streams) {
        assert.equal(stream.headers.get("content-type"), "text/event-stream");
        const items = (await stream.text())
          .split("\n")
          .filter((line) => line.startsWith("data: "))
          .map((line) => JSON.parse(line.slice(6)) as object);
        assert.ok("task" in Object(items[0]));
        assert.match(
          JSON.stringify(items.at(-1)),
          /statusUpdate.*TASK_STATE_COMPLETED/,
        );
      }
      const late = await ask("GET", `/tasks/${task.id}:subscribe`);
      await refused(late, 400, "FAILED_PRECONDITION");
    } finally {
      await own.close();
    }
  });

  it("says every error as a google.rpc.Status with the details of the JSON-RPC error", async () => {
    const rpc = async (method: string, params: unknown): Promise<unknown> => {
      const response = await call(
        "POST",
        "/rpc",
        { jsonrpc: "2.0", id: 1, method, params },
        { "a2a-version": "1.0" },
      );
      const { error } = (await response.json()) as {
        error?: { data?: unknown };
      };
      return error?.data;
    };
    const missing = await refused(
      await call("GET", "/tasks/nobody"),
      404,
      "NOT_FOUND",
    );
    assert.deepEqual(missing.details, await rpc("GetTask", { id: "nobody" }));
    assert.equal(missing.details[0]?.["reason"], "TASK_NOT_FOUND");
    assert.equal(missing.details[0]["domain"], "a2a-protocol.org");

    const badParts = say("x", "bad") as { message: object };
    const params = { message: { ...badParts.message, parts: [] } };
    const invalid = await refused(
      await call("POST", "/message:send", params),
      400,
      "INVALID_ARGUMENT",
    );
    assert.deepEqual(invalid.details, await rpc("SendMessage", params));

    const versioned = await call("GET", "/tasks", undefined, {
      "a2a-version": "0.3",
    });
    const { details } = await refused(versioned, 400, "FAILED_PRECONDITION");
    assert.equal(details[0]?.["reason"], "VERSION_NOT_SUPPORTED");

    const { id } = await send("echo x", "for errors");
    for (const [body, path] of [
      ["not json", "/message:send"],
      [`${"[".repeat(40)}${"]".repeat(40)}`, "/message:send"],
      ["[]", "/message:send"],
      ["7", "/message:send"],
      ['{"id":"another"}', `/tasks/${id}:cancel`],
    ] as const)
      await refused(await call("POST", path, body), 400, "INVALID_ARGUMENT");
  });

  it("refuses a body of more than 1 MiB and lives on", async () => {
    const response = await call("POST", "/message:send", undefined, {});
    assert.equal(response.status, 400);
    const large = await fetch(`${table.address.url}/message:send`, {
      method: "POST",
      headers: {
        authorization: `Bearer ${table.address.token}`,
        "content-type": "application/json",
      },
      body: new ReadableStream({
        start(controller) {
          for (let count = 0; count < 17; count += 1)
            controller.enqueue(new Uint8Array(64 * 1024).fill(0x20));
          controller.close();
        },
      }),
      duplex: "half",
    });
    assert.equal(large.status, 413);
    assert.match(await large.text(), /larger than 1048576 bytes/);
    assert.equal((await call("GET", "/tasks")).status, 200);
  });

  it("gives the extended card to who has the token, of the table and of each agent", async () => {
    const response = await call("GET", "/extendedAgentCard");
    const card = AgentCard.parse(await response.json());
    assert.deepEqual(
      card.skills.map(({ id }) => id),
      ["worker"],
    );
    for (const path of ["/agents/worker", "/worker"]) {
      const own = await call("GET", `${path}/extendedAgentCard`);
      assert.equal(AgentCard.parse(await own.json()).name, "worker");
    }
    await refused(
      await call("GET", "/agents/nobody/extendedAgentCard"),
      400,
      "INVALID_ARGUMENT",
    );
    const stranger = await fetch(`${table.address.url}/extendedAgentCard`);
    assert.equal(stranger.status, 401);
  });

  it("keeps, shows, lists and removes push configurations below their task", async () => {
    const receiver = createServer((_request, response) => response.end());
    await once(receiver.listen(0, "127.0.0.1"), "listening");
    const { port } = receiver.address() as AddressInfo;
    const target = `http://127.0.0.1:${String(port)}`;
    const dir = await mkdtemp(join(tmpdir(), "roundtable-push-"));
    const own = await openTable(memoryLog(), {
      push: { targets: [target], file: join(dir, "push.json") },
    });
    const ask = async (
      method: string,
      path: string,
      body?: object,
    ): Promise<Response> =>
      fetch(`${own.address.url}${path}`, {
        method,
        headers: {
          authorization: `Bearer ${own.address.token}`,
          "content-type": "application/a2a+json",
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
    try {
      const sent = await ask("POST", "/message:send", {
        ...(say("hold it", "pushed") as object),
        configuration: { returnImmediately: true },
      });
      const { task } = (await sent.json()) as { task: Task };
      const configs = `/tasks/${task.id}/pushNotificationConfigs`;
      const url = `${target}/hook`;
      const made = await ask("POST", configs, { id: "mine", url });
      assert.equal(made.status, 200);
      const shown = (await made.json()) as Record<string, unknown>;
      assert.equal(shown["taskId"], task.id);
      assert.equal(shown["url"], url);
      const got = await ask("GET", `/agents/worker${configs}/mine`);
      assert.deepEqual(await got.json(), shown);
      const listed = await ask("GET", `/worker${configs}?pageSize=10`);
      assert.deepEqual(
        ((await listed.json()) as { configs: unknown }).configs,
        [shown],
      );
      await refused(
        await ask("POST", configs, { taskId: "another", url }),
        400,
        "INVALID_ARGUMENT",
      );
      await refused(
        await ask("POST", configs, { url: "http://192.0.2.1/hook" }),
        400,
        "INVALID_ARGUMENT",
      );
      const removed = await ask("DELETE", `${configs}/mine`);
      assert.equal(removed.status, 204);
      assert.equal(await removed.text(), "");
      assert.equal((await ask("GET", `${configs}/mine`)).status, 404);
    } finally {
      own.worker.release();
      await own.close();
      receiver.closeAllConnections();
      receiver.close();
      await rm(dir, { recursive: true, force: true });
    }
  });
});
