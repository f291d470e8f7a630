import assert from "node:assert/strict";
import { test } from "node:test";
import {
  RPC,
  RpcClosed,
  RpcFault,
  createRpcPeer,
  methodNotFound,
} from "../../src/core/rpcPeer.ts";
import type { RpcPeer } from "../../src/core/rpcPeer.ts";

function pair(
  handle: (method: string, params: unknown, isRequest: boolean) => unknown,
): { asker: RpcPeer; server: RpcPeer; problems: unknown[] } {
  const problems: unknown[] = [];
  const asker: RpcPeer = createRpcPeer({
    send: (frame) => {
      server.onFrame(frame);
    },
    handle: (method) => {
      throw methodNotFound(method);
    },
  });
  const server: RpcPeer = createRpcPeer({
    send: (frame) => {
      asker.onFrame(frame);
    },
    handle,
    onProblem: (problem) => problems.push(problem),
  });
  return { asker, server, problems };
}

function alone(): { peer: RpcPeer; sent: unknown[] } {
  const sent: unknown[] = [];
  const peer = createRpcPeer({
    send: (frame) => sent.push(JSON.parse(frame)),
    handle: (method) => {
      throw methodNotFound(method);
    },
  });
  return { peer, sent };
}

test("a request gets the answer of its own, whatever the order", async () => {
  const gates = new Map<unknown, () => void>();
  const { asker } = pair(
    (_method, params) =>
      new Promise((resolve) => {
        gates.set(params, () => {
          resolve(`did ${String(params)}`);
        });
      }),
  );
  const first = asker.request("do", "a");
  const second = asker.request("do", "b");
  gates.get("b")?.();
  assert.equal(await second, "did b");
  assert.equal(asker.pending(), 1);
  gates.get("a")?.();
  assert.equal(await first, "did a");
  assert.equal(asker.pending(), 0);
});

test("a notification is handled and never answered", () => {
  const { peer, sent } = alone();
  peer.onFrame(JSON.stringify({ jsonrpc: "2.0", method: "nobody/knows" }));
  assert.deepEqual(sent, []);
});

test("an unknown method is refused by code", async () => {
  const { asker } = pair((method) => {
    throw methodNotFound(method);
  });
  await assert.rejects(
    asker.request("no/such", {}),
    (error: unknown) =>
      error instanceof RpcFault && error.code === RPC.methodNotFound,
  );
});

test("a handler's own error does not cross the wire, but is reported here", async () => {
  const { asker, problems } = pair(() => {
    throw new Error("secret path /home/me");
  });
  await assert.rejects(asker.request("break", {}), (error: unknown) => {
    assert.ok(error instanceof RpcFault);
    assert.equal(error.code, RPC.internalError);
    assert.ok(!error.message.includes("secret"));
    return true;
  });
  assert.equal(problems.length, 1);
});

test("what is not JSON gets a parse error, what is not JSON-RPC an invalid request", () => {
  const { peer, sent } = alone();
  peer.onFrame("{");
  peer.onFrame('{"hello":1}');
  peer.onFrame("[]");
  assert.deepEqual(
    sent.map((frame) => (frame as { error: { code: number } }).error.code),
    [RPC.parseError, RPC.invalidRequest, RPC.invalidRequest],
  );
});

test("closing rejects what still waits, and what is asked afterwards", async () => {
  const { peer, sent } = alone();
  const asked = peer.request("do", {});
  peer.close("the socket ended");
  peer.close("again");
  await assert.rejects(asked, RpcClosed);
  await assert.rejects(peer.request("do", {}), RpcClosed);
  peer.onFrame("{");
  assert.equal(sent.length, 1);
});
