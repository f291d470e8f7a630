import type { Line } from "./line.ts";

/**
 * Lets all `work` run at once until it is done or the deadline (ms since 1970) has come; then what is left is aborted, which is no error.
 * Rejects with the first failure of work that was in time, and with the line's reason when the mission is interrupted.
 */
export async function untilDeadline(
  line: Line,
  deadline: number,
  work: (signal: AbortSignal) => readonly Promise<void>[],
): Promise<void> {
  const { clock } = line.ports;
  const over = new AbortController();
  const signal = AbortSignal.any([line.signal, over.signal]);
  const asked = Promise.all(work(signal));
  // Its failure is told by whichever of the two below sees it first.
  asked.catch(() => undefined);
  const late = clock.after(Math.max(0, deadline - clock.now()), signal).then(
    () => "late" as const,
    () => "aborted" as const,
  );
  try {
    const first = await Promise.race([asked, late]);
    if (first === "late") over.abort(new Error("the deadline has come"));
    if (first === "aborted") line.signal.throwIfAborted();
    // Who was cut off is absent; their troubles are no longer the line's.
    if (first === "late") await asked.catch(() => undefined);
  } finally {
    over.abort(new Error("the work is over"));
  }
}
