import type { Socket } from "node:net";
import type { Clock } from "../../ports.ts";
import {
  FAILURES_MS,
  MAX_FAILURES,
  MAX_STRANGERS,
  STRANGER_MS,
} from "./limits.ts";

/** Addresses whose failures are remembered; the oldest go first. */
const MAX_ADDRESSES = 1024;

/** Connections that have not shown who they are: few at a time, each for a short while, and none from an address that failed too often. */
export interface Strangers {
  /** Whether it may stay; one that may not is destroyed. */
  came(socket: Socket): boolean;
  /** It showed who it is. */
  met(socket: Socket): void;
  /** It is not who it should be: held against its address. Whoever says so ends it too. */
  failed(socket: Socket): void;
  close(): void;
}

/** Nobody is there. `mono`: a clock that never jumps, ms. */
export function createStrangers(clock: Clock, mono: () => number): Strangers {
  const seated = new Map<Socket, AbortController>();
  const failures = new Map<string, readonly number[]>();

  function recent(address: string): readonly number[] {
    const since = mono() - FAILURES_MS;
    return (failures.get(address) ?? []).filter((at) => at > since);
  }

  function leave(socket: Socket): void {
    seated.get(socket)?.abort();
    seated.delete(socket);
  }

  return {
    came(socket) {
      const from = socket.remoteAddress ?? "";
      if (seated.size >= MAX_STRANGERS || recent(from).length >= MAX_FAILURES) {
        socket.destroy();
        return false;
      }
      const timer = new AbortController();
      seated.set(socket, timer);
      socket.once("close", () => {
        leave(socket);
      });
      clock.after(STRANGER_MS, timer.signal).then(
        () => socket.destroy(),
        // It is no stranger any more, or gone.
        () => undefined,
      );
      return true;
    },
    met: leave,
    failed(socket) {
      const from = socket.remoteAddress ?? "";
      const all = [...recent(from), mono()];
      failures.delete(from);
      failures.set(from, all);
      const [oldest] = failures.keys();
      if (failures.size > MAX_ADDRESSES && oldest !== undefined)
        failures.delete(oldest);
    },
    close() {
      for (const socket of [...seated.keys()]) socket.destroy();
    },
  };
}
