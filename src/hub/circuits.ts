import type { BulkheadPolicy, CircuitBreakerPolicy, IBackoff } from "cockatiel";
import {
  bulkhead,
  circuitBreaker,
  CircuitState,
  ConsecutiveBreaker,
  handleWhenResult,
  TaskCancelledError,
} from "cockatiel";
import type { Clock } from "../ports.ts";
import type { Sitting } from "./registry.ts";
import { overloaded } from "./wireError.ts";

/** Tasks an agent works on at once when it does not say. */
const CONCURRENCY = 64;
/** Tasks that may wait per task an agent works on at once. */
const WAITING_PER_SLOT = 4;
/** Failures in a row that open a circuit. */
const FAULTS = 5;
/** How long an open circuit waits before it tries one task, ms: doubled with every failed try. */
const PATIENCE_MS = { first: 10_000, most: 300_000 };
/** Circuits that are remembered of agents that left. */
const MAX_CIRCUITS = 256;

/** Whose fault it was that a task failed, if it did. */
export type Blame = "none" | "agent";

/** What an agent has to do now. */
export interface Workload {
  readonly running: number;
  readonly waiting: number;
  readonly concurrency: number;
}

/** Per agent a bulkhead (so many tasks at once, so many waiting) and a circuit breaker (five failures of its own in a row). */
export interface Circuits {
  state(agentId: string): "closed" | "open" | "halfOpen";
  /** True while nothing new should go there: the circuit is open, or its one try is under way. */
  blocks(agentId: string): boolean;
  workload(sitting: Sitting): Workload;
  hasRoom(sitting: Sitting): boolean;
  /** Keeps a place until let go of, for a task that is on its way to the disk; throws an overload error when there is none. */
  reserve(sitting: Sitting): () => void;
  /** Acts as soon as the agent has a slot free, or not at all when aborted before; the result counts for its circuit. Never throws. */
  run(
    sitting: Sitting,
    signal: AbortSignal,
    act: () => Promise<Blame>,
  ): Promise<void>;
}

interface Circuit {
  readonly breaker: CircuitBreakerPolicy;
  /** When an open circuit may try again. */
  readonly due: () => number;
}

interface Hold {
  readonly slots: BulkheadPolicy;
  readonly concurrency: number;
  /** Tasks that run, wait, or are on their way to the disk. */
  admitted: number;
  running: number;
}

/** Cockatiel measures with the machine's own clock; a wait whose length is asked of ours follows ours. */
function openCircuit(clock: Clock): Circuit {
  let due = 0;
  const wait = (ms: number): IBackoff<unknown> => {
    const until = clock.now() + ms;
    due = until;
    return {
      get duration() {
        return clock.now() >= until ? -Infinity : Infinity;
      },
      next: () => wait(Math.min(ms * 2, PATIENCE_MS.most)),
    };
  };
  const breaker = circuitBreaker(
    handleWhenResult((blame) => blame === "agent"),
    {
      halfOpenAfter: { next: () => wait(PATIENCE_MS.first) },
      breaker: new ConsecutiveBreaker(FAULTS),
    },
  );
  return { breaker, due: () => due };
}

/** Makes the circuits and bulkheads of one hub. */
export function createCircuits(clock: Clock): Circuits {
  const circuits = new Map<string, Circuit>();
  const holds = new WeakMap<Sitting, Hold>();

  function circuitOf(agentId: string): Circuit {
    const known = circuits.get(agentId);
    if (known !== undefined) return known;
    const [oldest] = circuits.keys();
    if (circuits.size >= MAX_CIRCUITS && oldest !== undefined)
      circuits.delete(oldest);
    const circuit = openCircuit(clock);
    circuits.set(agentId, circuit);
    return circuit;
  }

  function holdOf(sitting: Sitting): Hold {
    const known = holds.get(sitting);
    if (known !== undefined) return known;
    const concurrency = sitting.concurrency ?? CONCURRENCY;
    // What may wait is counted here, so that nothing that was taken in is refused later.
    const slots = bulkhead(concurrency, Number.MAX_SAFE_INTEGER);
    const hold = { slots, concurrency, admitted: 0, running: 0 };
    holds.set(sitting, hold);
    return hold;
  }

  function hasRoom(sitting: Sitting): boolean {
    const { admitted, concurrency } = holdOf(sitting);
    return admitted < concurrency * (1 + WAITING_PER_SLOT);
  }

  function blocks(agentId: string): boolean {
    const circuit = circuits.get(agentId);
    if (circuit === undefined) return false;
    const { state } = circuit.breaker;
    if (state === CircuitState.Open) return clock.now() < circuit.due();
    return state === CircuitState.HalfOpen;
  }

  function admit(sitting: Sitting): () => void {
    const hold = holdOf(sitting);
    hold.admitted += 1;
    let letGo = false;
    return () => {
      if (!letGo) hold.admitted -= 1;
      letGo = true;
    };
  }

  return {
    state(agentId) {
      switch (circuits.get(agentId)?.breaker.state) {
        case CircuitState.Open:
          return "open";
        case CircuitState.HalfOpen:
          return "halfOpen";
        default:
          return "closed";
      }
    },
    blocks,
    workload(sitting) {
      const { running, admitted, concurrency } = holdOf(sitting);
      return { running, waiting: admitted - running, concurrency };
    },
    hasRoom,
    reserve(sitting) {
      if (!hasRoom(sitting)) throw overloaded("tasks of this agent");
      return admit(sitting);
    },
    async run(sitting, signal, act) {
      const { agentId, presence } = sitting;
      const hold = holdOf(sitting);
      const leave = admit(sitting);
      try {
        await hold.slots.execute(async () => {
          hold.running += 1;
          try {
            // Who gave work past an open circuit meant it; the circuit's own try stays the only one that counts.
            if (blocks(agentId)) await act();
            else await circuitOf(agentId).breaker.execute(act);
          } finally {
            hold.running -= 1;
          }
        }, signal);
      } catch (error) {
        if (!(error instanceof TaskCancelledError)) throw error;
      } finally {
        leave();
        if (hold.admitted === 0) presence.idleSince = clock.now();
      }
    },
  };
}
