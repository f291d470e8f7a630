import * as z from "zod";
import {
  Answer,
  BallotPaper,
  ImplementPaper,
  Plan,
  Resolution,
  VerificationPaper,
} from "./work.ts";
import type { AnswerOf, Work } from "./work.ts";

type Kind = Work["kind"];

/** What an agent fills in, per kind of work: an {@link Answer} without its wrapping. */
const forms = {
  plan: Plan,
  resolve: Resolution,
  ballot: BallotPaper,
  verify: VerificationPaper,
  implement: ImplementPaper,
} as const;

/** Name of the member that holds the form inside an {@link Answer}; null where the form is the answer. */
const wrappings = {
  plan: "plan",
  resolve: "resolution",
  ballot: "paper",
  verify: "paper",
  implement: null,
} as const;

/** JSON Schema (2020-12) of the form for this kind of work; equal text on every call. */
export function answerSchema(kind: Kind): Readonly<Record<string, unknown>> {
  const { $schema: _dialect, ...schema } = z.toJSONSchema(forms[kind]);
  return schema;
}

/** A filled-in form, or what is wrong with it, one sentence per issue. */
export type ParsedAnswer<K extends Kind = Kind> =
  | { readonly ok: true; readonly answer: AnswerOf<K> }
  | { readonly ok: false; readonly issues: readonly string[] };

/** Checks a filled-in form and puts it into its {@link Answer}. A form that comes wrapped as the answer itself is taken too: models do that. */
export function parseAnswer<K extends Kind>(
  kind: K,
  input: unknown,
): ParsedAnswer<K> {
  const wrapping = wrappings[kind];
  const form =
    wrapping !== null && isRecord(input) && isRecord(input[wrapping])
      ? input[wrapping]
      : input;
  const checked = forms[kind].safeParse(form);
  if (!checked.success)
    return {
      ok: false,
      issues: checked.error.issues.map(
        (issue) =>
          `${issue.path.join(".") || "the whole form"}: ${issue.message}`,
      ),
    };
  const answer = Answer.parse(
    wrapping === null
      ? { kind, ...checked.data }
      : { kind, [wrapping]: checked.data },
  );
  return { ok: true, answer: answer as AnswerOf<K> };
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
