import { RoundtableError, type ErrorCode } from "../core/errors.ts";
import type { Answer, Work } from "../protocol/work.ts";
import type { Reply, Seat } from "../ports.ts";
import type { Line } from "./line.ts";

/** What every piece of work of an attempt has in common. `root` is a folder with the files it is about. */
export function workBase(
  line: Line,
  attempt: number,
  key: string,
  root: string,
): Pick<Work, "missionId" | "key" | "goal" | "attempt" | "root" | "writable"> {
  return {
    missionId: line.missionId,
    key,
    goal: line.opened.goal,
    attempt,
    root,
    writable: false,
  };
}

/** The seats of a role among the mission's electorate; rejects with `agent-missing` when there is none. */
export function seatsOf(line: Line, role: string): readonly Seat[] {
  const seats = line.ports.team.seats().filter((seat) => seat.role === role);
  if (seats.length === 0)
    throw new RoundtableError(
      "agent-missing",
      `Nobody at the table has the role "${role}".`,
      "Add an agent file with that role, or start the agents again, then resume the mission.",
    );
  return seats;
}

/** Troubles of the provider rather than of one agent: asking somebody else would not help, so the mission stalls and can be resumed. */
const STALLING: readonly string[] = [
  "bad-key",
  "no-model",
  "model-unreachable",
  "model-overloaded",
  "budget-spent",
  "log-full",
  "log-fenced",
  "log-closed",
  "stopped",
] satisfies readonly ErrorCode[];

/** What a person does next about an agent's "no", by its code. */
const NEXT: Readonly<Record<string, string>> = {
  "bad-key": "Nothing is lost. Set a valid key, then resume the mission.",
  "no-model":
    "Nothing is lost. Set an API key or choose another model, then resume the mission.",
  "model-unreachable":
    "Nothing is lost. Check the network or the endpoint's address, then resume the mission.",
  "model-overloaded": "Nothing is lost. Resume the mission in a few minutes.",
  "model-timeout": "Nothing is lost. Resume the mission to ask again.",
  "model-truncated":
    "Nothing is lost. Resume the mission to ask again, or start again with a smaller goal.",
  "model-malformed":
    "Nothing is lost. Resume the mission to ask again, or choose a stronger model for this tier.",
  "model-failed":
    "Nothing is lost. Check which models roundtable.tiers names, then resume the mission.",
  "model-refused":
    "Nothing is lost. Put the goal in other words and start again, or resume to ask once more.",
  "budget-spent":
    "Nothing is lost. Raise the budget (roundtable.budgetUsd, --budget) or that of the day (roundtable.dailyBudgetUsd) if the rest is worth it, then resume the mission.",
  "turns-spent":
    "What was done is in the log. Raise roundtable.turnsPerTask or roundtable.minutesPerTask if it was on the right way, then resume the mission.",
} satisfies Partial<Record<ErrorCode, string>>;

/** Lets an agent's "no" through as a value, except for troubles that stop the whole line: those are thrown as the mission's problem. */
export function unlessStalled<A extends Answer>(reply: Reply<A>): Reply<A> {
  if (!reply.ok && STALLING.includes(reply.code)) throw problemOf(reply);
  return reply;
}

/** The answer, or the agent's "no" as the mission's problem. */
export function mustAnswer<A extends Answer>(reply: Reply<A>): A {
  if (reply.ok) return reply.answer;
  throw problemOf(reply);
}

function problemOf(reply: {
  readonly code: string;
  readonly message: string;
}): RoundtableError {
  // Codes of agents from outside are not ours to trust; anything unknown is a failed task.
  const code = (
    reply.code in NEXT || STALLING.includes(reply.code)
      ? reply.code
      : "task-failed"
  ) as ErrorCode;
  return new RoundtableError(
    code,
    reply.message,
    NEXT[reply.code] ??
      "Nothing is lost. Read the conversation, then resume the mission to try again, or stop it.",
  );
}
