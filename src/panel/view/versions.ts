import { html, nothing, type TemplateResult } from "lit";
import type { MissionDetail } from "../../protocol/panel.ts";
import type { Act, Page } from "../page.ts";
import { t } from "../text.ts";
import type { Version } from "../words.ts";
import { fold, type View } from "./parts.ts";

/** How the plan came to be: what each version changed, because of whom, and what was said against it. Newest first; nothing for a first version nobody spoke against. */
export function versions(
  page: Page,
  act: Act,
  { missionId, planVersions }: MissionDetail,
): View {
  const told = planVersions
    .filter(({ changes, critique }) => changes.length + critique.length > 0)
    .toReversed();
  if (told.length === 0) return nothing;
  return html`<article class="card" aria-label=${t("versions.title")}>
    <h3>${t("versions.title")}</h3>
    ${told.map((one, index) =>
      fold(
        page,
        act,
        `version:${missionId}:${String(one.version)}`,
        html`${t("plan.title", String(one.version))}
          <span class="sub">${one.outcome ?? ""}</span>`,
        () => version(one),
        index === 0,
      ),
    )}
  </article>`;
}

function version({ changes, because, critique }: Version): TemplateResult {
  return html`<div class="reason flat">
    ${changes.map(
      ({ section, field, before, after }) =>
        html`<p>
          <code>${field === null ? section : `${section}.${field}`}</code>
          ${before === "" ? nothing : html`<del>${before}</del>`}
          ${after === "" ? nothing : html`<ins>${after}</ins>`}
        </p>`,
    )}
    ${because.map(
      ({ section, did, claim, by }) =>
        html`<p>
          <code>${section}</code> ${did}
          <span class="sub"
            >${t("versions.because", by.join(", "), claim)}</span
          >
        </p>`,
    )}
    ${
      critique.length === 0
        ? nothing
        : html`<p class="sub">${t("versions.critique")}</p>
            <ul class="bullets">
              ${critique.map(
                ({ section, by, claim }) =>
                  html`<li><code>${section}</code> <b>${by}</b> ${claim}</li>`,
              )}
            </ul>`
    }
  </div>`;
}
