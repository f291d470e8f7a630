/** The samples of docs/websocket-binding.md, replayed against a running hub: they cannot rot. */
import assert from "node:assert/strict";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it } from "node:test";
import type { AgentCard } from "../../src/protocol/a2a.ts";
import { WS_BINDING } from "../../src/protocol/hub.ts";
import { readFrames } from "../hub/streamReader.ts";
import { openTable } from "../hub/table.ts";
import { openSocket, openWebSocketClient } from "../hub/webSocketClient.ts";
import { inRoot } from "../rig/project.ts";

const text = await readFile(inRoot("docs/websocket-binding.md"), "utf8");

function blocks(language: string): readonly string[] {
  return [
    ...text.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\``, "gms")),
  ].map(([, block]) => block ?? "");
}

/** Holds a frame to its sample: what the sample names must be there; `<name>` stands for the same text wherever it is. */
function check(
  frame: unknown,
  sample: unknown,
  bound: Map<string, string>,
  where: string,
): void {
  if (typeof sample === "string" && /^<\w+>$/.test(sample)) {
    assert.ok(typeof frame === "string" && frame !== "", where);
    if (sample === "<time>") assert.match(frame, /^\d{4}-\d\d-\d\dT.*Z$/);
    else if (!bound.has(sample)) bound.set(sample, frame);
    else assert.equal(frame, bound.get(sample), where);
  } else if (sample !== null && typeof sample === "object") {
    assert.ok(frame !== null && typeof frame === "object", where);
    if (Array.isArray(sample))
      assert.equal((frame as unknown[]).length, sample.length, where);
    for (const [name, value] of Object.entries(sample))
      check(
        (frame as Record<string, unknown>)[name],
        value,
        bound,
        `${where}.${name}`,
      );
  } else assert.deepEqual(frame, sample, where);
}

async function replay(block: string): Promise<void> {
  const dir = await mkdtemp(join(tmpdir(), "roundtable-docs-"));
  const table = await openTable(undefined, {
    push: { targets: ["http://127.0.0.1:8080"], file: join(dir, "push.json") },
  });
  const { wsUrl, token } = table.address;
  const socket = await openSocket(wsUrl, token);
  const reader = readFrames(socket);
  const bound = new Map<string, string>();
  let seen = 0;
  try {
    for (const line of block.trimEnd().split("\n")) {
      const body = line.slice(2);
      if (line.startsWith("→ ")) {
        const filled = body.replaceAll(
          /<\w+>/g,
          (name) => bound.get(name) ?? name,
        );
        socket.send(filled);
      } else {
        assert.ok(line.startsWith("← "), line);
        const frame = (await reader.count(seen + 1))[seen];
        seen += 1;
        check(frame, JSON.parse(body), bound, body);
      }
    }
    assert.equal(reader.frames.length, seen, "the hub said more");
  } finally {
    socket.terminate();
    await table.close();
    await rm(dir, { recursive: true, force: true });
  }
}

describe("docs/websocket-binding.md", { timeout: 60_000 }, () => {
  const samples = blocks("frames");

  it("shows samples of every operation", () => {
    const shown = new Set(
      [...samples.join("\n").matchAll(/"method":"(\w+)"/g)].map(
        ([, method]) => method,
      ),
    );
    for (const method of [
      "SendMessage",
      "SendStreamingMessage",
      "GetTask",
      "ListTasks",
      "CancelTask",
      "SubscribeToTask",
      "CreateTaskPushNotificationConfig",
      "GetTaskPushNotificationConfig",
      "ListTaskPushNotificationConfigs",
      "DeleteTaskPushNotificationConfig",
      "GetExtendedAgentCard",
    ])
      assert.ok(shown.has(method), method);
  });

  for (const [nth, sample] of samples.entries()) {
    const methods = [...sample.matchAll(/"method":"(\w+)"/g)];
    const names = new Set(methods.map(([, method]) => method));
    it(`tells in sample ${nth + 1} what really happens: ${[...names].join(", ")}`, () =>
      replay(sample));
  }

  it("names the interface as the cards do", async () => {
    const table = await openTable();
    const { wsUrl, token } = table.address;
    const client = await openWebSocketClient(wsUrl, token);
    const card = (await client.call("GetExtendedAgentCard", {
      tenant: "worker",
    })) as AgentCard;
    await client.close();
    await table.close();
    const [shown = ""] = blocks("json");
    const own = card.supportedInterfaces.find(
      ({ protocolBinding }) => protocolBinding === WS_BINDING,
    );
    const url = own?.url.replace(/:\d+\//, ":4711/");
    assert.deepEqual({ ...own, url }, JSON.parse(shown));
    assert.ok(text.includes(`\`${WS_BINDING}\``));
  });

  it("answers each of the twelve lines of section 12, with links that lead somewhere", () => {
    const rows = [...text.matchAll(/^\| (\d+) +\|.*$/gm)].map(([, n]) =>
      Number(n),
    );
    assert.deepEqual(
      rows.slice(0, 12),
      [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12],
    );
    const anchors = new Set(
      [...text.matchAll(/^#+ (.*)$/gm)].map(([, title = ""]) =>
        title.toLowerCase().replaceAll(" ", "-"),
      ),
    );
    for (const [, anchor = ""] of text.matchAll(/\]\(#([^)]*)\)/g))
      assert.ok(anchors.has(anchor), anchor);
  });
});
