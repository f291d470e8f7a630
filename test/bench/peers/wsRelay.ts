/** Clients of the bare relay, the limit of what `ws` can do: the first character of a frame says which socket it is for. */
import { openCorked } from "./corked.ts";
import type { Caller, Channel, Target } from "./words.ts";
import { PAYLOAD } from "./words.ts";

const url = ({ port }: Target, end: "a" | "b"): string =>
  `ws://127.0.0.1:${String(port)}/${end}`;

export async function relayChannel(target: Target): Promise<Channel> {
  const a = await openCorked(url(target, "a"), "relay", "");
  const b = await openCorked(url(target, "b"), "relay", "");
  const frame = `b${PAYLOAD}`;
  return {
    acknowledges: false,
    send(count) {
      a.send(Array.from({ length: count }, () => frame));
    },
    onProgress(listener) {
      b.onFrame(() => {
        listener("delivered");
      });
    },
    async close() {
      await a.close();
      await b.close();
    },
  };
}

export async function relayCaller(target: Target): Promise<Caller> {
  const a = await openCorked(url(target, "a"), "relay", "");
  const b = await openCorked(url(target, "b"), "relay", "");
  const there = [`b${PAYLOAD}`];
  const back = [`a${PAYLOAD}`];
  let answered: () => void = () => undefined;
  b.onFrame(() => {
    b.send(back);
  });
  a.onFrame(() => {
    answered();
  });
  return {
    call: () =>
      new Promise((resolve) => {
        answered = resolve;
        a.send(there);
      }),
    async close() {
      await a.close();
      await b.close();
    },
  };
}
