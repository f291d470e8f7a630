/** Clients of mosquitto, MQTT 5. */
import { EventEmitter } from "node:events";
import { connectAsync } from "mqtt";
import type { Caller, Channel, Target } from "./words.ts";
import { PAYLOAD } from "./words.ts";

const url = ({ port }: Target): string => `mqtt://127.0.0.1:${String(port)}`;
const bytes = Buffer.from(PAYLOAD);
// The client waits for its socket once per message; thousands of them are no leak.
EventEmitter.defaultMaxListeners = 0;
const OPTIONS = {
  protocolVersion: 5,
  properties: { receiveMaximum: 65_535 },
} as const;

export async function mosquittoChannel(
  target: Target,
  qos: 0 | 1,
): Promise<Channel> {
  const a = await connectAsync(url(target), OPTIONS);
  const b = await connectAsync(url(target), OPTIONS);
  const topic = `bench/${String(qos)}`;
  let tell: (what: "delivered" | "acknowledged") => void = () => undefined;
  b.on("message", () => {
    tell("delivered");
  });
  await b.subscribeAsync(topic, { qos });
  return {
    acknowledges: qos === 1,
    send(count) {
      for (let n = 0; n < count; n += 1)
        a.publish(topic, bytes, { qos }, () => {
          if (qos === 1) tell("acknowledged");
        });
    },
    onProgress(listener) {
      tell = listener;
    },
    async close() {
      await a.endAsync(true);
      await b.endAsync(true);
    },
  };
}

export async function mosquittoCaller(target: Target): Promise<Caller> {
  const a = await connectAsync(url(target), OPTIONS);
  const b = await connectAsync(url(target), OPTIONS);
  let answered: () => void = () => undefined;
  a.on("message", () => {
    answered();
  });
  b.on("message", () => {
    b.publish("bench/back", bytes);
  });
  await a.subscribeAsync("bench/back");
  await b.subscribeAsync("bench/there");
  return {
    call: () =>
      new Promise((resolve) => {
        answered = resolve;
        a.publish("bench/there", bytes);
      }),
    async close() {
      await a.endAsync(true);
      await b.endAsync(true);
    },
  };
}
