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
      const { why, reason } = written(id);
      if (reason.trim() === "") {
        act.missReason(findingId);
        document.getElementById(`${id}-reason`)?.focus();
        return;
      }
      act.ask(asked.finding(findingId), {
        kind: "dismissFinding",
        missionId,
        findingId,
        why,
        reason: reason.trim(),
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
      @change=${() => {
        aside(page, act, findingId, written(id));
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
      @input=${() => {
        aside(page, act, findingId, written(id));
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

/** What stands in the form. Read from its fields: the page may be one change behind. */
function written(id: string): SetAside {
  const kind = document.getElementById(id);
  const words = document.getElementById(`${id}-reason`);
  return {
    why:
      reasons.find(
        (one) => kind instanceof HTMLSelectElement && one === kind.value,
      ) ?? "wrong",
    reason: words instanceof HTMLTextAreaElement ? words.value : "",
  };
}
