/** A process with a whole hub on real sockets, its log and its mailboxes in one folder, that works until it is killed: `DIR`. Says `open MS ADDRESS`, the address as JSON. */
import { mkdtempSync } from "node:fs";
import { join } from "node:path";
import { sha256 } from "../../src/adapters/clock/sha256.ts";
import { systemChance } from "../../src/adapters/clock/systemChance.ts";
import { systemClock } from "../../src/adapters/clock/systemClock.ts";
import { openLog } from "../../src/adapters/log/openLog.ts";
import { openMailboxes } from "../../src/adapters/mailbox/openMailboxes.ts";
import { readDiscovery } from "../../src/hub/discovery.ts";
import { createHub } from "../../src/hub/hub.ts";
import { seatAgent } from "../hub/scriptedAgent.ts";
import { opened, say } from "./failPoints.ts";

const [dir = ""] = process.argv.slice(2);
const began = performance.now();
const log = await openLog({ file: join(dir, "log.db"), clock: systemClock });
const hub = createHub({
  log,
  clock: systemClock,
  chance: systemChance(systemClock),
  hash: sha256,
  textLog: {
    info: () => undefined,
    warn: () => undefined,
    error: () => undefined,
  },
  name: "victim",
  mailboxes: () =>
    Promise.resolve(
      openMailboxes({ file: join(dir, "mailbox.db"), clock: systemClock }),
    ),
});
await seatAgent(hub.connectInProcess(), "worker");
const { tokenFile } = await hub.listen({
  runDir: mkdtempSync(join(dir, "run-")),
});
const address = await readDiscovery(tokenFile);
opened();
say(`open ${String(performance.now() - began)} ${JSON.stringify(address)}`);
