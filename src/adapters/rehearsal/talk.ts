import type { Resolution } from "../../protocol/work.ts";
import { say, submit } from "./turn.ts";
import type { ScriptRequest, ScriptedTurn } from "./turn.ts";

/** Longest piece of a goal that is said again, characters. */
const MAX_ECHO = 160;

/** What each role would see to first. */
const FIRST: Readonly<Record<string, string>> = {
  planner: "I would cut it into steps that can each be checked.",
  architect:
    "I would look at which boundaries it crosses before anything else.",
  security: "I would ask what an attacker could send there.",
  developer: "I would write the failing test first, then the smallest change.",
  qa: "I would collect the odd inputs: empty, huge, twice, and out of order.",
};

/** Whether somebody talks to the agent without letting it look at anything: there is nothing to read, so a script can answer whatever is asked. */
export function isTalk({ part, tools }: ScriptRequest): boolean {
  return part?.work === "resolve" && tools.join() === "submit";
}

/** An answer to anything, by role; the same question gets the same answer. */
export function talking(request: ScriptRequest): ScriptedTurn {
  const role = request.part?.role ?? "";
  const goal = goalOf(request.brief);
  return say(
    "",
    submit({
      answer: `“${goal}”: ${FIRST[role] ?? "I would begin with what can be checked."} (A rehearsal: no model was asked.)`,
      options: [],
      consequences: [],
    } satisfies Resolution),
  );
}

/** The goal of a first message, on one line; what marks it as data is left out. */
function goalOf(brief: string): string {
  const at = brief.lastIndexOf("## Goal\n");
  const section = brief.slice(at + "## Goal\n".length);
  const end = section.indexOf("\n## ");
  const text = (end < 0 ? section : section.slice(0, end))
    .replace(/<\/?data[^>]*>/g, " ")
    .replace(/\s+/g, " ")
    .trim();
  return text.length <= MAX_ECHO ? text : `${text.slice(0, MAX_ECHO - 1)}…`;
}
