import { once } from "node:events";
import { systemChance } from "../adapters/clock/systemChance.ts";
import { systemClock } from "../adapters/clock/systemClock.ts";
import { connectHub, type Message } from "../app.ts";
import { RoundtableError } from "../core/errors.ts";
import { printMessage } from "./printMessage.ts";
import { runningHub, type HubChoice } from "./runningHub.ts";

/** Flags of `roundtable listen`. */
export interface ListenOptions extends HubChoice {
  /** Name of a lasting subscription. */
  readonly name?: string;
  /** End after so many messages. */
  readonly count?: number;
  readonly json?: boolean;
}

/** Prints messages as they come until it is interrupted, or has printed as many as it should; returns the exit code. */
export async function listen(
  topics: readonly string[],
  options: ListenOptions,
): Promise<number> {
  const { name, count = Infinity } = options;
  const enough = Promise.withResolvers<"enough">();
  let left = count;
  const onMessage = (message: Message): void => {
    if (left === 0) return;
    printMessage(message, options);
    left -= 1;
    void settle(message.header.seq).then(() => {
      if (left === 0) enough.resolve("enough");
    });
  };
  const socket = await connectHub(await runningHub(options), onMessage, {
    clock: systemClock,
    chance: systemChance(systemClock),
  });
  /** What was printed is not delivered again. */
  async function settle(seq: number | undefined): Promise<void> {
    if (seq === undefined || name === undefined) return;
    // A socket that has just ended says so below; the message comes again.
    await socket
      .call("envelope/ack", { seqs: [seq], name })
      .catch(() => undefined);
  }
  try {
    await socket.call("envelope/subscribe", {
      topics,
      ...(name !== undefined && { name }),
    });
    process.stderr.write("Listening; Ctrl+C ends it.\n");
    const ended = await Promise.race([
      enough.promise,
      once(process, "SIGINT").then(() => "enough" as const),
      once(process, "SIGTERM").then(() => "enough" as const),
      socket.ended.then((why) => ({ why })),
    ]);
    if (ended === "enough") return 0;
    throw new RoundtableError(
      "hub-failed",
      `The hub ended: ${ended.why}.`,
      "Start it again, then listen anew; durable messages for a named subscription wait.",
    );
  } finally {
    await socket.dispose();
  }
}
