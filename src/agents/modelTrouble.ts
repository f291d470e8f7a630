import { RoundtableError } from "../core/errors.ts";

/** The model declined. */
export function refused(model: string): RoundtableError {
  return new RoundtableError(
    "model-refused",
    `The model ${model} declined to work on this.`,
    "Nothing is lost. Put the goal in other words, or choose another model, and try again.",
  );
}

/** The answer broke off; `what` goes on from "the answer …". */
export function truncated(what: string): RoundtableError {
  return new RoundtableError(
    "model-truncated",
    `The model's answer ${what}.`,
    "Nothing is lost. Cut the goal into smaller steps and try again.",
  );
}

/** There is an answer, but not one that can be used. */
export function malformedAnswer(why: string): RoundtableError {
  return new RoundtableError(
    "model-malformed",
    `The model did not hand in a usable answer: ${why}.`,
    "Nothing is lost. Try again, or choose a stronger model for this tier.",
  );
}
