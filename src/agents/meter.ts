/** Money: the worst case of every model call is put aside before it is made, and settled after it. */
import { isProblem, RoundtableError } from "../core/errors.ts";
import { dollars } from "../core/money.ts";
import {
  emptyBudget,
  evolveBudget,
  foldBudget,
  mayReserve,
  type BudgetState,
} from "../core/budget.ts";
import type {
  Chance,
  Clock,
  EventLog,
  ModelRequest,
  ModelTurn,
  Models,
} from "../ports.ts";

/** For whom a call is made, of which models, and what its mission may cost in all. */
export interface Payer {
  readonly missionId: string;
  readonly taskId: string;
  readonly agentId: string;
  readonly capMicroUsd: number;
  readonly models: Models;
}

/** The only way to a model. */
export interface Meter {
  /** One turn of the payer's models, paid for. Rejects with `budget-spent` when the worst case does not fit below the mission's or the day's cap; then nothing was asked. */
  turn(
    request: ModelRequest,
    payer: Payer,
    signal: AbortSignal,
    onText: (delta: string) => void,
  ): Promise<ModelTurn>;
}

const DAY_MS = 24 * 60 * 60 * 1000;
const NOTHING = {
  inputTokens: 0,
  outputTokens: 0,
  cacheReadTokens: 0,
  cacheWriteTokens: 0,
} as const;

/** A meter over the log. There must be one per log: it puts reservations in a row, so that two calls cannot share the last dollar. A day is 24 hours of UTC. */
export function createMeter(
  ports: {
    readonly log: EventLog;
    readonly clock: Clock;
    readonly chance: Chance;
  },
  dailyCapMicroUsd: number,
): Meter {
  const { log, clock, chance } = ports;
  const today = openDay(log, clock);
  let queue: Promise<unknown> = Promise.resolve();

  const reserve = async (
    payer: Payer,
    model: string,
    microUsd: number,
  ): Promise<string> => {
    const { missionId, taskId, agentId, capMicroUsd } = payer;
    if (!mayReserve(foldBudget(log.mission(missionId)), capMicroUsd, microUsd))
      throw spent("this mission", capMicroUsd, microUsd, "budgetUsd");
    if (!mayReserve(today(), dailyCapMicroUsd, microUsd))
      throw spent("today", dailyCapMicroUsd, microUsd, "dailyBudgetUsd");
    const callId = chance.id();
    await log.append({
      missionId,
      type: "CallReserved",
      by: agentId,
      data: { callId, taskId, agentId, model, microUsd },
    });
    return callId;
  };

  return {
    async turn(request, payer, signal, onText) {
      const { models } = payer;
      const model = await models.lineage(request.tier, signal);
      const worst = await models.worstCase(request, signal);
      const reserved = queue.then(() => reserve(payer, model, worst));
      queue = reserved.catch(() => undefined);
      const callId = await reserved;
      const settle = async (
        turn: Pick<ModelTurn, "microUsd" | "usage" | "model">,
        stopReason: string,
      ): Promise<void> => {
        const { microUsd, usage } = turn;
        await log.append({
          missionId: payer.missionId,
          type: "CallSettled",
          by: payer.agentId,
          data: { callId, microUsd, usage, stopReason, model: turn.model },
        });
      };
      let turn: ModelTurn;
      try {
        signal.throwIfAborted();
        turn = await models.turn(request, signal, onText);
      } catch (error) {
        // Nobody tells what a broken call cost; only calls that never began are known to be free.
        const free = isProblem(
          error,
          "bad-key",
          "model-overloaded",
          "model-unreachable",
        );
        await settle(
          { microUsd: free ? 0 : worst, usage: NOTHING, model },
          signal.aborted ? "aborted" : isProblem(error) ? error.code : "error",
        );
        throw error;
      }
      await settle(turn, turn.stop);
      return turn;
    },
  };
}

/** What today cost so far, read on from where it was last asked: the whole log before each call would be too much. */
function openDay(log: EventLog, clock: Clock): () => BudgetState {
  let day = 0;
  let read = 0;
  let state = emptyBudget;
  return () => {
    const today = Math.floor(clock.now() / DAY_MS);
    if (today !== day) {
      day = today;
      state = emptyBudget;
      read = Math.max(read, lastBefore(log, (today - 1) * DAY_MS));
    }
    for (;;) {
      const next = log.read({ after: read, limit: 1000 });
      if (next.length === 0) return state;
      for (const event of next) {
        read = event.seq;
        if (Math.floor(event.at / DAY_MS) === day)
          state = evolveBudget(state, event);
      }
    }
  };
}

/** A place in the log with nothing older than `at` behind it, found by halving: reading a long history for one day would take seconds. Clocks are set back now and then, so `at` is best a good while before what is looked for. */
function lastBefore(log: EventLog, at: number): number {
  let older = 0;
  let newer = log.head() + 1;
  while (newer - older > 1) {
    const middle = Math.floor((older + newer) / 2);
    const [event] = log.read({ after: middle - 1, limit: 1 });
    if (event !== undefined && event.at < at) older = middle;
    else newer = middle;
  }
  return older;
}

function spent(
  what: string,
  capMicroUsd: number,
  microUsd: number,
  setting: string,
): RoundtableError {
  return new RoundtableError(
    "budget-spent",
    `The next call could cost up to ${dollars(microUsd)}, which no longer fits below the cap of ${dollars(capMicroUsd)} for ${what}.`,
    `Nothing is lost. Raise roundtable.${setting} if the rest is worth it, then resume the mission.`,
  );
}
