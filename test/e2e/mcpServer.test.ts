import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { readMcpConfigs } from "../../src/adapters/mcp/config.ts";
import { openMcp } from "../../src/adapters/mcp/openMcp.ts";
import { createExecutor } from "../../src/agents/executor.ts";
import {
  folderWith,
  implementWork,
  MISSION,
  openMission,
  portsFor,
  quiet,
  roleOf,
} from "../agents/table.ts";
import { calls, scriptedModels } from "../fakes/scriptedModels.ts";

const SERVER = join(
  import.meta.dirname,
  "../../node_modules/@modelcontextprotocol/server-everything/dist/index.js",
);

test("a server named in .vscode/mcp.json is called by an agent once the human allowed that tool", async (t) => {
  const root = folderWith(t, {
    ".vscode/mcp.json": JSON.stringify({
      servers: {
        everything: { command: process.execPath, args: [SERVER, "stdio"] },
      },
    }),
  });
  const mcp = openMcp({
    configs: await readMcpConfigs(root),
    clientInfo: { name: "roundtable", version: "0.0.0" },
    textLog: quiet,
  });
  t.after(() => mcp.dispose());
  const models = scriptedModels([
    calls("mcp__everything__echo", { message: "two sugars" }),
    calls("submit", { summary: "Asked the server.", commitType: "chore" }),
  ]);
  const ports = { ...portsFor(t, { models }), mcp };
  await openMission(ports.log, { approve: "ask" });
  const role = roleOf("developer");

  const working = createExecutor(ports).execute(
    implementWork(root),
    { ...role, tools: [...role.tools, "everything/*"] },
    {
      taskId: "t",
      agentId: "developer",
      onText: () => undefined,
      onSaid: () => undefined,
    },
    AbortSignal.timeout(60_000),
  );
  const asked = await ports.log.waitFor(
    MISSION,
    "PermissionAsked",
    ({ data }) => data.what === "tool",
    AbortSignal.timeout(60_000),
  );
  await ports.log.append({
    missionId: MISSION,
    type: "PermissionAnswered",
    by: "human",
    data: {
      permissionId: asked.data.permissionId,
      answer: "once",
      by: "human",
    },
  });
  assert.ok((await working).ok);
  const answer = models.requests
    .at(-1)
    ?.messages.at(-1)
    ?.content.find((block) => block.type === "toolResult");
  assert.match(answer?.text ?? "", /two sugars/);
  assert.deepEqual(
    ports.log
      .mission(MISSION)
      .flatMap((event) =>
        event.type === "ToolCalled"
          ? [[event.data.tool, event.data.ruling]]
          : [],
      ),
    [["everything/echo", "ask"]],
  );
});
