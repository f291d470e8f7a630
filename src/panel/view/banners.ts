import { html, nothing } from "lit";
import type { MissionDetail, PanelSnapshot } from "../../protocol/panel.ts";
import type { Act, Page } from "../page.ts";
import { asked } from "../store.ts";
import { t } from "../text.ts";
import { icon } from "./icons.ts";
import {
  commandButton,
  failure,
  standing,
  trouble,
  type View,
} from "./parts.ts";

/** The kill switch is pulled, or something failed that nobody on this page asked for. */
export function alerts(page: Page, act: Act, { stopped }: PanelSnapshot): View {
  const failed = page.failed;
  return html`${
    stopped
      ? html`<div class="banner bad" role="status">
          ${icon("stop", "bad")}
          <p>${t("stopped.text")}</p>
          <button
            type="button"
            class="secondary"
            ?disabled=${page.pending.has(asked.release)}
            @click=${() => {
              act.ask(asked.release, { kind: "release" });
            }}
          >
            ${t("stopped.release")}
          </button>
          ${failure(page, asked.release)}
        </div>`
      : nothing
  }
  ${
    failed === null || hasPlace(failed.at)
      ? nothing
      : html`<div class="banner bad">
          ${trouble(failed.problem)}
          <button type="button" class="secondary" @click=${act.dismiss}>
            ${t("problem.dismiss")}
          </button>
        </div>`
  }`;
}

/** Cards show their own failures; a stop that failed has no card. */
function hasPlace(at: string | null): boolean {
  return at !== null && !at.startsWith("stop:");
}

/** How the mission ended, or why it goes no further. */
export function verdict(page: Page, act: Act, open: MissionDetail): View {
  if (open.outcome !== null) {
    const { icon: name, tone, text } = standing(open);
    const { summary, commit, branch } = open.outcome;
    return html`<div class="banner ${tone}">
      ${icon(name, tone)}
      <p>
        <span class="vh">${text}:</span> ${summary}
        ${
          commit === undefined && branch === undefined
            ? nothing
            : html`<span class="refs"
                >${branch === undefined ? nothing : html`<code>${branch}</code>`}
                ${commit === undefined ? nothing : html`<code>${commit.slice(0, 10)}</code>`}</span
              >`
        }
      </p>
    </div>`;
  }
  if (open.problem === null) return nothing;
  // What was in the way then may not be now.
  if (page.snapshot?.replay !== undefined || open.sharedBy !== undefined)
    return html`<div class="banner bad">${trouble(open.problem)}</div>`;
  const name = asked.resume(open.missionId);
  return html`<div class="banner bad">
    ${trouble(open.problem)}
    <div class="buttons">
      <button
        type="button"
        class="primary"
        ?disabled=${page.pending.has(name)}
        @click=${() => {
          act.ask(name, { kind: "resume", missionId: open.missionId });
        }}
      >
        ${t("problem.resume")}
      </button>
      ${commandButton(act, "roundtable.showLog", t("problem.log"))}
    </div>
    ${failure(page, name)}
  </div>`;
}
