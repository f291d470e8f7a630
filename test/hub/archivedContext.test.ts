import assert from "node:assert/strict";
import { test } from "node:test";
import { logArchived } from "../../src/adapters/log/keeping.ts";
import { toRpcError } from "../../src/hub/wireError.ts";

test("a message to an archived conversation is told what is wrong with it, not that the hub failed", () => {
  const { code, data } = toRpcError(logArchived("c1"));
  assert.equal(code, -32602);
  assert.match(JSON.stringify(data), /message\.contextId.*archived.*a new one/);
});
