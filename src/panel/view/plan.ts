import { html, nothing, type TemplateResult } from "lit";
import type { MissionDetail } from "../../protocol/panel.ts";
import { short } from "../format.ts";
import { markdown } from "../markdown.ts";
import type { Act, Page } from "../page.ts";
import { t } from "../text.ts";
import type { ShownPlan } from "../words.ts";
import { icon } from "./icons.ts";
import { commandButton, fold, place } from "./parts.ts";
import { versions } from "./versions.ts";

const states = {
  todo: { icon: "ring", tone: "" },
  working: { icon: "dot", tone: "busy" },
  built: { icon: "check", tone: "good" },
} as const;

/** The plan with its progress, or the proposed answer of a question. */
export function planTab(
  page: Page,
  act: Act,
  open: MissionDetail,
): TemplateResult {
  if (open.resolution !== null)
    return answerCard(act, open.resolution, open.record);
  if (open.plan === null) return html`<p class="empty">${t("plan.none")}</p>`;
  return html`${planCard(page, act, open.missionId, open.plan)}
  ${versions(page, act, open)}`;
}

function planCard(
  page: Page,
  act: Act,
  missionId: string,
  { plan, version, hash, steps }: ShownPlan,
): TemplateResult {
  return html`<article class="card">
    <header>
      <h3>${t("plan.title", String(version))}</h3>
      <p class="facts">
        <code title=${t("decision.hash", hash)}>${short(hash)}</code>
        ${commandButton(act, "roundtable.openPlan", t("plan.open"), "link", missionId)}
      </p>
    </header>
    <p class="because">${plan.summary}</p>
    <ol class="steps">
      ${plan.steps.map((step) => {
        const state =
          steps.find(({ stepId }) => stepId === step.id)?.state ?? "todo";
        const { icon: name, tone } = states[state];
        return html`<li class=${state}>
          ${fold(
            page,
            act,
            `step:${missionId}:${step.id}`,
            html`${icon(name, tone)}
              <span class="name">${step.title}</span>
              <span class="sub"
                >${step.id} ·
                ${t(`step.${state}`)}${
                  step.dependsOn.length > 0
                    ? html` · ${t("plan.after", step.dependsOn.join(", "))}`
                    : nothing
                }</span
              >`,
            () =>
              html`<div class="reason">
                <p>${step.intent}</p>
                ${step.files.map((file) => html`<code>${file}</code> `)}
              </div>`,
          )}
        </li>`;
      })}
    </ol>
    ${list(t("plan.risks"), plan.risks)}
    ${list(t("plan.doneWhen"), plan.doneWhen)}
  </article>`;
}

function answerCard(
  act: Act,
  { version, resolution }: NonNullable<MissionDetail["resolution"]>,
  record: string | null,
): TemplateResult {
  return html`<article class="card">
    <header><h3>${t("answer.title", String(version))}</h3></header>
    ${
      record === null
        ? nothing
        : html`<p class="sub">
            ${t("answer.record")} ${place(act, { path: record, line: 0 })}
          </p>`
    }
    <div class="md">${markdown(resolution.answer)}</div>
    ${list(t("answer.options"), resolution.options)}
    ${list(t("answer.consequences"), resolution.consequences)}
  </article>`;
}

function list(title: string, entries: readonly string[]) {
  return entries.length === 0
    ? nothing
    : html`<h4>${title}</h4>
        <ul class="bullets">
          ${entries.map((entry) => html`<li>${entry}</li>`)}
        </ul>`;
}
