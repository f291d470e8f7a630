import { html, nothing, type TemplateResult } from "lit";
import type { MissionDetail } from "../../protocol/panel.ts";
import type { Act, Page } from "../page.ts";
import { asked } from "../store.ts";
import { t } from "../text.ts";
import type { Found } from "../words.ts";
import { aside, setAside } from "./aside.ts";
import { findingLine } from "./findings.ts";
import { icon } from "./icons.ts";
import { failure, fold, place, type View } from "./parts.ts";

/** Everything found in the change, what blocks it first, with what became of each; what is done with is folded away. */
export function foundIn(
  page: Page,
  act: Act,
  { findings, missionId, sharedBy }: MissionDetail,
): View {
  if (findings.length === 0) return nothing;
  const open = findings.filter(({ state }) => state.kind === "open");
  const group = (
    key: "blocks" | "open" | "minority",
    list: readonly Found[],
  ): View =>
    list.length === 0
      ? nothing
      : html`<h4 class="found-title">
            ${t(`found.${key}`)} <span class="sub">${list.length}</span>
          </h4>
          <ul class="found">
            ${list.map((one) => html`<li>${row(page, act, one, !sharedBy)}</li>`)}
          </ul>`;
  const done = findings.filter(({ state }) => state.kind !== "open");
  return html`<article
    class="card findings-card"
    aria-label=${t("clusters.title")}
  >
    ${open.length === 0 ? html`<p class="empty">${t("found.none")}</p>` : nothing}
    ${group(
      "blocks",
      open.filter(({ blocks }) => blocks),
    )}
    ${group(
      "open",
      open.filter(({ blocks, minority }) => !blocks && !minority),
    )}
    ${group(
      "minority",
      open.filter(({ blocks, minority }) => !blocks && minority),
    )}
    ${
      done.length === 0
        ? nothing
        : fold(
            page,
            act,
            `found:${missionId}`,
            html`${t("found.done")} <span class="sub">${done.length}</span>`,
            () =>
              html`<ul class="found">
                ${done.map((one) => html`<li>${row(page, act, one, !sharedBy)}</li>`)}
              </ul>`,
          )
    }
  </article>`;
}

function row(
  page: Page,
  act: Act,
  found: Found,
  ours: boolean,
): TemplateResult {
  const { raisedBy, rule, earlier } = found;
  return html`<div class="one ${found.state.kind}">
    <div>${findingLine(act, found)}</div>
    <p class="sub">
      <span>${t(`standing.${found.standing}`)}</span> ·
      ${t("standing.by", raisedBy.map(({ name }) => name).join(", "))}${
        rule === undefined ? nothing : html` · <code>${rule}</code>`
      }${earlier ? html` · ${t("found.earlier")}` : nothing}
    </p>
    ${verified(act, found)} ${shown(found)} ${became(found)}
    ${found.explanations.map(
      ({ question, answer, by }) =>
        html`<blockquote class="why">
          <p class="sub">${t("why.asked", question)}</p>
          <p><b>${by}</b> ${answer}</p>
        </blockquote>`,
    )}
    ${failure(page, asked.finding(found.findingId))}
    ${ours && found.state.kind === "open" ? actions(page, act, found) : nothing}
  </div>`;
}

function verified(act: Act, { verified: seen }: Found): View {
  if (seen === undefined) return nothing;
  const by = seen.by === "" ? t("verify.somebody") : seen.by;
  return html`<div class="verified">
    ${icon(seen.verdict === "confirmed" ? "check" : seen.verdict === "refuted" ? "cross" : "minus")}
    <div>
      <b>${t(`verify.${seen.verdict}`, by)}</b> ${seen.reason}
      ${seen.quotes.map(
        ({ path, line, text }) =>
          html`<pre tabindex="0" aria-label=${t("verify.quote", path)}>
${text}</pre>
            ${place(act, { path, line })}`,
      )}
    </div>
  </div>`;
}

function shown({ evidence }: Found): View {
  return evidence.length === 0
    ? nothing
    : html`<ul class="bullets sub">
        ${evidence.map(({ tool, summary }) => html`<li>${tool}: ${summary}</li>`)}
      </ul>`;
}

function became({ state }: Found): View {
  switch (state.kind) {
    case "open":
      return nothing;
    case "dismissed":
      return html`<p class="sub">
        ${icon("minus")}${t(`aside.${state.why}`)}: ${state.reason}
      </p>`;
    case "settled":
      return html`<p class="sub">
        ${icon("check", "good")}${t(`settled.${state.how}`)}
      </p>`;
  }
}

function actions(page: Page, act: Act, found: Found): View {
  const { findingId, missionId } = found;
  const draft = page.remembered.aside[findingId];
  if (draft !== undefined) return setAside(page, act, found, draft);
  const why = asked.why(findingId, found.explanations.length);
  const waits = page.pending.has(why);
  return html`${failure(page, why)}
    <div class="buttons small">
      ${
        found.fix === undefined
          ? nothing
          : html`<button
              type="button"
              class="secondary"
              @click=${() => {
                act.post({
                  type: "command",
                  command: "roundtable.applyFix",
                  missionId,
                  findingId,
                });
              }}
            >
              ${t("found.fix")}
            </button>`
      }
      <button
        type="button"
        class="link"
        @click=${() => {
          aside(page, act, findingId, { why: "wrong", reason: "" });
        }}
      >
        ${t("found.dismiss")}
      </button>
      <button
        type="button"
        class="link"
        ?disabled=${waits}
        @click=${() => {
          act.ask(why, {
            kind: "explainFinding",
            missionId,
            findingId,
            question: t("why.question"),
          });
        }}
      >
        ${waits ? t("why.waits") : t("found.why")}
      </button>
    </div>`;
}
