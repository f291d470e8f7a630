/**
 * A process of its own with durable delivery, until it is killed: `FILE IN_FLIGHT RUN [unsynced]`. Senders send without end, a recipient
 * acknowledges most. Says on stdout `sent ID SEQ` for each acknowledged message, `got ID SEQ ATTEMPT` for each delivery and
 * `done SEQ` before each acknowledgement of the recipient's.
 */
import { writeSync } from "node:fs";
import { systemChance } from "../../../src/adapters/clock/systemChance.ts";
import { systemClock } from "../../../src/adapters/clock/systemClock.ts";
import { openMailboxes } from "../../../src/adapters/mailbox/openMailboxes.ts";
import { createDelivery } from "../../../src/hub/delivery/createDelivery.ts";
import { letter } from "../../contract/mailboxes.ts";
import { SILENT } from "../../hub/table.ts";
import { openUnsynced } from "./unsynced.ts";

const [file = "", inFlight = "0", run = "0", mode = "synced"] =
  process.argv.slice(2);

/** Written before anything else happens, whatever the reader is at: a line that was acknowledged must not be lost in a buffer. */
function say(line: string): void {
  for (;;)
    try {
      writeSync(1, `${line}\n`);
      return;
    } catch (error) {
      const full =
        error instanceof Error && "code" in error && error.code === "EAGAIN";
      if (!full) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1);
    }
}

const delivery = createDelivery({
  open: () =>
    Promise.resolve(
      mode === "unsynced"
        ? openUnsynced(file)
        : openMailboxes({ file, clock: systemClock }),
    ),
  clock: systemClock,
  chance: systemChance(systemClock),
  textLog: SILENT,
});
await delivery.ready();
say("open");

let dealt = 0;
delivery.attach("b", {
  owner: "b",
  offer({ header: { id } }, { seq, attempt } = { seq: 0, attempt: 0 }) {
    say(`got ${id} ${String(seq)} ${String(attempt)}`);
    // Every seventh stays unacknowledged, so that some of every age wait when the end comes.
    if ((dealt += 1) % 7 === 0) return true;
    setImmediate(() => {
      say(`done ${String(seq)}`);
      delivery.acknowledge("b", [seq]);
    });
    return true;
  },
});

const lane = async (lane: number): Promise<never> => {
  for (let n = 0; ; n += 1) {
    const id = `${run}-${String(lane)}-${String(n)}`;
    const text = "x".repeat((n * 97) % 1500);
    const priority = n % 11;
    const { seq } = await delivery.accept(letter(id, text, { priority }), [
      "b",
    ]);
    say(`sent ${id} ${String(seq)}`);
  }
};
for (let n = 0; n < Number(inFlight); n += 1) void lane(n);
