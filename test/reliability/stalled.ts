/** One of several subscribers stops reading while messages go on. */
import assert from "node:assert/strict";
import type { EnvelopeClient } from "../hub/messaging/envelopeClient.ts";
import { openEnvelopeClient } from "../hub/messaging/envelopeClient.ts";
import { gone } from "./gone.ts";
import type { Condition, HubProcess } from "./hubProcess.ts";

interface Received {
  /** Numbers of the durable and of the live messages that came. */
  readonly durable: Set<number>;
  readonly live: Set<number>;
  /** How long each was on its way, ms. */
  readonly delays: number[];
}

interface Consumer extends Received {
  readonly client: EnvelopeClient;
  /** Resolves once it has that many durable messages. */
  has(durable: number): Promise<void>;
}

interface Told {
  readonly n: number;
  readonly at: number;
}

/** Subscribes for good to what is durable and for now to what is live, and acknowledges what comes. */
async function consume(hub: HubProcess, name: string): Promise<Consumer> {
  const client = await openEnvelopeClient(hub.address);
  const durable = new Set<number>();
  const live = new Set<number>();
  const delays: number[] = [];
  let look: () => void = () => undefined;
  await client.call("envelope/subscribe", { topics: ["kept"], name });
  await client.call("envelope/subscribe", { topics: ["live"] });
  void (async () => {
    for (;;) {
      const { header, payload } = await client.messages.next();
      const { n, at } = payload as Told;
      delays.push(performance.now() - at);
      (header["seq"] === undefined ? live : durable).add(n);
      if (header["seq"] !== undefined)
        client.notify("envelope/ack", { seqs: [header["seq"]], name });
      look();
    }
  })();
  const has = (count: number): Promise<void> =>
    new Promise((resolve) => {
      look = () => {
        if (durable.size >= count) resolve();
      };
      look();
    });
  return { client, durable, live, delays, has };
}

/** Live messages that the hub says it dropped. */
async function droppedBy({ address }: HubProcess): Promise<number> {
  const response = await fetch(`${address.url}/metrics`, {
    headers: { authorization: `Bearer ${address.token}` },
  });
  const [, dropped] =
    /^roundtable_envelopes_total\{fate="dropped"\} (\d+)$/m.exec(
      await response.text(),
    ) ?? [];
  return Number(dropped);
}

/** What came of it. */
export interface Stall {
  /** Delays of everybody who read, ms, the shortest first. */
  readonly delays: readonly number[];
  readonly condition: Condition;
  /** Live messages the stalled one did not get. */
  readonly missed: number;
}

/** Sends `messages` live and as many durable ones to `consumers`, of whom one does not read until all others have all; throws when anything durable is lost to it, or anything at all to the others. */
export async function stallOne(
  hub: HubProcess,
  {
    consumers,
    messages,
    everyMs,
  }: {
    readonly consumers: number;
    readonly messages: number;
    /** Between messages; 0 for as soon as the one before is on disk. */
    readonly everyMs: number;
  },
): Promise<Stall> {
  const all = await Promise.all(
    Array.from({ length: consumers }, (_, n) => consume(hub, `c${n}`)),
  );
  const [stalled, ...others] = all;
  assert.ok(stalled);
  const sender = await openEnvelopeClient(hub.address);
  stalled.client.socket.pause();
  const filling = "x".repeat(8000);
  for (let n = 0; n < messages; n += 1) {
    const payload = { n, at: performance.now(), filling };
    sender.send({ id: `l${n}`, to: "topic:live" }, payload);
    await sender.call("envelope/send", {
      header: { id: `d${n}`, to: "topic:kept", durable: true },
      payload: { ...payload, at: performance.now() },
    });
    if (everyMs > 0)
      await new Promise((resolve) => setTimeout(resolve, everyMs));
  }
  await Promise.all(others.map((other) => other.has(messages)));
  const condition = await hub.condition();
  for (const { live } of others) assert.equal(live.size, messages);

  stalled.client.socket.resume();
  const cutOff = gone(stalled.client.socket).then(() => {
    throw new Error("it was cut off: that took longer than 30 s");
  });
  await Promise.race([stalled.has(messages), cutOff]);
  cutOff.catch(() => undefined);
  const missed = messages - stalled.live.size;
  assert.equal(await droppedBy(hub), missed);
  await Promise.all(
    [sender, ...all.map(({ client }) => client)].map((one) => one.close()),
  );
  const delays = others.flatMap((other) => other.delays);
  return { delays: delays.sort((a, b) => a - b), condition, missed };
}
