import assert from "node:assert/strict";
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { after, before, describe, it } from "node:test";
import type { GateRequest } from "../../src/hub/gate.ts";
import { judge, MAX_BODY_BYTES } from "../../src/hub/gate.ts";
import { OWNER } from "../../src/hub/outside/identity.ts";
import { manualClock } from "./manualClock.ts";
import type { Table } from "./table.ts";
import { openTable } from "./table.ts";

/** Connections that say nothing. */
async function silent(count: number, port: string): Promise<readonly Socket[]> {
  const sockets = Array.from({ length: count }, () =>
    connect(Number(port), "127.0.0.1").on("error", () => undefined),
  );
  await Promise.all(sockets.map((socket) => once(socket, "connect")));
  return sockets;
}

type Headers = readonly (readonly [string, string])[];

interface Sent {
  readonly status: number;
  readonly body: string;
  readonly head: string;
}

describe("the gate", { timeout: 60_000 }, () => {
  let table: Table;
  let host: string;
  before(async () => {
    table = await openTable();
    host = new URL(table.address.url).host;
  });
  after(() => table.close());

  /** One request by hand, so that nothing adds or forbids headers. */
  async function send(
    method: string,
    url: string,
    headers: Headers,
    body = "",
  ): Promise<Sent> {
    const socket = connect(Number(host.split(":")[1]), "127.0.0.1");
    const lines = [
      `${method} ${url} HTTP/1.1`,
      ...headers.map(([name, value]) => `${name}: ${value}`),
      ...(body === "" ? [] : [`Content-Length: ${String(body.length)}`]),
    ];
    socket.write(`${lines.join("\r\n")}\r\n\r\n${body}`);
    let text = "";
    for await (const chunk of socket) {
      text += String(chunk);
      const split = text.indexOf("\r\n\r\n");
      if (split < 0) continue;
      const length = /content-length: (\d+)/i.exec(text.slice(0, split))?.[1];
      if (text.slice(split + 4).length >= Number(length ?? 0)) break;
    }
    socket.destroy();
    const split = text.indexOf("\r\n\r\n");
    return {
      status: Number(text.split(" ")[1]),
      head: text.slice(0, split),
      body: text.slice(split + 4),
    };
  }

  const good = {
    Host: () => host,
    Authorization: () => `Bearer ${table.address.token}`,
  };
  const upgrade: Headers = [
    ["Connection", "Upgrade"],
    ["Upgrade", "websocket"],
    ["Sec-WebSocket-Version", "13"],
    ["Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="],
    ["Sec-WebSocket-Protocol", "a2a.v1"],
  ];
  const rpc = JSON.stringify({
    jsonrpc: "2.0",
    id: 1,
    method: "SendMessage",
    params: {
      message: {
        messageId: "from-the-gate-test",
        role: "ROLE_USER",
        parts: [{ text: "echo got in" }],
      },
    },
  });

  const hosts = {
    ours: () => [["Host", good.Host()]],
    none: () => [],
    twice: () => [
      ["Host", good.Host()],
      ["Host", good.Host()],
    ],
    rebound: () => [["Host", good.Host().replace("127.0.0.1", "evil.test")]],
    localhost: () => [["Host", good.Host().replace("127.0.0.1", "localhost")]],
    "without port": () => [["Host", "127.0.0.1"]],
  } satisfies Record<string, () => string[][]>;
  const origins = {
    absent: [],
    evil: [["Origin", "https://evil.test"]],
    null: [["Origin", "null"]],
    empty: [["Origin", ""]],
    ours: [["Origin", "http://127.0.0.1"]],
    webview: [["Origin", "vscode-webview://abc"]],
  };
  const tokens = {
    right: () => [["Authorization", good.Authorization()]],
    absent: () => [],
    empty: () => [["Authorization", "Bearer "]],
    wrong: () => [["Authorization", `Bearer ${"A".repeat(43)}`]],
    short: () => [["Authorization", good.Authorization().slice(0, -1)]],
    twice: () => [
      ["Authorization", good.Authorization()],
      ["Authorization", good.Authorization()],
    ],
    basic: () => [
      ["Authorization", good.Authorization().replace("Bearer", "Basic")],
    ],
  } satisfies Record<string, () => string[][]>;
  const sites = {
    absent: [],
    none: [["Sec-Fetch-Site", "none"]],
    "same-origin": [["Sec-Fetch-Site", "same-origin"]],
    "cross-site": [["Sec-Fetch-Site", "cross-site"]],
  };
  const types = {
    json: [["Content-Type", "application/json; charset=utf-8"]],
    a2a: [["Content-Type", "application/a2a+json"]],
    absent: [],
    form: [["Content-Type", "text/plain"]],
  };

  type Pair = readonly [string, string];
  const pairs = (list: readonly (readonly string[])[]): Headers =>
    list as readonly Pair[];

  it("lets in exactly one kind of HTTP request and upgrade, and answers all others alike with no effect", async () => {
    const head = table.log.head();
    const refusals = new Set<string>();
    let refused = 0;
    for (const [hostName, hostOf] of Object.entries(hosts))
      for (const [originName, origin] of Object.entries(origins))
        for (const [tokenName, tokenOf] of Object.entries(tokens))
          for (const [siteName, site] of Object.entries(sites)) {
            const common = pairs([
              ...hostOf(),
              ...origin,
              ...tokenOf(),
              ...site,
            ]);
            const allowed =
              hostName === "ours" &&
              originName === "absent" &&
              tokenName === "right" &&
              (siteName === "absent" || siteName === "none");
            const name = [hostName, originName, tokenName, siteName].join();
            if (allowed) continue;
            const answers = await Promise.all([
              ...Object.values(types).map((type) =>
                send("POST", "/rpc", [...common, ...pairs(type)], rpc),
              ),
              send("GET", "/health", common),
              send("GET", "/tasks", common),
              send("DELETE", "/tasks/x/pushNotificationConfigs/y", common),
              send("GET", "/ws", [...common, ...upgrade]),
            ]);
            for (const answer of answers) {
              assert.equal(answer.status, 401, name);
              refusals.add(answer.body);
              refused += 1;
            }
          }
    assert.equal(refused, (6 * 6 * 7 * 4 - 2) * 8);
    assert.deepEqual([...refusals], ['{"error":"unauthorized"}']);
    assert.equal(table.log.head(), head);
    assert.equal(table.worker.executed.length, 0);
  });

  it("refuses other methods, urls and content types even with the token", async () => {
    const head = table.log.head();
    const all: Headers = [
      ["Host", good.Host()],
      ["Authorization", good.Authorization()],
    ];
    const json: Headers = [...all, ["Content-Type", "application/json"]];
    const answers = await Promise.all([
      ...["PUT", "PATCH", "OPTIONS", "TRACE"].map((method) =>
        send(method, "/rpc", json, rpc),
      ),
      send("POST", "/ws", [...json, ...upgrade]),
      send("POST", "/rpc", all, rpc),
      send("POST", "/rpc", [...all, ["Content-Type", "text/plain"]], rpc),
      send("GET", `/health?${"x".repeat(2048)}`, all),
      send("GET", `http://${host}/health`, all),
      send("GET", "//evil.test/health", all),
      send("GET", "/health", [...all, ["Content-Type", "text/plain"]]),
      send("GET", "/health", [...all, ["Transfer-Encoding", "chunked"]]),
      send("DELETE", "/rpc", [...all, ["Content-Type", "text/plain"]]),
      send("DELETE", "/rpc", [...all, ["Transfer-Encoding", "chunked"]]),
      send("DELETE", "/rpc", [["Host", good.Host()]]),
      send("DELETE", "/rpc", [...all, ["Origin", "null"]]),
      send("GET", `/health?token=${table.address.token}`, [
        ["Host", good.Host()],
      ]),
      send("NONSENSE", "", []),
      send("GET", "/health", [...all, ["X-Long", "x".repeat(9000)]]),
    ]);
    for (const answer of answers) {
      assert.equal(answer.status, 401);
      assert.equal(answer.body, '{"error":"unauthorized"}');
    }
    assert.equal(table.log.head(), head);
  });

  it("never sends CORS headers", async () => {
    const answer = await send("OPTIONS", "/rpc", [
      ["Host", good.Host()],
      ["Origin", "https://evil.test"],
      ["Access-Control-Request-Method", "POST"],
      ["Access-Control-Request-Private-Network", "true"],
    ]);
    assert.equal(answer.status, 401);
    assert.doesNotMatch(answer.head, /access-control/i);
  });

  it("shows the bare card without a token, and no agent on it", async () => {
    const path = "/.well-known/agent-card.json";
    const hostOnly: Headers = [["Host", good.Host()]];
    const answer = await send("GET", path, hostOnly);
    assert.equal(answer.status, 200);
    assert.doesNotMatch(answer.body, /worker/);
    const refused = await Promise.all([
      send("GET", `${path}?x`, hostOnly),
      send("POST", path, hostOnly),
      send("GET", path, [...hostOnly, ["Origin", "https://evil.test"]]),
      send("GET", path, [...hostOnly, ["Authorization", "Bearer wrong"]]),
      send("GET", `/agents/worker${path}`, hostOnly),
    ]);
    for (const { status } of refused) assert.equal(status, 401);
  });

  it("tells who has the token that a body is too large, and lives on", async () => {
    const all: Headers = [
      ["Host", good.Host()],
      ["Authorization", good.Authorization()],
      ["Content-Type", "application/json"],
    ];
    const declared = await send("POST", "/rpc", [
      ...all,
      ["Content-Length", String(1024 * 1024 + 1)],
    ]);
    assert.equal(declared.status, 413);
    const bodiless = await send("DELETE", "/tasks/x", all, "{}");
    assert.equal(bodiless.status, 413);
    const fetched = await fetch(`${table.address.url}/rpc`, {
      method: "POST",
      headers: Object.fromEntries(all.slice(1)),
      body: new ReadableStream({
        start(controller) {
          for (let count = 0; count < 17; count += 1)
            controller.enqueue(new Uint8Array(64 * 1024).fill(0x20));
          controller.close();
        },
      }),
      duplex: "half",
    });
    assert.equal(fetched.status, 413);
    assert.match(await fetched.text(), /larger than 1048576 bytes/);
    const health = await send("GET", "/health", all.slice(0, 2));
    assert.equal(health.status, 200);
    assert.ok(!health.body.includes(table.address.token));
  });

  it("listens to 64 strangers, has 512 wait, and ends the next at once", async () => {
    // Nobody's time is up.
    const clock = manualClock();
    const still = await openTable(undefined, { clock });
    const { port } = new URL(still.address.url);
    const stay: Socket[] = [];
    // In parts: the system keeps a line of its own, which is shorter.
    for (let part = 0; part < 9; part += 1)
      stay.push(...(await silent(64, port)));
    const first = await Promise.race([
      ...stay.map((socket) => once(socket, "close").then(() => "one of them")),
      silent(1, port).then(async ([socket]) => {
        if (socket !== undefined) await once(socket, "close");
        return "the last to come";
      }),
    ]);
    assert.equal(first, "the last to come");
    await still.close();
  });

  it("lets everybody in who has the token, when many come at once and strangers stand in the way", async () => {
    const strangers = await silent(64, new URL(table.address.url).port);
    const gone = strangers.map((socket) => once(socket, "close"));
    const answers = await Promise.all(
      Array.from({ length: 200 }, () =>
        send("GET", "/health", [
          ["Host", good.Host()],
          ["Authorization", good.Authorization()],
        ]),
      ),
    );
    for (const { status } of answers) assert.equal(status, 200);
    await Promise.all(gone);
  });
});

