import { toProblem } from "../core/errors.ts";

/** Tells a person what happened and what to do next; returns the exit code, 2. */
export function complain(error: unknown): number {
  const { message, next } = toProblem(error);
  process.stderr.write(`roundtable: ${message}\n${next}\n`);
  return 2;
}
