/** Clients of NATS core and JetStream. */
import { connect } from "@nats-io/transport-node";
import { AckPolicy, jetstream, jetstreamManager } from "@nats-io/jetstream";
import type { Caller, Channel, Target } from "./words.ts";
import { PAYLOAD } from "./words.ts";

const address = ({ port }: Target): { readonly servers: string } => ({
  servers: `127.0.0.1:${String(port)}`,
});
const bytes = new TextEncoder().encode(PAYLOAD);

export async function natsChannel(target: Target): Promise<Channel> {
  const a = await connect(address(target));
  const b = await connect(address(target));
  let tell: (what: "delivered") => void = () => undefined;
  b.subscribe("bench.live", {
    callback: () => {
      tell("delivered");
    },
  });
  await b.flush();
  return {
    acknowledges: false,
    send(count) {
      for (let n = 0; n < count; n += 1) a.publish("bench.live", bytes);
    },
    onProgress(listener) {
      tell = listener;
    },
    async close() {
      await a.close();
      await b.close();
    },
  };
}

export async function natsCaller(target: Target): Promise<Caller> {
  const a = await connect(address(target));
  const b = await connect(address(target));
  b.subscribe("bench.ask", {
    callback: (_error, message) => {
      message.respond(bytes);
    },
  });
  await b.flush();
  return {
    async call() {
      await a.request("bench.ask", bytes, { timeout: 10_000 });
    },
    async close() {
      await a.close();
      await b.close();
    },
  };
}

export async function jetStreamChannel(target: Target): Promise<Channel> {
  const a = await connect(address(target));
  const b = await connect(address(target));
  const manager = await jetstreamManager(b);
  await manager.streams.add({ name: "bench", subjects: ["bench.durable"] });
  await manager.consumers.add("bench", {
    durable_name: "b",
    ack_policy: AckPolicy.Explicit,
    max_ack_pending: 100_000,
  });
  const publisher = jetstream(a);
  const consumer = await jetstream(b).consumers.get("bench", "b");
  let tell: (what: "delivered" | "acknowledged") => void = () => undefined;
  const messages = await consumer.consume({
    max_messages: 5000,
    callback: (message) => {
      message.ack();
      tell("delivered");
    },
  });
  return {
    acknowledges: true,
    send(count) {
      for (let n = 0; n < count; n += 1)
        void publisher
          .publish("bench.durable", bytes, { timeout: 30_000 })
          .then(() => {
            tell("acknowledged");
          });
    },
    onProgress(listener) {
      tell = listener;
    },
    async close() {
      messages.stop();
      await a.close();
      await b.close();
    },
  };
}
