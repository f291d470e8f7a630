import { RoundtableError } from "../core/errors.ts";
import type { ModelMessage } from "../ports.ts";

/** Most of a model's own words in an error, characters. */
const MOST_WORDS = 500;

/** The model declined; its own words, where it has any, say why. */
export function refused(
  model: string,
  { content }: ModelMessage,
): RoundtableError {
  const words = content
    .map((block) => (block.type === "text" ? block.text : ""))
    .join(" ")
    .trim()
    .slice(0, MOST_WORDS);
  return new RoundtableError(
    "model-refused",
    words === ""
      ? `The model ${model} declined to work on this.`
      : `The model ${model} declined to work on this: ${words}`,
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
