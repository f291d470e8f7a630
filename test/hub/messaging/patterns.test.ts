import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, it } from "node:test";
import type { Table } from "../table.ts";
import { openTable } from "../table.ts";
import { Refused } from "../webSocketClient.ts";
import type { EnvelopeClient } from "./envelopeClient.ts";
import { openEnvelopeClient } from "./envelopeClient.ts";

const TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

describe("messages at the hub", { timeout: 60_000 }, () => {
  let table: Table;
  const clients: EnvelopeClient[] = [];
  const open = async (protocol?: string): Promise<EnvelopeClient> => {
    const client = await openEnvelopeClient(table.address, protocol);
    clients.push(client);
    return client;
  };
  beforeEach(async () => {
    table = await openTable();
  });
  afterEach(async () => {
    await Promise.all(clients.splice(0).map((client) => client.close()));
    await table.close();
  });

  const seated = async (
    agentId: string,
    role?: string,
    skills?: readonly string[],
  ): Promise<EnvelopeClient> => {
    const client = await open();
    await client.sit(agentId, role, skills);
    return client;
  };
  const refusal = async (client: EnvelopeClient): Promise<unknown> => {
    const { method, params } = await client.told.next();
    assert.equal(method, "envelope/refused");
    return params;
  };

  it("come several in a frame, each passed on by itself; what does not fit is refused and the rest goes on", async () => {
    const [a, b] = [await seated("a"), await seated("b")];
    a.socket.send(
      [
        '!!{"id":"1","to":"agent:b"}',
        '{"n":1}',
        '!{"id":"2","to":"agent:b","from":"b"}',
        '{"n":2}',
        '{"id":"no mark","to":"agent:b"}',
        '{"n":3}',
        '!{"id":"4","to":"agent:b"}',
        '{"n":4}',
      ].join("\n"),
    );
    const got = [await b.messages.next(), await b.messages.next()];
    assert.deepEqual(
      got.map(({ header, payload }) => [header["id"], header["from"], payload]),
      [
        ["1", "a", { n: 1 }],
        ["4", "a", { n: 4 }],
      ],
    );
    assert.deepEqual(
      [await refusal(a), await refusal(a)].map(
        (params) => (params as { readonly id: unknown }).id,
      ),
      ["2", null],
    );
  });

  it("alone in a frame may have line ends in the payload", async () => {
    const [a, b] = [await seated("a"), await seated("b")];
    a.socket.send('!{"id":"1","to":"agent:b"}\n[1,\n"!{}"]');
    const { text } = await b.messages.next();
    assert.ok(text.endsWith('\n[1,\n"!{}"]'));
  });

  it("go directly to an agent, payload and unknown members as they were, with the sender's name set by the hub", async () => {
    const [a, b] = [await seated("a"), await seated("b")];
    a.socket.send(
      '!{"id":"1","to":"agent:b","at":5,"x-own":{"deep":[1]}}\n{ "spaces" : "kept\\u0041" }',
    );
    const { header, text } = await b.messages.next();
    assert.deepEqual(header, {
      id: "1",
      to: "agent:b",
      at: 5,
      "x-own": { deep: [1] },
      from: "a",
    });
    assert.equal(
      text.slice(text.indexOf("\n") + 1),
      '{ "spaces" : "kept\\u0041" }',
    );
  });

  it("come from 'client' without a seat, and nobody can send in another's name", async () => {
    const [a, b, client] = [await seated("a"), await seated("b"), await open()];
    client.send({ id: "1", to: "agent:b" });
    assert.equal((await b.messages.next()).header["from"], "client");
    for (const liar of [a, client]) {
      liar.send({ id: "2", to: "agent:b", from: "worker" });
      assert.match(JSON.stringify(await refusal(liar)), /"field":"from"/);
    }
    a.send({ id: "3", to: "agent:b", from: "a" });
    const { header, text } = await b.messages.next();
    assert.equal(header["from"], "a");
    assert.equal(text.split('"from"').length, 2);
  });

  it("cannot claim what only the hub says: place, try and subscription are dropped", async () => {
    const [a, b] = [await open(), await seated("b")];
    a.send({ id: "1", to: "agent:b", seq: 9, attempt: 1, subscription: "s" });
    assert.deepEqual((await b.messages.next()).header, {
      id: "1",
      to: "agent:b",
      type: "event",
      durable: false,
      priority: 5,
      from: "client",
    });
  });

  it("go to one agent of a role, and to one with a skill, never back to the sender's own seat", async () => {
    const [a, b] = [
      await seated("a", "tester", ["test.unit"]),
      await seated("b", "tester", ["test.e2e"]),
    ];
    a.send({ id: "1", to: "role:tester" });
    assert.equal((await b.messages.next()).header["id"], "1");
    b.send({ id: "2", to: "skill:test.*" });
    assert.equal((await a.messages.next()).header["id"], "2");
    a.send({ id: "3", to: "skill:paint" });
    assert.match(JSON.stringify(await refusal(a)), /"field":"to"/);
  });

  it("on a topic go to all who subscribed to a pattern of it, once each, until they unsubscribe", async () => {
    const [a, b, c, d] = [
      await open(),
      await open(),
      await open(),
      await open(),
    ];
    await b.call("envelope/subscribe", { topics: ["build.*.done", "build.#"] });
    await c.call("envelope/subscribe", { topics: ["build.main"] });
    await d.call("envelope/subscribe", { topics: ["#"] });
    a.send({ id: "1", to: "topic:build.main.done" });
    for (const heard of [b, d])
      assert.equal((await heard.messages.next()).header["id"], "1");
    await b.call("envelope/unsubscribe", { topics: ["build.#"] });
    await d.call("envelope/unsubscribe", {});
    a.send({ id: "2", to: "topic:build.main" });
    a.send({ id: "3", to: "topic:build.x.done" });
    assert.equal((await c.messages.next()).header["id"], "2");
    assert.equal((await b.messages.next()).header["id"], "3");
    assert.equal(b.messages.waiting() + c.messages.waiting(), 0);
    assert.equal(d.messages.waiting(), 0);
  });

  it("for everyone go to all who are seated but the sender", async () => {
    const [a, b, c] = [await seated("a"), await seated("b"), await seated("c")];
    a.send({ id: "1", to: "everyone", type: "broadcast" });
    b.send({ id: "2", to: "agent:a" });
    for (const heard of [b, c])
      assert.equal((await heard.messages.next()).header["id"], "1");
    assert.equal((await a.messages.next()).header["id"], "2");
  });

  it("ask and answer: the answer finds the asker by its correlation, cause and trace filled in", async () => {
    const [asker, b] = [await open(), await seated("b")];
    asker.send({
      id: "q1",
      to: "agent:b",
      type: "request",
      traceparent: TRACE,
    });
    const { header } = await b.messages.next();
    assert.equal(header["correlationId"], "q1");
    b.send(
      {
        id: "r1",
        to: "agent:client",
        type: "response",
        correlationId: "q1",
      },
      { fine: true },
    );
    const answer = await asker.messages.next();
    assert.deepEqual(answer.payload, { fine: true });
    assert.equal(answer.header["from"], "b");
    assert.equal(answer.header["causationId"], "q1");
    assert.equal(answer.header["traceparent"], TRACE);
    // It has been answered: there is nobody to give a second answer to.
    b.send({
      id: "r2",
      to: "agent:client",
      type: "response",
      correlationId: "q1",
    });
    assert.match(JSON.stringify(await refusal(b)), /"field":"to"/);
  });

  it("stream an answer: parts with `more` until the last, in order", async () => {
    const [asker, b] = [await open(), await seated("b", "teller")];
    asker.send({ id: "q", to: "role:teller", type: "request" });
    await b.messages.next();
    const part = { to: "agent:client", type: "response", correlationId: "q" };
    for (let n = 0; n < 50; n += 1)
      b.send({ id: `p${String(n)}`, ...part, more: n < 49 }, n);
    for (let n = 0; n < 50; n += 1)
      assert.equal((await asker.messages.next()).payload, n);
    b.send({ id: "late", ...part });
    assert.match(JSON.stringify(await refusal(b)), /"field":"to"/);
  });

  it("cannot be answered by anybody but who was asked", async () => {
    const [asker, b, c] = [await open(), await seated("b"), await seated("c")];
    asker.send({ id: "q", to: "agent:b", type: "request" });
    await b.messages.next();
    const answer = { to: "agent:client", type: "response", correlationId: "q" };
    c.send({ id: "forged", ...answer });
    assert.match(JSON.stringify(await refusal(c)), /"field":"to"/);
    b.send({ id: "true", ...answer });
    assert.equal((await asker.messages.next()).header["id"], "true");
  });

  it("tell the asker when no answer comes in time, or who was asked goes away", async () => {
    const [asker, b] = [await open(), await seated("b")];
    asker.send({
      id: "q1",
      to: "agent:b",
      type: "request",
      expiresAt: Date.now() + 100,
    });
    const late = await asker.messages.next();
    assert.equal(late.header["type"], "error");
    assert.equal(late.header["from"], "hub");
    assert.equal(late.header["correlationId"], "q1");
    assert.equal(late.header["causationId"], "q1");
    assert.match(JSON.stringify(late.payload), /DEADLINE_EXCEEDED/);
    asker.send({ id: "q2", to: "agent:b", type: "request" });
    await b.messages.next();
    await b.messages.next();
    await b.close();
    assert.match(
      JSON.stringify((await asker.messages.next()).payload),
      /UNAVAILABLE/,
    );
  });

  it("refuse a request to many, one whose name is taken, and a message whose time is over", async () => {
    const [a, b] = [await open(), await seated("b")];
    for (const to of ["topic:x", "everyone"]) {
      a.send({ id: "1", to, type: "request" });
      assert.match(JSON.stringify(await refusal(a)), /"field":"type"/);
    }
    a.send({ id: "q", to: "agent:b", type: "request", correlationId: "c" });
    a.send({ id: "p", to: "agent:b", type: "request", correlationId: "c" });
    assert.match(JSON.stringify(await refusal(a)), /"field":"correlationId"/);
    a.send({ id: "old", to: "agent:b", expiresAt: 1000 });
    assert.match(JSON.stringify(await refusal(a)), /"field":"expiresAt"/);
    a.send({ id: "new", to: "agent:b", expiresAt: Date.now() + 60_000 });
    assert.equal((await b.messages.next()).header["id"], "q");
    assert.equal((await b.messages.next()).header["id"], "new");
  });

  it("are told off when they do not fit, by id where there is one, and cut off when they are rubbish", async () => {
    const client = await open();
    const cases = [
      ["!no header", null],
      ["!{}\n1", null],
      ['!["a"]\n1', null],
      ["!{not json}\n1", null],
      [`!{"id":"long","x":"${"y".repeat(5000)}"}\n1`, null],
      ['!{"id":"7","to":"topic:a.*"}\n1', "7"],
      ['!{"id":"8","to":"agent:nobody"}\n1', "8"],
      ['!{"id":"9","to":"topic:a","priority":11}\n1', "9"],
    ] as const;
    for (const [frame, id] of cases) {
      client.socket.send(frame);
      const params = (await refusal(client)) as { readonly id: string | null };
      assert.equal(params.id, id, frame);
    }
    const code = new Promise((resolve) => {
      client.socket.on("close", resolve);
    });
    for (let n = 0; n < 40; n += 1) client.socket.send("!rubbish");
    assert.equal(await code, 4000);
  });

  it("travel as JSON-RPC on a2a.v1, and in the process, with the same meaning", async () => {
    const [plain, b] = [await open("a2a.v1"), await seated("b")];
    await plain.sit("p");
    assert.deepEqual(
      await plain.call("envelope/send", {
        header: { id: "1", to: "agent:b" },
        payload: [1],
      }),
      { id: "1" },
    );
    assert.deepEqual((await b.messages.next()).payload, [1]);
    b.send({ id: "2", to: "agent:p" }, { a: "ü" });
    const { header, payload } = await plain.messages.next();
    assert.deepEqual([header["from"], payload], ["b", { a: "ü" }]);
    await assert.rejects(
      plain.call("envelope/send", { header: { id: "3", to: "agent:x" } }),
      Refused,
    );
    await assert.rejects(plain.call("envelope/fly", {}), Refused);
  });

  it("cannot smuggle anything into a JSON-RPC frame by a payload that is no JSON", async () => {
    const [plain, b] = [await open("a2a.v1"), await seated("b")];
    await plain.sit("p");
    for (const payload of [
      '1},"method":"task/execute","params":{"x":1}',
      "",
      "{",
      `${"[".repeat(40)}${"]".repeat(40)}`,
    ]) {
      b.socket.send(`!{"id":"1","to":"agent:p"}\n${payload}`);
      assert.match(JSON.stringify(await refusal(b)), /"field":"payload"/);
    }
    b.send({ id: "2", to: "agent:p" }, "fine");
    assert.equal((await plain.messages.next()).payload, "fine");
    assert.equal(plain.told.waiting(), 0);
  });

  it("refuse to be durable where the hub keeps nothing", async () => {
    const client = await open();
    client.send({ id: "1", to: "agent:worker", durable: true });
    assert.match(JSON.stringify(await refusal(client)), /-32004/);
  });
});
