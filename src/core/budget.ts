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
  return foldBudget([event], state);
}

/** The budget after `events`, from `start` or from nothing. */
export function foldBudget(
  events: readonly AnyFact[],
  start = emptyBudget,
): BudgetState {
  const sum = {
    ...start,
    open: new Map(start.open),
    settled: new Set(start.settled),
  };
  for (const event of events) {
    if (event.type === "CallReserved") reserve(sum, event.data);
    if (event.type === "CallSettled") settle(sum, event.data);
  }
  return sum;
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

/** One fold's own copy, so that a long log is read in linear time. */
type Running = {
  -readonly [K in keyof BudgetState]: BudgetState[K];
} & {
  readonly open: Map<string, number>;
  readonly settled: Set<string>;
};

function reserve(
  sum: Running,
  { callId, microUsd }: DataOf<"CallReserved">,
): void {
  if (sum.open.has(callId) || sum.settled.has(callId)) return;
  sum.reservedMicroUsd += microUsd;
  sum.open.set(callId, microUsd);
}

function settle(
  sum: Running,
  { callId, microUsd, usage }: DataOf<"CallSettled">,
): void {
  if (sum.settled.has(callId)) return;
  sum.reservedMicroUsd -= sum.open.get(callId) ?? 0;
  sum.open.delete(callId);
  sum.settled.add(callId);
  sum.spentMicroUsd += microUsd;
  sum.calls += 1;
  sum.inputTokens += usage.inputTokens;
  sum.outputTokens += usage.outputTokens;
  sum.cacheReadTokens += usage.cacheReadTokens;
  sum.cacheWriteTokens += usage.cacheWriteTokens;
}
