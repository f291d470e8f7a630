import type { EventEmitter } from "node:events";

/** Resolves once a socket has closed, whatever it broke of. */
export function gone(socket: EventEmitter): Promise<void> {
  return new Promise((resolve) => {
    socket.once("close", () => {
      resolve();
    });
  });
}