describe("the order of the gate", () => {
  it("is method, url, host, origin, fetch site, content type, token, scope, rate, body", () => {
    const bad = {
      method: "PUT",
      url: "//",
      host: "evil.test",
      origin: "https://evil.test",
      "sec-fetch-site": "cross-site",
      "content type": "text/html",
      token: "wrong",
      scope: "narrow",
      rate: "none",
      body: String(MAX_BODY_BYTES + 1),
    };
    const good: Partial<Record<keyof typeof bad, string>> = {
      method: "POST",
      url: "/rpc",
      host: "127.0.0.1:1",
      "content type": "application/json",
      token: "right",
      scope: "right",
      rate: "some",
      body: "2",
    };
    const order = Object.keys(bad) as (keyof typeof bad)[];
    order.forEach((step, place) => {
      const use = (name: keyof typeof bad): string | undefined =>
        order.indexOf(name) < place ? good[name] : bad[name];
      const header = (
        name: string,
        value: string | undefined,
      ): [string, string[]][] => (value === undefined ? [] : [[name, [value]]]);
      const request: GateRequest = {
        kind: "http",
        method: use("method") ?? "",
        url: use("url") ?? "",
        headers: new Map([
          ...header("host", use("host")),
          ...header("origin", use("origin")),
          ...header("sec-fetch-site", use("sec-fetch-site")),
          ...header("content-type", use("content type")),
          ...header(
            "authorization",
            use("token") === "right" ? use("scope") : "wrong",
          ),
          ...header("content-length", use("body")),
        ]),
      };
      const verdict = judge(request, {
        host: "127.0.0.1:1",
        accepts: (authorization) => {
          if (authorization === "right") return OWNER;
          return authorization === "narrow"
            ? { kind: "agent", agentId: "a", mayAsk: false }
            : undefined;
        },
        takes: () => use("rate") === "some",
      });
      assert.ok(!verdict.pass);
      assert.equal(verdict.why, step);
    });
  });
});
