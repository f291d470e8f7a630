import type { Clock } from "../../ports.ts";

/** What one connection may send in a second. */
export interface Limits {
  readonly framesPerSecond: number;
  readonly bytesPerSecond: number;
}

/** Far above what one socket can carry on today's machines: who gets there is broken or means harm. */
export const LIMITS: Limits = {
  framesPerSecond: 500_000,
  bytesPerSecond: 512 * 1024 * 1024,
};

/** Counts what a connection sends, second by second; the clock is asked only when a second's share is used up. */
export interface Allowance {
  /** Takes a frame of so many bytes from the share; false when it is used up. */
  takes(bytes: number): boolean;
}

/** A full share. */
export function createAllowance(clock: Clock, limits: Limits): Allowance {
  let frames = limits.framesPerSecond;
  let bytes = limits.bytesPerSecond;
  let since = clock.now();
  return {
    takes(size) {
      if (frames < 1 || bytes < size) {
        const now = clock.now();
        if (now - since < 1000) return false;
        since = now;
        frames = limits.framesPerSecond;
        bytes = limits.bytesPerSecond;
      }
      frames -= 1;
      bytes -= size;
      return true;
    },
  };
}
