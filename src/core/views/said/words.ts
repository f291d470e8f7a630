import type { Said } from "../../../protocol/panel.ts";

/** A line of the conversation without its place in it. */
export type Words = Pick<Said, "from" | "to" | "kind" | "text" | "tone">;

/** The words of one line; they are neutral unless told otherwise. */
export function line(
  from: string,
  to: string,
  kind: Words["kind"],
  text: string,
  tone: Words["tone"] = "neutral",
): Words {
  return { from, to, kind, text, tone };
}
