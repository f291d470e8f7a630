/** Money as the log tells it. Whole micro-dollars; one fold serves a mission's cap and, over a day's events, the daily one. */
import type { DataOf } from "../protocol/event.ts";
import type { AnyFact } from "./events.ts";

/** What calls have cost and may still cost. */
export interface BudgetState {
  /** Settled calls, at their real price. */
  readonly spentMicroUsd: number;
  /** Calls in flight at their worst case. One that a crash left unsettled stays here for good: it may have been billed, so it counts as spent. */
  readonly reservedMicroUsd: number;
  /** Settled calls. */
  readonly calls: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly cacheReadTokens: number;
  readonly cacheWriteTokens: number;
  /** Reservation of each call in flight. */
  readonly open: ReadonlyMap<string, number>;
  /** Calls that are settled: a second settlement of one changes nothing. */
  readonly settled: ReadonlySet<string>;
}

/** Nothing spent. */
export const emptyBudget: BudgetState = {
  spentMicroUsd: 0,
  reservedMicroUsd: 0,
  calls: 0,
  inputTokens: 0,
  outputTokens: 0,
  cacheReadTokens: 0,
  cacheWriteTokens: 0,
  open: new Map(),
  settled: new Set(),
};

/** The budget after one more event; other events change nothing. */
export function evolveBudget(state: BudgetState, event: AnyFact): BudgetState {
  if (event.type === "CallReserved") return reserve(state, event.data);
  return event.type === "CallSettled" ? settle(state, event.data) : state;
}

/** The budget after `events`. */
export function foldBudget(events: readonly AnyFact[]): BudgetState {
  return events.reduce(evolveBudget, emptyBudget);
}

/** Whether a call of at most `microUsd` fits under the cap, all calls in flight at their worst. Reserving only what fits keeps spent + reserved ≤ cap always. */
export function mayReserve(
  state: BudgetState,
  capMicroUsd: number,
  microUsd: number,
): boolean {
  return (
    Number.isSafeInteger(microUsd) &&
    microUsd >= 0 &&
    state.spentMicroUsd + state.reservedMicroUsd + microUsd <= capMicroUsd
  );
}

function reserve(
  state: BudgetState,
  { callId, microUsd }: DataOf<"CallReserved">,
): BudgetState {
  if (state.open.has(callId) || state.settled.has(callId)) return state;
  return {
    ...state,
    reservedMicroUsd: state.reservedMicroUsd + microUsd,
    open: new Map(state.open).set(callId, microUsd),
  };
}

function settle(
  state: BudgetState,
  { callId, microUsd, usage }: DataOf<"CallSettled">,
): BudgetState {
  if (state.settled.has(callId)) return state;
  const open = new Map(state.open);
  open.delete(callId);
  return {
    spentMicroUsd: state.spentMicroUsd + microUsd,
    reservedMicroUsd: state.reservedMicroUsd - (state.open.get(callId) ?? 0),
    calls: state.calls + 1,
    inputTokens: state.inputTokens + usage.inputTokens,
    outputTokens: state.outputTokens + usage.outputTokens,
    cacheReadTokens: state.cacheReadTokens + usage.cacheReadTokens,
    cacheWriteTokens: state.cacheWriteTokens + usage.cacheWriteTokens,
    open,
    settled: new Set(state.settled).add(callId),
  };
}
