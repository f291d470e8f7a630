import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import type { Clock } from "../ports.ts";

/** Sockets that are listened to and have not shown a token yet. */
const MAX_STRANGERS = 64;
/** Longest one of them is listened to, ms. */
const STRANGER_MS = 5000;
/** The same while others wait: who has a token shows it in its first packet. */
const CROWDED_MS = 500;
/** Connections that wait until one of them is done; nothing of theirs is read. */
const MAX_WAITING = 512;

/** Connections that have not shown a token: a few are listened to for a short while, some wait in line unread, the rest are ended. */
export interface Strangers {
  /** Takes in a new connection that nothing was read from. */
  came(socket: Socket): void;
  /** It showed a token: it is no stranger any more. */
  met(socket: Duplex): void;
  /** Ends all of them. */
  close(): void;
}

interface Seat {
  readonly timer: AbortController;
  /** ms since 1970. */
  readonly since: number;
}

/** Nobody is there. `listen` begins to read a connection whose turn it is. */
export function createStrangers(
  clock: Clock,
  listen: (socket: Socket) => void,
): Strangers {
  const seated = new Map<Duplex, Seat>();
  const line = new Set<Socket>();
  const closed = new AbortController();
  let hurrying = false;

  function seat(socket: Socket): void {
    const timer = new AbortController();
    seated.set(socket, { timer, since: clock.now() });
    clock.after(STRANGER_MS, timer.signal).then(
      () => socket.destroy(),
      // Aborted: it showed the token, or it is gone.
      () => undefined,
    );
    listen(socket);
  }

  function leave(socket: Duplex): void {
    seated.get(socket)?.timer.abort();
    seated.delete(socket);
    for (const next of line) {
      if (seated.size >= MAX_STRANGERS) return;
      line.delete(next);
      if (!next.destroyed) seat(next);
    }
  }

  /** While somebody waits, who has had its time makes room. */
  async function hurry(): Promise<void> {
    while (line.size > 0) {
      await clock.after(CROWDED_MS / 2, closed.signal);
      // A turn later: what has arrived meanwhile is read first.
      await new Promise((resolve) => setImmediate(resolve));
      const latest = clock.now() - CROWDED_MS;
      for (const [socket, { since }] of [...seated].slice(0, line.size))
        if (since <= latest) socket.destroy();
    }
  }

  function wait(socket: Socket): void {
    line.add(socket);
    if (hurrying) return;
    hurrying = true;
    hurry()
      // The hub has closed.
      .catch(() => undefined)
      .finally(() => {
        hurrying = false;
      });
  }

  return {
    came(socket) {
      if (closed.signal.aborted) {
        socket.destroy();
        return;
      }
      socket.once("close", () => {
        line.delete(socket);
        leave(socket);
      });
      if (seated.size < MAX_STRANGERS) seat(socket);
      else if (line.size < MAX_WAITING) wait(socket);
      else socket.destroy();
    },
    met: leave,
    close() {
      closed.abort(new Error("the hub has closed"));
      for (const socket of line) socket.destroy();
      line.clear();
      for (const socket of [...seated.keys()]) socket.destroy();
    },
  };
}
