import { html, nothing, type TemplateResult } from "lit";
import type { Act, Page } from "../page.ts";
import { reasons, type SetAside } from "../remembered.ts";
import { asked } from "../store.ts";
import { t } from "../text.ts";
import type { Found } from "../words.ts";

/** Keeps a dismissal being written; null throws it away. */
export function aside(
  page: Page,
  act: Act,
  findingId: string,
  draft: SetAside | null,
): void {
  const { [findingId]: before, ...others } = page.remembered.aside;
  act.remember({
    aside: draft === null ? others : { ...others, [findingId]: draft },
  });
  if (before === undefined && draft !== null)
    requestAnimationFrame(() => {
      document.getElementById(`why-${findingId}`)?.focus();
    });
}

/** The form that sets a finding aside: is it wrong, or true and left; and why. The reason is kept, and a wrong one lowers the trust in who raised it. */
export function setAside(
  page: Page,
  act: Act,
  { findingId, missionId }: Found,
  draft: SetAside,
): TemplateResult {
  const pending = page.pending.has(asked.finding(findingId));
  const missing = page.reasonMissing === findingId;
  const id = `why-${findingId}`;
  return html`<form
    class="aside"
    @submit=${(event: Event) => {
      event.preventDefault();
      const field = document.getElementById(`${id}-reason`);
      const reason =
        field instanceof HTMLTextAreaElement ? field.value.trim() : "";
      if (reason === "") {
        act.missReason(findingId);
        field?.focus();
        return;
      }
      act.ask(asked.finding(findingId), {
        kind: "dismissFinding",
        missionId,
        findingId,
        why: draft.why,
        reason,
      });
    }}
    @keydown=${(event: KeyboardEvent) => {
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey))
        (event.currentTarget as HTMLFormElement).requestSubmit();
      if (event.key === "Escape") aside(page, act, findingId, null);
    }}
  >
    <label for=${id}>${t("aside.label")}</label>
    <select
      id=${id}
      @change=${(event: Event) => {
        const { value } = event.currentTarget as HTMLSelectElement;
        const why = reasons.find((one) => one === value) ?? "wrong";
        aside(page, act, findingId, { ...draft, why });
      }}
    >
      ${reasons.map(
        (why) =>
          html`<option value=${why} ?selected=${why === draft.why}>
            ${t(`aside.${why}`)}
          </option>`,
      )}
    </select>
    <label for="${id}-reason">${t("aside.reason")}</label>
    <textarea
      id="${id}-reason"
      rows="2"
      maxlength="2000"
      .value=${draft.reason}
      ?readonly=${pending}
      aria-invalid=${missing}
      @input=${(event: Event) => {
        const { value } = event.currentTarget as HTMLTextAreaElement;
        aside(page, act, findingId, { ...draft, reason: value });
      }}
    ></textarea>
    ${
      missing
        ? html`<p class="missing" role="alert">${t("aside.missing")}</p>`
        : nothing
    }
    <div class="buttons">
      <button type="submit" class="primary" ?disabled=${pending}>
        ${pending ? t("ask.pending") : t("aside.send")}
      </button>
      <button
        type="button"
        class="secondary"
        @click=${() => {
          aside(page, act, findingId, null);
        }}
      >
        ${t("ask.cancel")}
      </button>
    </div>
  </form>`;
}
