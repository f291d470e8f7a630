import { decide, type DecisionCommand } from "../core/consensus/decide.ts";
import {
  evolve,
  fold,
  type DecisionState,
} from "../core/consensus/decision.ts";
import type { Line } from "./line.ts";

/** One decision on its way. */
export interface Poll {
  state(): DecisionState;
  /** Applies commands one after another; what follows from them is on disk when it resolves. */
  do(...commands: readonly DecisionCommand[]): Promise<void>;
}

/** One decision over the journal. Commands that arrive at once are taken in turn, so none decides on an old state. */
export function openPoll(line: Line, decisionId: string): Poll {
  let state = fold(line.journal.events(), decisionId);
  let turn: Promise<void> = Promise.resolve();
  const act = async (commands: readonly DecisionCommand[]): Promise<void> => {
    let next = state;
    const facts = commands.flatMap((command) => {
      const events = decide(command, next);
      next = events.reduce(evolve, next);
      return events;
    });
    if (facts.length > 0) await line.journal.note(facts);
    state = next;
  };
  return {
    state: () => state,
    do: (...commands) => {
      const done = turn.then(() => act(commands));
      turn = done.catch(() => undefined);
      return done;
    },
  };
}
