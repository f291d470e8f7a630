import type { TextLog } from "../../../src/ports.ts";

/** Says nothing. */
export const quiet: TextLog = {
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};
