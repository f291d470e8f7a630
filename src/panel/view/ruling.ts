import { html, nothing, type TemplateResult } from "lit";
import type { DecisionCard } from "../../protocol/panel.ts";
import type { Draft } from "../remembered.ts";
import type { Act, Page } from "../page.ts";
import { asked } from "../store.ts";
import { t } from "../text.ts";
import type { Verdict } from "../words.ts";
import { failure } from "./parts.ts";

/** The buttons of a decision that waits for the human; a ruling that needs a reason opens a field for it first. */
export function ruling(
  page: Page,
  act: Act,
  card: DecisionCard,
): TemplateResult {
  const { decisionId } = card;
  const draft = page.remembered.drafts[decisionId];
  return html`<footer class="ruling">
    ${failure(page, asked.ruling(decisionId))}
    ${
      draft === undefined
        ? choices(page, act, card)
        : written(page, act, card, draft)
    }
  </footer>`;
}

/** What the human can say, the expected first: going on against objections is an overruling, never a plain approval. */
function verdicts({ phase, dissent }: DecisionCard): readonly Verdict[] {
  const objected =
    phase === "blocked" || (phase === "escalated" && dissent.length > 0);
  return objected
    ? ["requestChanges", "overrule", "reject"]
    : ["approve", "requestChanges", "reject"];
}

function choices(page: Page, act: Act, card: DecisionCard): TemplateResult {
  const pending = page.pending.has(asked.ruling(card.decisionId));
  return html`<div class="buttons">
    ${verdicts(card).map(
      (verdict, index) =>
        html`<button
          type="button"
          class=${index === 0 ? "primary" : "secondary"}
          ?disabled=${pending}
          @click=${() => {
            if (verdict === "approve") rule(act, card, verdict, "");
            else write(page, act, card, { verdict, reason: "" });
          }}
        >
          ${pending && index === 0 ? t("ask.pending") : t(`ask.${verdict}`)}
        </button>`,
    )}
  </div>`;
}

function written(page: Page, act: Act, card: DecisionCard, draft: Draft) {
  const { verdict, reason } = draft;
  if (verdict === "approve") return nothing;
  const pending = page.pending.has(asked.ruling(card.decisionId));
  const missing = page.reasonMissing === card.decisionId;
  const id = `reason-${card.decisionId}`;
  return html`<form
    @submit=${(event: Event) => {
      event.preventDefault();
      // Read from the field: the page may be one keystroke behind.
      const field = fieldOf(event.currentTarget);
      const words = field?.value.trim() ?? "";
      if (verdict === "reject" || words !== "") {
        rule(act, card, verdict, words);
        return;
      }
      act.missReason(card.decisionId);
      field?.focus();
    }}
    @keydown=${(event: KeyboardEvent) => {
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey))
        (event.currentTarget as HTMLFormElement).requestSubmit();
      if (event.key === "Escape") discard(act, card);
    }}
  >
    <label for=${id}>${t(`ask.reason.${verdict}`)}</label>
    <textarea
      id=${id}
      rows="3"
      maxlength="4000"
      .value=${reason}
      ?readonly=${pending}
      aria-invalid=${missing}
      aria-describedby=${missing ? `${id}-missing` : nothing}
      @input=${(event: Event) => {
        const { value } = event.currentTarget as HTMLTextAreaElement;
        write(page, act, card, { verdict, reason: value });
      }}
    ></textarea>
    ${
      missing
        ? html`<p class="missing" id="${id}-missing" role="alert">
            ${t("ask.reasonMissing")}
          </p>`
        : nothing
    }
    <div class="buttons">
      <button type="submit" class="primary" ?disabled=${pending}>
        ${pending ? t("ask.pending") : t(`ask.send.${verdict}`)}
      </button>
      <button
        type="button"
        class="secondary"
        ?disabled=${pending}
        @click=${() => {
          discard(act, card);
        }}
      >
        ${t("ask.cancel")}
      </button>
    </div>
  </form>`;
}

function rule(
  act: Act,
  { missionId, decisionId, artifactHash }: DecisionCard,
  verdict: Verdict,
  reason: string,
): void {
  act.ask(asked.ruling(decisionId), {
    kind: "rule",
    missionId,
    decisionId,
    artifactHash,
    verdict,
    reason,
  });
}

function write(page: Page, act: Act, card: DecisionCard, draft: Draft): void {
  const first = page.remembered.drafts[card.decisionId] === undefined;
  act.draft(card.decisionId, draft);
  if (first)
    requestAnimationFrame(() => {
      document.getElementById(`reason-${card.decisionId}`)?.focus();
    });
}

function discard(act: Act, card: DecisionCard): void {
  act.draft(card.decisionId, null);
  act.missReason("");
}

function fieldOf(form: EventTarget | null): HTMLTextAreaElement | null {
  return form instanceof HTMLFormElement
    ? form.querySelector("textarea")
    : null;
}
