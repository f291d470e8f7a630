import { once } from "node:events";
import type { Socket } from "node:net";
import { connect, createServer } from "node:net";
import { Transform } from "node:stream";

/** Stands between two hubs on loopback and passes bytes on, as badly as it is told. */
export interface ChaosProxy {
  readonly port: number;
  /** From now on every piece takes so long, ms. */
  delay(ms: number): void;
  /** Ends every connection with a reset, and every new one until it is mended. */
  sever(): void;
  /** Connections stay open, and nothing passes any more: half-open, as after a cable was pulled. New ones are taken and stay silent. */
  hang(): void;
  /** New connections pass again; those that hung are reset, because bytes of them may be lost. */
  mend(): void;
  close(): Promise<void>;
}

/** Listens on a free port of loopback and passes on to `target()`, which is asked for every connection. */
export async function createChaosProxy(
  target: () => number,
): Promise<ChaosProxy> {
  const pairs = new Set<readonly [Socket, Socket]>();
  let state: "passes" | "severed" | "hangs" = "passes";
  let delayMs = 0;

  const slowed = (): Transform =>
    new Transform({
      transform(chunk: Buffer, _, done) {
        // What came before the cable was pulled, and is not through yet, is lost too.
        const pass = (): void => {
          if (state === "hangs") done();
          else done(null, chunk);
        };
        if (delayMs === 0) pass();
        else setTimeout(pass, delayMs);
      },
    });

  const reset = (): void => {
    for (const pair of pairs)
      for (const socket of pair) socket.resetAndDestroy();
    pairs.clear();
  };

  const server = createServer((near) => {
    if (state === "severed") {
      near.resetAndDestroy();
      return;
    }
    const far = connect(target(), "127.0.0.1");
    const pair = [near, far] as const;
    pairs.add(pair);
    for (const socket of pair) {
      socket.setNoDelay(true);
      // Either end takes the other with it; that it ended is all there is to say.
      socket.on("error", () => undefined);
      socket.once("close", () => {
        pairs.delete(pair);
        near.destroy();
        far.destroy();
      });
    }
    near.pipe(slowed()).pipe(far);
    far.pipe(slowed()).pipe(near);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string")
    throw new Error("the proxy has no port");

  return {
    port: address.port,
    delay(ms) {
      delayMs = ms;
    },
    sever() {
      state = "severed";
      reset();
    },
    hang() {
      state = "hangs";
    },
    mend() {
      if (state === "hangs") reset();
      state = "passes";
    },
    async close() {
      reset();
      server.close();
      await once(server, "close");
    },
  };
}
