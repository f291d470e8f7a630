import { once } from "node:events";
import type { Socket } from "node:net";
import { WebSocket } from "ws";

/** An open WebSocket client whose sends of one call leave in one write. */
export interface CorkedSocket {
  send(frames: Iterable<string>): void;
  onFrame(listener: (frame: Buffer) => void): void;
  close(): Promise<void>;
}

/** Opens a WebSocket on loopback. */
export async function openCorked(
  url: string,
  protocol: string,
  token: string,
): Promise<CorkedSocket> {
  const socket = new WebSocket(url, protocol, {
    perMessageDeflate: false,
    // A mask keeps scripts in browsers from writing what a proxy takes for HTTP (RFC 6455, 10.3); here is neither. All clients of ours and of the bare relay alike.
    generateMask: () => undefined,
    ...(token === "" ? {} : { headers: { authorization: `Bearer ${token}` } }),
  });
  await once(socket, "open");
  // The socket below, which `ws` keeps to itself: corking is what the bench compares with.
  const { _socket: wire } = socket as unknown as { readonly _socket: Socket };
  wire.setNoDelay(true);
  return {
    send(frames) {
      wire.cork();
      for (const frame of frames) socket.send(frame);
      wire.uncork();
    },
    onFrame(listener) {
      socket.on("message", listener);
    },
    async close() {
      const closed = once(socket, "close");
      socket.terminate();
      await closed;
    },
  };
}
