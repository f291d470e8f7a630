/** Clients of Redis: publish-subscribe, and a stream with a consumer group on a server that syncs before it answers. */
import { Redis } from "ioredis";
import type { Channel, Target } from "./words.ts";
import { PAYLOAD } from "./words.ts";

const open = ({ port }: Target): Redis =>
  new Redis({ host: "127.0.0.1", port, enableAutoPipelining: true });

export async function redisChannel(target: Target): Promise<Channel> {
  const a = open(target);
  const b = open(target);
  let tell: (what: "delivered") => void = () => undefined;
  b.on("message", () => {
    tell("delivered");
  });
  await b.subscribe("bench");
  return {
    acknowledges: false,
    send(count) {
      for (let n = 0; n < count; n += 1) void a.publish("bench", PAYLOAD);
    },
    onProgress(listener) {
      tell = listener;
    },
    close() {
      a.disconnect();
      b.disconnect();
      return Promise.resolve();
    },
  };
}

export async function redisStreamsChannel(target: Target): Promise<Channel> {
  const a = open(target);
  const b = open(target);
  const acks = open(target);
  await a.del("bench");
  await a.xgroup("CREATE", "bench", "team", "$", "MKSTREAM");
  let tell: (what: "delivered" | "acknowledged") => void = () => undefined;
  let closed = false;
  const consume = async (): Promise<void> => {
    while (!closed) {
      const found = (await b.xreadgroup(
        "GROUP",
        "team",
        "b",
        "COUNT",
        1000,
        "BLOCK",
        1000,
        "STREAMS",
        "bench",
        ">",
      )) as readonly [string, readonly [string, readonly string[]][]][] | null;
      const entries = found?.[0]?.[1] ?? [];
      if (entries.length === 0) continue;
      acks.xack("bench", "team", ...entries.map(([id]) => id)).catch(gone);
      for (const _entry of entries) tell("delivered");
    }
  };
  // What is under way when the client leaves ends by that.
  const gone = (): void => undefined;
  consume().catch(gone);
  return {
    acknowledges: true,
    send(count) {
      for (let n = 0; n < count; n += 1)
        void a
          .xadd("bench", "MAXLEN", "~", 50_000, "*", "m", PAYLOAD)
          .then(() => {
            tell("acknowledged");
          }, gone);
    },
    onProgress(listener) {
      tell = listener;
    },
    close() {
      closed = true;
      for (const client of [a, b, acks]) client.disconnect();
      return Promise.resolve();
    },
  };
}
