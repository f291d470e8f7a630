import { randomUUID } from "node:crypto";
import { systemChance } from "../adapters/clock/systemChance.ts";
import { systemClock } from "../adapters/clock/systemClock.ts";
import { connectHub, type Message } from "../app.ts";
import { RoundtableError } from "../core/errors.ts";
import { printMessage } from "./printMessage.ts";
import { runningHub, type HubChoice } from "./runningHub.ts";

/** Flags of `roundtable send`. */
export interface SendOptions extends HubChoice {
  readonly durable?: boolean;
  /** Ask, and print the answer. */
  readonly wait?: boolean;
  readonly priority?: number;
  readonly json?: boolean;
}

/** Sends a message; returns the exit code: 1 when a question got no answer. */
export async function send(
  to: string,
  payload: string,
  options: SendOptions,
): Promise<number> {
  const id = randomUUID();
  const end = Promise.withResolvers<Message>();
  const onMessage = (message: Message): void => {
    if (message.header.correlationId !== id) return;
    if (message.header.more === true) printMessage(message, options);
    else end.resolve(message);
  };
  const socket = await connectHub(await runningHub(options), onMessage, {
    clock: systemClock,
    chance: systemChance(systemClock),
  });
  try {
    const accepted = await socket.call("envelope/send", {
      header: {
        id,
        to,
        at: Date.now(),
        type: options.wait === true ? "request" : "event",
        ...(options.durable === true && { durable: true }),
        ...(options.priority !== undefined && { priority: options.priority }),
      },
      payload: payloadOf(payload),
    });
    if (options.wait !== true) {
      tell(accepted, options);
      return 0;
    }
    const answer = await Promise.race([
      end.promise,
      socket.ended.then((why) => {
        throw new RoundtableError(
          "hub-failed",
          `The hub ended before an answer came: ${why}.`,
          "The question was sent; start the hub again, then ask anew.",
        );
      }),
    ]);
    printMessage(answer, options);
    return answer.header.type === "error" ? 1 : 0;
  } finally {
    await socket.dispose();
  }
}

function tell(accepted: unknown, { json, durable }: SendOptions): void {
  const line =
    durable === true
      ? "On disk; it is delivered until it is acknowledged."
      : "Passed on to who is there now; a live message is not kept.";
  process.stdout.write(`${json === true ? JSON.stringify(accepted) : line}\n`);
}

/** JSON as it is, everything else as a text. */
function payloadOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
