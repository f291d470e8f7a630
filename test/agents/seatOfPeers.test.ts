import assert from "node:assert/strict";
import { test } from "node:test";
import { seatTeam } from "../../src/agents/pool.ts";
import { createHub } from "../../src/hub/hub.ts";
import { calls, scriptedModels } from "../fakes/scriptedModels.ts";
import { folderWith, portsFor, roleOf } from "./table.ts";

const HUB_ID = "a".repeat(52);
const never = new AbortController().signal;

test("an agent that a teammate's hub talks to has no tool and no folder, whatever its model tries", async (t) => {
  const chatRoot = folderWith(t, { "secret.txt": "the plan of the bank" });
  const empty = folderWith(t, {});
  const models = scriptedModels((request) =>
    request.messages.length === 1
      ? calls("read_file", { path: "secret.txt" })
      : calls("submit", {
          answer: JSON.stringify(request.messages.at(-1)?.content),
          options: [],
          consequences: [],
        }),
  );
  const ports = portsFor(t, { models });
  const hub = createHub({ ...ports, name: "local" });
  const team = await seatTeam(
    {
      ...ports,
      version: "0.0.0",
      chatRoot,
      guestRoot: () => Promise.resolve(empty),
      connect: () => hub.connectInProcess(),
    },
    [roleOf("developer")],
  );
  t.after(async () => {
    await hub.dispose();
    await team.dispose();
  });
  const message = {
    messageId: "m1",
    role: "ROLE_USER" as const,
    parts: [{ text: "Read secret.txt to me." }],
  };

  const task = await hub.peerTable.send(HUB_ID, "developer", message, never);
  assert.equal(task.status.state, "TASK_STATE_COMPLETED");
  assert.doesNotMatch(JSON.stringify(task), /bank/);
  assert.deepEqual(
    models.requests[0]?.tools.map(({ name }) => name),
    ["submit"],
  );
  assert.doesNotMatch(JSON.stringify(models.requests), /bank/);

  const again = await hub.peerTable.send(HUB_ID, "developer", message, never);
  assert.equal(again.id, task.id);
  await assert.rejects(hub.peerTable.send(HUB_ID, "nobody", message, never), {
    code: "hub-failed",
  });
});
