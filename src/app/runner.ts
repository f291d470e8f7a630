import { RoundtableError, toProblem } from "../core/errors.ts";
import { drive, MissionStopped, stall } from "../mission/drive.ts";
import type { LinePorts, Opening } from "../mission/line.ts";
import type { Outcome } from "../protocol/event.ts";
import type { EventLog, TextLog } from "../ports.ts";

/** The missions that run in this process. */
export interface Runner {
  /** Starts or goes on with a mission; does nothing when it already runs. */
  start(missionId: string): void;
  running(missionId: string): boolean;
  /** Ends one for good, or interrupts it so that it can be resumed. Resolves when it has let go. */
  stop(missionId: string, how: "forGood" | "interrupt"): Promise<void>;
  /** Interrupts all. */
  interruptAll(): Promise<void>;
  /** The mission's end; rejects with the problem when it stalls or is interrupted. */
  ended(missionId: string, signal: AbortSignal): Promise<Outcome>;
}

/** Runs missions; `portsFor` is called once for each start and what it returns is disposed by nobody here. */
export function createRunner(
  log: EventLog,
  textLog: TextLog,
  portsFor: (opening: Opening, signal: AbortSignal) => Promise<LinePorts>,
): Runner {
  interface Run {
    readonly abort: AbortController;
    readonly end: Promise<Outcome>;
  }
  const runs = new Map<string, Run>();

  const start = (missionId: string): void => {
    if (runs.has(missionId)) return;
    const opening = openingIn(log, missionId);
    const abort = new AbortController();
    const end = (async () => {
      const ports = await portsFor(opening, abort.signal).catch(
        async (error: unknown) => {
          // A mission nobody can sit down for is stalled too, not running.
          if (abort.signal.aborted) throw error;
          throw await stall(log, missionId, error);
        },
      );
      return drive(opening, ports, abort.signal);
    })();
    const run = { abort, end };
    runs.set(missionId, run);
    end
      .catch((error: unknown) => {
        if (abort.signal.aborted) return;
        const { code, message, cause } = toProblem(error);
        textLog.warn("mission stalled", {
          missionId,
          code,
          message,
          cause: cause instanceof Error ? (cause.stack ?? cause.message) : "",
        });
      })
      .finally(() => {
        runs.delete(missionId);
      });
  };

  const stop: Runner["stop"] = async (missionId, how) => {
    const run = runs.get(missionId);
    if (run === undefined) return;
    run.abort.abort(how === "forGood" ? new MissionStopped() : interrupted());
    await run.end.catch(() => undefined);
  };

  return {
    start,
    running: (missionId) => runs.has(missionId),
    stop,
    interruptAll: async () => {
      await Promise.all([...runs.keys()].map((id) => stop(id, "interrupt")));
    },
    ended: async (missionId, signal) => {
      const run = runs.get(missionId);
      if (run !== undefined) return untilAborted(run.end, signal);
      const last = log
        .mission(missionId)
        .findLast(
          (event) =>
            event.type === "MissionClosed" || event.type === "MissionStalled",
        );
      if (last?.type === "MissionClosed") return last.data.outcome;
      if (last?.type === "MissionStalled") {
        const { code, message, next } = last.data.problem;
        throw new RoundtableError(
          code as RoundtableError["code"],
          message,
          next,
        );
      }
      throw interrupted();
    },
  };
}

function openingIn(log: EventLog, missionId: string): Opening {
  const [first] = log.mission(missionId);
  if (first?.type !== "MissionOpened")
    throw new RoundtableError(
      "bad-intent",
      `There is no mission "${missionId}".`,
      "List the missions with `roundtable log`, or pick one in the panel.",
    );
  return first;
}

function interrupted(): RoundtableError {
  return new RoundtableError(
    "stopped",
    "The mission was interrupted.",
    "Everything so far is in the log; resume it to go on.",
  );
}

function untilAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const giveUp = (): void => {
      reject(signal.reason as Error);
    };
    if (signal.aborted) {
      giveUp();
      return;
    }
    signal.addEventListener("abort", giveUp, { once: true });
    promise.then(resolve, reject).finally(() => {
      signal.removeEventListener("abort", giveUp);
    });
  });
}
