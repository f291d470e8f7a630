/** Our hub with its log on disk, listening, and the agent `worker` in the process, which completes every task at once with one artifact, or streams chunks. Prints its port and token. With `rss` on standard input it prints its resident memory. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { sha256 } from "../../../src/adapters/clock/sha256.ts";
import { systemChance } from "../../../src/adapters/clock/systemChance.ts";
import { systemClock } from "../../../src/adapters/clock/systemClock.ts";
import { openLog } from "../../../src/adapters/log/openLog.ts";
import { openMailboxes } from "../../../src/adapters/mailbox/openMailboxes.ts";
import { createRpcPeer } from "../../../src/core/rpcPeer.ts";
import { readDiscovery } from "../../../src/hub/discovery.ts";
import { createHub } from "../../../src/hub/hub.ts";
import { Execute } from "../../../src/protocol/hub.ts";
import { cardOf } from "../../hub/scriptedAgent.ts";
import { SILENT } from "../../hub/table.ts";

const dir = mkdtempSync(join(tmpdir(), "roundtable-bench-"));
const log = await openLog({ file: join(dir, "log.db"), clock: systemClock });
const hub = createHub({
  log,
  clock: systemClock,
  chance: systemChance(systemClock),
  hash: sha256,
  textLog: SILENT,
  name: "bench",
  mailboxes: () =>
    Promise.resolve(
      openMailboxes({ file: join(dir, "mailbox.db"), clock: systemClock }),
    ),
});

const transport = hub.connectInProcess();
const peer = createRpcPeer({
  send: (frame) => {
    transport.send(frame);
  },
  handle(method, params) {
    if (method !== "task/execute") return {};
    const { taskId, contextId, message } = Execute.parse(params);
    const chunks = Number(message.metadata?.["chunks"] ?? 1);
    for (let n = 0; n < chunks; n += 1)
      peer.notify("task/artifact", {
        taskId,
        artifact: { artifactId: "answer", parts: [{ text: "done and done " }] },
        append: n > 0,
      });
    peer.notify("task/status", {
      taskId,
      contextId,
      status: { state: "TASK_STATE_COMPLETED" },
    });
    return {};
  },
});
transport.onFrame((frame) => {
  peer.onFrame(frame);
});
await peer.request("agent/register", {
  agentId: "worker",
  role: "bench",
  lineage: "bench",
  card: cardOf("worker"),
});

const { tokenFile, url } = await hub.listen({ runDir: join(dir, "run") });
const { token } = await readDiscovery(tokenFile);
const say = (line: object): void => {
  process.stdout.write(`${JSON.stringify(line)}\n`);
};
say({ port: Number(new URL(url).port), token });

// Whoever ends it ends its input too: it closes in order and takes its folder away.
process.on("SIGTERM", () => undefined);
for await (const line of createInterface({ input: process.stdin })) {
  if (line !== "rss") continue;
  globalThis.gc?.();
  say({ rss: process.memoryUsage().rss });
}
await hub.dispose();
await log.dispose();
rmSync(dir, { recursive: true });
