import { html, type TemplateResult } from "lit";
import { icon } from "./icons.ts";

const tints = 6;

/** A small sign for a speaker: the first letter, on a tint that stays the same for the same id. The name stands beside it. */
export function avatar(id: string, name: string): TemplateResult {
  if (id === "human")
    return html`<span class="avatar you">${icon("person")}</span>`;
  if (id === "hub") return html`<span class="avatar">${icon("table")}</span>`;
  if (id.startsWith("tool:"))
    return html`<span class="avatar">${icon("tool")}</span>`;
  const sum = Array.from(id).reduce(
    (total, letter) => (total * 31 + (letter.codePointAt(0) ?? 0)) % 65_521,
    7,
  );
  const [letter = "?"] = name.trim();
  return html`<span class="avatar tint${String(sum % tints)}" aria-hidden="true"
    >${letter.toUpperCase()}</span
  >`;
}
