import type { Said } from "../protocol/panel.ts";

/** Shows a conversation line by line. */
export interface Conversation {
  readonly said: (said: Said) => void;
  /** Shows what is still held back. */
  readonly flush: () => void;
}

/** How long a line waits for others like it, ms. */
const GATHER_MS = 150;

/**
 * The conversation without its repetitions: the same words to several agents, or sealed ballots of several, become one line, and a
 * decision does not repeat the reasons its tally has just given.
 */
export function gather(show: (said: Said) => void): Conversation {
  let held: Said | undefined;
  let told = "";
  let timer: NodeJS.Timeout | undefined;

  const flush = (): void => {
    clearTimeout(timer);
    if (held !== undefined) show(held);
    held = undefined;
  };

  return {
    flush,
    said: (said) => {
      const together = held && join(held, said);
      if (together !== undefined) {
        held = together;
        return;
      }
      flush();
      if (said.kind === "message" || said.kind === "ballot") {
        held = said;
        timer = setTimeout(flush, GATHER_MS);
        return;
      }
      show(said.kind === "tally" ? unrepeated(said, told) : said);
      if (said.kind === "tally") told = said.text;
    },
  };
}

/** Both as one line; undefined where they differ in more than who speaks, or who is spoken to. */
function join(one: Said, other: Said): Said | undefined {
  if (one.kind !== other.kind || one.text !== other.text) return undefined;
  if (one.kind === "ballot" && one.tone === other.tone)
    return { ...one, from: `${one.from}, ${other.from}` };
  return one.from === other.from && one.to !== "everyone"
    ? { ...one, to: `${one.to}, ${other.to}` }
    : undefined;
}

function unrepeated(said: Said, told: string): Said {
  const end = said.text.indexOf(". ") + 1;
  const reasons = said.text.slice(end).trim();
  return end > 0 && reasons !== "" && told.includes(reasons)
    ? { ...said, text: said.text.slice(0, end) }
    : said;
}
