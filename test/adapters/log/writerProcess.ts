/** A process of its own that opens a log and appends until it is killed: `FILE IN_FLIGHT WAIT_MS [unsynced]`. Says on stdout what was acknowledged. */
import { writeSync } from "node:fs";
import { systemClock } from "../../../src/adapters/clock/systemClock.ts";
import { openLog } from "../../../src/adapters/log/openLog.ts";
import { openUnsynced } from "./unsynced.ts";
import { toProblem } from "../../../src/core/errors.ts";

const [file = "", inFlight = "0", waitMs = "0", mode = "synced"] =
  process.argv.slice(2);

function say(line: string): void {
  writeSync(1, `${line}\n`);
}

try {
  const log =
    mode === "unsynced"
      ? openUnsynced(file)
      : await openLog({
          file,
          clock: systemClock,
          ...(waitMs === "0"
            ? {}
            : { waitUntil: AbortSignal.timeout(Number(waitMs)) }),
        });
  say(`open ${String(log.epoch)}`);
  const lane = async (n: number): Promise<never> => {
    for (;;) {
      const event = await log.append({
        missionId: `m${String(n % 3)}`,
        type: "AgentLeft",
        data: { agentId: "dev", why: "x".repeat((n * 97) % 1500) },
        by: "hub",
      });
      say(`${String(event.seq)} ${event.hash}`);
    }
  };
  for (let n = 0; n < Number(inFlight); n += 1) void lane(n);
  // Holds the log until killed.
  setInterval(() => undefined, 60_000);
} catch (error) {
  say(`problem ${toProblem(error).code}`);
}
