import type { JsonObject } from "../core/json.ts";
import { planFaults } from "../core/plan.ts";
import type { ToolSpec } from "../ports.ts";
import {
  answerSchema,
  parseAnswer,
  type ParsedAnswer,
} from "../protocol/answerSchema.ts";
import type { Work } from "../protocol/work.ts";

/** The tool an agent hands its answer in with; the same for all roles with the same kind of work. */
export function submitTool(work: Work): ToolSpec {
  return {
    name: "submit",
    description:
      "Hands in your complete answer and ends your work. Call it once, when you are done.",
    // A JSON Schema is JSON; zod's type for it is only wider.
    inputSchema: answerSchema(work.kind) as JsonObject,
  };
}

/** Reads what was handed in; a plan must also be one that can be carried out. */
export function readSubmission(work: Work, input: unknown): ParsedAnswer {
  const parsed = parseAnswer(work.kind, input);
  if (!parsed.ok || parsed.answer.kind !== "plan") return parsed;
  const issues = planFaults(parsed.answer.plan);
  return issues.length === 0 ? parsed : { ok: false, issues };
}

/** What a model is told when its form is not right. */
export function formIssues(issues: readonly string[]): string {
  return `The form is not right:\n- ${issues.join("\n- ")}\nCorrect it and call submit again.`;
}
