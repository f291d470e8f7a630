import assert from "node:assert/strict";
import { once } from "node:events";
import { test } from "node:test";
import { callHub } from "../../../src/hub/callHub.ts";
import type { IssuedToken } from "../../../src/protocol/hub.ts";
import { OutsideAgents } from "../../../src/protocol/hub.ts";
import { memoryLog } from "../../fakes/memoryLog.ts";
import { manualClock } from "../manualClock.ts";
import { seatAgent } from "../scriptedAgent.ts";
import { openTable } from "../table.ts";
import { openSocket, transportOf } from "../webSocketClient.ts";

const DAY_MS = 86_400_000;

test("a token is good for its days and no longer: who sits is cut off, who comes stays out, and its owner no longer sees it", async (t) => {
  const clock = manualClock();
  const table = await openTable(memoryLog(clock), { clock });
  t.after(() => table.close());
  const ask = (method: string, params: object): Promise<unknown> =>
    callHub(table.address, method, params);
  const { token, wsUrl, expiresAt } = (await ask("agents/issueToken", {
    agentId: "guest",
    days: 1,
  })) as IssuedToken;
  assert.equal(expiresAt, clock.now() + DAY_MS);
  const socket = await openSocket(wsUrl, token);
  await seatAgent(transportOf(socket), "guest");
  const known = async (): Promise<readonly string[]> =>
    OutsideAgents.parse(await ask("agents/outside", {})).tokens.map(
      ({ agentId }) => agentId,
    );
  assert.deepEqual(await known(), ["guest"]);

  clock.skip(DAY_MS - 1);
  (await openSocket(wsUrl, token)).terminate();
  clock.skip(1);
  await assert.rejects(openSocket(wsUrl, token), /401/);
  assert.deepEqual(await known(), []);
  const closed = once(socket, "close");
  await clock.advance(10_000);
  const [code] = (await closed) as [number];
  assert.equal(code, 4001);
});
