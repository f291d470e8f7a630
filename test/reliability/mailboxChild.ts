/**
 * A process with durable delivery that works until it is killed: `FILE RUN LANES`. Says `open MS`, `sent ID SEQ` for each acknowledged
 * message, `got ID SEQ` for each delivery, `done SEQ` before each acknowledgement of the recipient's, `stored SEQ…` once those are on disk.
 */
import { systemChance } from "../../src/adapters/clock/systemChance.ts";
import { systemClock } from "../../src/adapters/clock/systemClock.ts";
import { openMailboxes } from "../../src/adapters/mailbox/openMailboxes.ts";
import { createDelivery } from "../../src/hub/delivery/createDelivery.ts";
import type { TextLog } from "../../src/ports.ts";
import type { Letter } from "../../src/ports/mailboxes.ts";
import { opened, say } from "./failPoints.ts";

const SILENT: TextLog = {
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};

const [file = "", run = "0", lanes = "0"] = process.argv.slice(2);
const began = performance.now();
const delivery = createDelivery({
  open: () => Promise.resolve(openMailboxes({ file, clock: systemClock })),
  clock: systemClock,
  chance: systemChance(systemClock),
  textLog: SILENT,
});
await delivery.ready();
const store = await delivery.mailboxes();
store.waiting();
opened();
say(`open ${String(performance.now() - began)}`);

let dealt = 0;
let acknowledged: number[] = [];
delivery.attach("b", {
  owner: "b",
  offer({ header: { id } }, { seq } = { seq: 0, attempt: 0 }) {
    say(`got ${id} ${String(seq)}`);
    // Every seventh stays unacknowledged, so that some of every age wait when the end comes.
    if ((dealt += 1) % 7 === 0) return true;
    setImmediate(() => {
      say(`done ${String(seq)}`);
      delivery.acknowledge("b", [seq]);
      acknowledged.push(seq);
      if (acknowledged.length >= 20) void settle();
    });
    return true;
  },
});

async function settle(): Promise<void> {
  const seqs = acknowledged;
  acknowledged = [];
  await store.flush();
  say(`stored ${seqs.join(" ")}`);
}

function letter(id: string, n: number): Letter {
  return {
    header: {
      ...{ id, from: "a", to: "agent:b", type: "event", durable: true },
      priority: n % 11,
    },
    payload: Buffer.from(JSON.stringify("x".repeat((n * 97) % 1500))),
  };
}

async function send(inRun: number, lane: number, n: number): Promise<void> {
  const id = `${String(inRun)}-${String(lane)}-${String(n)}`;
  const { seq } = await delivery.accept(letter(id, n), ["b"]);
  say(`sent ${id} ${String(seq)}`);
}

async function work(lane: number): Promise<never> {
  // What the process before may or may not have heard of, once more.
  if (Number(run) > 1)
    for (let n = 0; n < 12; n += 1) await send(Number(run) - 1, lane, n);
  for (let n = 0; ; n += 1) {
    await send(Number(run), lane, n);
    // Some of them cannot be delivered: they become dead letters.
    if (n % 9 === 0) {
      const { seq } = await store.add(
        letter(`dead-${run}-${String(lane)}-${String(n)}`, n),
        ["c"],
      );
      store.bury("c", seq, "nobody takes it", systemClock.now());
    }
  }
}
for (let lane = 0; lane < Number(lanes); lane += 1) void work(lane);
