/** The clients of one contestant, in a process of their own: `KIND JSON-TARGET`. Each message asks for one measurement and gets its figures. */
import { a2aHttpCaller } from "./a2aHttp.ts";
import {
  bareFanOut,
  hubFanOut,
  measureFanOut,
  natsFanOut,
  type FanOut,
} from "./fanOut.ts";
import { mosquittoCaller, mosquittoChannel } from "./mosquitto.ts";
import { jetStreamChannel, natsCaller, natsChannel } from "./nats.ts";
import { callOneByOne, callSideBySide, pump, quantile } from "./pump.ts";
import { redisChannel, redisStreamsChannel } from "./redis.ts";
import {
  a2aSocketCaller,
  durableChannel,
  envelopeCaller,
  liveChannel,
} from "./roundtable.ts";
import { socketIoCaller, socketIoChannel } from "./socketIo.ts";
import type { Caller, Channel, Target } from "./words.ts";
import { relayCaller, relayChannel } from "./wsRelay.ts";

const channels: Readonly<Record<string, (target: Target) => Promise<Channel>>> =
  {
    "ours-live": liveChannel,
    "ours-durable": durableChannel,
    ws: relayChannel,
    nats: natsChannel,
    jetstream: jetStreamChannel,
    "mosquitto-qos0": (target) => mosquittoChannel(target, 0),
    "mosquitto-qos1": (target) => mosquittoChannel(target, 1),
    redis: redisChannel,
    "redis-streams-always": redisStreamsChannel,
    "socket.io": socketIoChannel,
  };

const callers: Readonly<Record<string, (target: Target) => Promise<Caller>>> = {
  "ours-rr-live": (target) => envelopeCaller(target, false),
  "ours-rr-durable": (target) => envelopeCaller(target, true),
  "ours-a2a-ws": a2aSocketCaller,
  "ours-a2a-http": (target) => a2aHttpCaller(target, "/rpc"),
  "a2a-sdk": (target) => a2aHttpCaller(target, "/"),
  "ws-rr": relayCaller,
  "nats-rr": natsCaller,
  "mosquitto-rr": mosquittoCaller,
  "socket.io-rr": socketIoCaller,
};

const fanOuts: Readonly<
  Record<string, (target: Target, count: number) => Promise<FanOut>>
> = {
  "ours-fanout": hubFanOut,
  "ws-fanout": bareFanOut,
  "nats-fanout": natsFanOut,
};

/** What the parent asks for: messages through a channel, calls with so many at once, or messages to so many subscribers. */
interface Order {
  readonly total: number;
  readonly lanes: number;
}

const [kind = "", json = "{}"] = process.argv.slice(2);
const target = JSON.parse(json) as Target;
const openChannel = channels[kind];
const openCaller = callers[kind];
const openFanOut = fanOuts[kind];

process.on("disconnect", () => process.exit(0));
process.on("message", (order: Order) => {
  void measure(order).then(
    (figures) => process.send?.(figures),
    (error: unknown) => {
      console.error(kind, error);
      process.exit(1);
    },
  );
});

async function measure({
  total,
  lanes,
}: Order): Promise<Record<string, number>> {
  if (openChannel !== undefined) {
    const channel = await openChannel(target);
    const perSecond = await pump(channel, total);
    await channel.close();
    return { perSecond };
  }
  if (openFanOut !== undefined) {
    const fanOut = await openFanOut(target, lanes);
    const perSecond = await measureFanOut(fanOut, total);
    await fanOut.close();
    return { perSecond };
  }
  if (openCaller === undefined) throw new Error(`nobody is called ${kind}`);
  const caller = await openCaller(target);
  // The first calls pay for connections that are still to be opened.
  await callSideBySide(caller, lanes * 4, lanes);
  const { perSecond, micros } =
    lanes === 1
      ? await oneByOne(caller, total)
      : await callSideBySide(caller, total, lanes);
  await caller.close();
  return {
    perSecond,
    p50: quantile(micros, 0.5),
    p99: quantile(micros, 0.99),
  };
}

async function oneByOne(
  caller: Caller,
  total: number,
): Promise<{ readonly perSecond: number; readonly micros: readonly number[] }> {
  const start = performance.now();
  const micros = await callOneByOne(caller, total);
  return { perSecond: total / ((performance.now() - start) / 1000), micros };
}
