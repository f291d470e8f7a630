import type { TextLog } from "../ports.ts";

/** Listeners of one kind. */
export interface Hearing<A extends readonly unknown[]> {
  /** Returns the way to stop. */
  readonly add: (listener: (...args: A) => void) => () => void;
  /** Tells all; one that throws does not stop the others. */
  readonly tell: (...args: A) => void;
}

/** Nobody yet. */
export function createHearing<A extends readonly unknown[]>(
  textLog: TextLog,
): Hearing<A> {
  const listeners = new Set<(...args: A) => void>();
  return {
    add(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    tell(...args) {
      for (const listener of [...listeners])
        try {
          listener(...args);
        } catch (error) {
          textLog.error("Somebody who follows peers failed.", {
            why: String(error),
          });
        }
    },
  };
}
