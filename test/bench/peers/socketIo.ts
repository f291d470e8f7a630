/** Clients of a socket.io relay. */
import { io } from "socket.io-client";
import type { Socket } from "socket.io-client";
import type { Caller, Channel, Target } from "./words.ts";
import { PAYLOAD } from "./words.ts";

async function open({ port }: Target): Promise<Socket> {
  const socket = io(`http://127.0.0.1:${String(port)}`, {
    transports: ["websocket"],
    forceNew: true,
  });
  await new Promise<void>((resolve) => {
    socket.on("connect", resolve);
  });
  return socket;
}

async function openPair(
  target: Target,
): Promise<{ readonly a: Socket; readonly b: Socket }> {
  const a = await open(target);
  const b = await open(target);
  for (const [socket, name] of [
    [a, "a"],
    [b, "b"],
  ] as const)
    await socket.emitWithAck("join", name);
  return { a, b };
}

export async function socketIoChannel(target: Target): Promise<Channel> {
  const { a, b } = await openPair(target);
  return {
    acknowledges: false,
    send(count) {
      for (let n = 0; n < count; n += 1) a.emit("to", "b", PAYLOAD);
    },
    onProgress(listener) {
      b.on("message", () => {
        listener("delivered");
      });
    },
    close() {
      a.disconnect();
      b.disconnect();
      return Promise.resolve();
    },
  };
}

export async function socketIoCaller(target: Target): Promise<Caller> {
  const { a, b } = await openPair(target);
  b.on("message", () => {
    b.emit("to", "a", PAYLOAD);
  });
  let answered: () => void = () => undefined;
  a.on("message", () => {
    answered();
  });
  return {
    call: () =>
      new Promise((resolve) => {
        answered = resolve;
        a.emit("to", "b", PAYLOAD);
      }),
    close() {
      a.disconnect();
      b.disconnect();
      return Promise.resolve();
    },
  };
}
