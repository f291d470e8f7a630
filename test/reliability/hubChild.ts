/** A hub in a process of its own, with a log and mailboxes on disk below `FOLDER`. Says where it is over IPC, then what it holds whenever it is asked. */
import { join } from "node:path";
import { systemClock } from "../../src/adapters/clock/systemClock.ts";
import { openLog } from "../../src/adapters/log/openLog.ts";
import { openMailboxes } from "../../src/adapters/mailbox/openMailboxes.ts";
import { expose } from "../../src/adapters/metrics/prometheus.ts";
import { Wire } from "../../src/hub/messaging/wire.ts";
import { seatAgent } from "../hub/scriptedAgent.ts";
import { quietHub } from "../hub/table.ts";
import type { Condition, Telling } from "./hubProcess.ts";

const [folder = ""] = process.argv.slice(2);
const errors: string[] = [];
let mostWaiting = 0;

// What waits for a reader is nobody's to see from outside: each message that is offered to a reader is a moment to look.
const { message } = Wire.prototype;
Wire.prototype.message = function (...args) {
  const taken = message.apply(this, args);
  mostWaiting = Math.max(mostWaiting, this.waiting);
  return taken;
};

const log = await openLog({ file: join(folder, "log.db"), clock: systemClock });
const hub = quietHub(log, {
  mailboxes: async () =>
    openMailboxes({ file: join(folder, "mailbox.db"), clock: systemClock }),
  surroundings: { expose: async (families) => expose(families) },
  textLog: {
    info: () => undefined,
    warn: () => undefined,
    error: (what, fields) =>
      errors.push(`${what} ${JSON.stringify(fields ?? {})}`),
  },
});
const worker = await seatAgent(hub.connectInProcess(), "worker");
const { tokenFile } = await hub.listen({ runDir: join(folder, "run") });

function condition(): Condition {
  globalThis.gc?.();
  const { rss, heapUsed, external } = process.memoryUsage();
  return {
    ...{ rss, heapUsed, external, errors, mostWaiting },
    executed: worker.executed.length,
  };
}

/** Has the worker say so many pieces of an answer. */
function tell({ taskId, pieces }: Telling): void {
  for (let piece = 0; piece < pieces; piece += 1)
    worker.peer.notify("task/artifact", {
      taskId,
      artifact: { artifactId: "long", parts: [{ text: "x" }] },
      append: true,
    });
}

process.on("message", (asked: string | Telling) => {
  if (typeof asked === "object") tell(asked);
  process.send?.({ condition: condition() });
});
// The test that asked for it is gone.
process.on("disconnect", () => process.exit(1));
process.send?.({ tokenFile });
