import type { Evidence } from "../../protocol/consensus.ts";
import type { EvidenceTool, Look, Seen } from "./tool.ts";

/** Runs one tool until it is done or out of time; `deadline` is that of all, in ms of `performance.now()`. Rejects only when the look is aborted. */
export async function runTool(
  tool: EvidenceTool,
  look: Look,
  deadline: number,
): Promise<readonly Evidence[]> {
  const startedAt = performance.now();
  const limitMs =
    tool.runsCommands === true ? Infinity : Math.max(0, deadline - startedAt);
  const seen = await withinTime(tool, look, limitMs);
  const durationMs = Math.round(performance.now() - startedAt);
  const { name, required } = tool;
  return seen.map((one) => ({
    id: name,
    ...one,
    tool: name,
    required,
    durationMs,
  }));
}

/** A tool that does not heed its signal is left behind: its answer comes too late to count. */
async function withinTime(
  tool: EvidenceTool,
  look: Look,
  limitMs: number,
): Promise<readonly Seen[]> {
  const over = new AbortController();
  const signal = AbortSignal.any([look.signal, over.signal]);
  const ended = Promise.withResolvers<never>();
  const stop = (): void => {
    ended.reject(signal.reason as Error);
  };
  signal.addEventListener("abort", stop, { once: true });
  const timer =
    limitMs === Infinity
      ? undefined
      : setTimeout(() => {
          over.abort(new Error("out of time"));
        }, limitMs);
  try {
    look.signal.throwIfAborted();
    if (limitMs === 0) return [outOfTime(0)];
    const looking = Promise.resolve(tool.look({ ...look, signal }));
    return await Promise.race([looking, ended.promise]);
  } catch (error) {
    look.signal.throwIfAborted();
    return [over.signal.aborted ? outOfTime(limitMs) : broken(error)];
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", stop);
  }
}

function outOfTime(limitMs: number): Seen {
  return {
    status: "NOT_RUN",
    summary:
      limitMs === 0
        ? "No time was left for it: the other tools had used it up. Raise roundtable.evidenceSeconds, or split the change."
        : `It was not done after ${String(Math.round(limitMs / 1000))} s and was ended. Raise roundtable.evidenceSeconds, or split the change.`,
    findings: [],
  };
}

function broken(error: unknown): Seen {
  return {
    status: "ERROR",
    summary:
      `The tool broke: ${error instanceof Error ? error.message : String(error)}`.slice(
        0,
        2000,
      ),
    findings: [],
  };
}
