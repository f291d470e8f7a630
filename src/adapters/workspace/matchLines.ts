import { createContext, Script } from "node:vm";
import { failed, systemCode } from "./trouble.ts";

const TIMEOUT_MS = 250;
const SHOWN = 300;

/** A line that matched; `text` is at most 300 characters of it, trimmed. */
export interface Hit {
  readonly line: number;
  readonly text: string;
}

// The script exists for its timeout: nothing else interrupts a regular expression that goes astray.
const RUN = new Script("run()");

/** Finds lines (from 1) that match a regular expression, or contain the text where it is none. More than 250 ms for one file is an error. */
export function lineMatcher(
  pattern: string,
): (text: string, most: number) => readonly Hit[] {
  if (pattern === "" || pattern.length > 1000)
    throw failed(
      pattern,
      "is not a search text of 1 to 1,000 characters",
      "search for a shorter text",
    );
  const matches = compile(pattern);
  const sandbox = { run: (): void => undefined };
  const context = createContext(sandbox);
  return (text, most) => {
    let hits: readonly Hit[] = [];
    sandbox.run = () => {
      hits = find(text, matches, most);
    };
    try {
      RUN.runInContext(context, { timeout: TIMEOUT_MS });
    } catch (error) {
      if (systemCode(error) !== "ERR_SCRIPT_EXECUTION_TIMEOUT") throw error;
      throw failed(
        pattern,
        "takes too long to search for",
        "use a simpler pattern",
        error,
      );
    }
    return hits;
  };
}

function find(
  text: string,
  matches: (line: string) => boolean,
  most: number,
): readonly Hit[] {
  const hits: Hit[] = [];
  for (const [index, line] of text.split(/\r?\n/u).entries()) {
    if (hits.length >= most) break;
    if (matches(line))
      hits.push({ line: index + 1, text: line.trim().slice(0, SHOWN) });
  }
  return hits;
}

function compile(pattern: string): (line: string) => boolean {
  try {
    const expression = new RegExp(pattern, "u");
    return (line) => expression.test(line);
  } catch (error) {
    if (error instanceof SyntaxError) return (line) => line.includes(pattern);
    throw error;
  }
}
