/** A hub on real sockets with what a test needs around it. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sha256 } from "../../src/adapters/clock/sha256.ts";
import { systemChance } from "../../src/adapters/clock/systemChance.ts";
import { systemClock } from "../../src/adapters/clock/systemClock.ts";
import { readDiscovery } from "../../src/hub/discovery.ts";
import type { Discovered } from "../../src/hub/discovery.ts";
import type { Hub } from "../../src/hub/hub.ts";
import { createHub } from "../../src/hub/hub.ts";
import type { EventLog, TextLog } from "../../src/ports.ts";
import { memoryLog } from "../fakes/memoryLog.ts";
import type { ScriptedAgent } from "./scriptedAgent.ts";
import { seatAgent } from "./scriptedAgent.ts";

export const SILENT: TextLog = {
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};

/** A hub that does not listen. */
export function quietHub(
  log: EventLog,
  more: Partial<Parameters<typeof createHub>[0]> = {},
): Hub {
  return createHub({
    log,
    clock: systemClock,
    chance: systemChance(systemClock),
    hash: sha256,
    textLog: SILENT,
    name: "test table",
    ...more,
  });
}

export interface Table {
  readonly hub: Hub;
  readonly log: EventLog;
  readonly address: Discovered;
  /** The agent `worker`, seated in the process. */
  readonly worker: ScriptedAgent;
  close(): Promise<void>;
}

/** A hub that listens, with the agent `worker` seated. */
export async function openTable(
  log: EventLog = memoryLog(),
  more: Parameters<typeof quietHub>[1] = {},
): Promise<Table> {
  const runDir = await mkdtemp(join(tmpdir(), "roundtable-hub-"));
  const hub = quietHub(log, more);
  const worker = await seatAgent(hub.connectInProcess(), "worker");
  const { tokenFile } = await hub.listen({ runDir });
  const address = await readDiscovery(tokenFile);
  return {
    hub,
    log,
    address,
    worker,
    async close() {
      await hub.dispose();
      await log.dispose();
      await rm(runDir, { recursive: true, force: true });
    },
  };
}
