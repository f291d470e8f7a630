/** Fuzzed frames and hostile sockets against one hub, while a client that behaves goes on working. */
import { fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import WebSocket from "ws";
import type { Discovered } from "../../src/hub/discovery.ts";
import { fuzzedFrame } from "./fuzzedFrames.ts";
import { gone } from "./gone.ts";
import { attack, HOSTILE } from "./hostileSockets.ts";
import { type Seeded, seeded } from "./seeded.ts";

/** Frames a socket sends before it waits until the hub has read them. */
const BATCH = 48;

async function openWithPatience({
  wsUrl,
  token,
}: Discovered): Promise<WebSocket> {
  for (let tries = 0; tries < 1000; tries += 1) {
    const socket = new WebSocket(wsUrl, ["roundtable.v1"], {
      headers: { authorization: `Bearer ${token}` },
      perMessageDeflate: false,
    });
    socket.on("error", () => undefined);
    const open = await Promise.race([
      new Promise<boolean>((resolve) => {
        socket.once("open", () => {
          resolve(true);
        });
      }),
      new Promise<boolean>((resolve) => {
        socket.once("close", () => {
          resolve(false);
        });
      }),
    ]);
    // The hub was full of strangers.
    if (open) return socket;
  }
  throw new Error("the hub lets nobody in any more");
}

/** Sends that many frames; a socket the hub ends is followed by the next. Resolves with how many sockets it took. */
async function fuzz(
  address: Discovered,
  frames: number,
  random: Seeded,
): Promise<number> {
  let sockets = 0;
  let left = frames;
  while (left > 0) {
    const socket = await openWithPatience(address);
    sockets += 1;
    const closed = gone(socket);
    while (left > 0 && socket.readyState === WebSocket.OPEN) {
      for (let count = 0; count < BATCH && left > 0; count += 1, left -= 1)
        socket.send(fuzzedFrame(random), { binary: false });
      const pong = new Promise((resolve) => socket.once("pong", resolve));
      // It may be closing already.
      socket.ping(undefined, undefined, () => undefined);
      await Promise.race([pong, closed]);
    }
    socket.terminate();
    await closed;
  }
  return sockets;
}

async function besiege(
  address: Discovered,
  left: string[],
  random: Seeded,
): Promise<void> {
  for (let kind = left.pop(); kind !== undefined; kind = left.pop())
    await attack(kind, address, random);
}

/** What a storm did. */
export interface Weather {
  /** Sockets the fuzzed frames took. */
  readonly sockets: number;
  /** How long the client that behaves waited for its answers, ms, the shortest first. */
  readonly waits: readonly number[];
}

/** Lets one loose; resolves when it has passed. */
export async function storm(
  address: Discovered,
  {
    frames,
    sockets,
    seed,
  }: {
    readonly frames: number;
    readonly sockets: number;
    readonly seed: number;
  },
): Promise<Weather> {
  const prober = fork(join(import.meta.dirname, "proberChild.ts"), [
    address.tokenFile,
  ]);
  try {
    await once(prober, "message");
    const kinds = Array.from(
      { length: sockets },
      (_, n) => HOSTILE[n % HOSTILE.length] ?? "",
    );
    const FUZZERS = 4;
    const [taken] = await Promise.all([
      Promise.all(
        Array.from({ length: FUZZERS }, (_, n) =>
          fuzz(address, frames / FUZZERS, seeded(seed + n)),
        ),
      ),
      ...Array.from({ length: Math.min(60, sockets) }, (_, n) =>
        besiege(address, kinds, seeded(seed + 100 + n)),
      ),
    ]);
    prober.send("stop");
    const [waits] = (await once(prober, "message")) as [number[]];
    return {
      sockets: taken.reduce((sum, count) => sum + count, 0),
      waits: waits.sort((a, b) => a - b),
    };
  } finally {
    prober.kill();
  }
}
