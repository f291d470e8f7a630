import type { AnswerOf } from "../../protocol/work.ts";
import { say, submit } from "./turn.ts";
import type { ScriptRequest, ScriptedCall, ScriptedTurn } from "./turn.ts";

/** Runs the first of the checks the developer was given; the sample's own tests when none is named. */
export function runTests(text: string) {
  return (request: ScriptRequest): ScriptedTurn =>
    say(text, {
      name: "run_check",
      input: { argv: firstCheck(request.brief) },
    });
}

function firstCheck(brief: string): readonly string[] {
  const section = brief.split("## Checks you may run\n").at(-1) ?? "";
  const argv = /\[\s*\[([^[\]]+)\]/.exec(section)?.[1];
  const words = [...(argv ?? "").matchAll(/"([^"\\]+)"/g)].map(
    ([, word]) => word ?? "",
  );
  return words.length > 0 ? words : ["node", "--test"];
}

/** A call of `edit_file`: replaces the one place where `old` stands. */
export function edit(path: string, old: string, text: string): ScriptedCall {
  return { name: "edit_file", input: { path, old, new: text } };
}

/** A call of `submit` for a finished step. */
export function done(
  summary: string,
  commitType: AnswerOf<"implement">["commitType"],
): ScriptedCall {
  return submit({ summary, commitType });
}

/** What the last test run printed; undefined when nothing ran. */
function lastRun(
  request: ScriptRequest,
): { readonly passed: number; readonly failed: number } | undefined {
  const text = request.results.findLast(
    ({ tool }) => tool === "run_check",
  )?.text;
  const passed = /^\W*pass (\d+)\s*$/m.exec(text ?? "")?.[1];
  const failed = /^\W*fail (\d+)\s*$/m.exec(text ?? "")?.[1];
  if (passed === undefined || failed === undefined) return undefined;
  return { passed: Number(passed), failed: Number(failed) };
}

/** Hands in with a word on the tests that is true whatever they did. */
export function handIn(whenRed: string, form: ScriptedCall) {
  return (request: ScriptRequest): ScriptedTurn => {
    const run = lastRun(request);
    if (run === undefined)
      return say(
        "The tests could not run here; the review will have to.",
        form,
      );
    return run.failed === 0
      ? say(`All ${String(run.passed)} tests pass. Done.`, form)
      : say(whenRed, form);
  };
}

/** Edits after a test run, with a word on what it showed. */
export function afterRun(
  whenRed: string,
  otherwise: string,
  change: ScriptedCall,
) {
  return (request: ScriptRequest): ScriptedTurn =>
    say((lastRun(request)?.failed ?? 0) > 0 ? whenRed : otherwise, change);
}
