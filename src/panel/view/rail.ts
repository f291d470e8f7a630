import { html, nothing, type TemplateResult } from "lit";
import type { MissionDetail } from "../../protocol/panel.ts";
import { money } from "../format.ts";
import { t } from "../text.ts";
import { icon } from "./icons.ts";
import { standing, type View } from "./parts.ts";

const pictures = {
  done: "check",
  now: "dot",
  todo: "ring",
  failed: "cross",
} as const;

/** The line: what is done, where it is, what is to come; and in one row how the mission stands, with `aside` at its end. */
export function rail(open: MissionDetail, aside: View): TemplateResult {
  const { spent } = open;
  const { text, tone } = standing(open);
  return html`<div class="lede">
    <p class="state">
      <b class=${tone}>${text}</b>
      ${
        open.sharedBy
          ? html`<span class="shared"
              >${t("mission.shared", open.sharedBy.name)}</span
            >`
          : html`<span>${t("mission.attempt", String(open.attempt))}</span>
              <span class="model">${open.model}</span>
              <span class="spent"
                >${t("budget.text", money(spent.microUsd), money(spent.capMicroUsd))}</span
              >
              ${aside}`
      }
    </p>
    <ol class="rail" aria-label=${t("rail.label")}>
      ${open.stages.map(({ stage: own, state }) => {
        // Who rules on a teammate's mission is not the reader.
        const stage = open.sharedBy && own.endsWith("Ruling") ? "ruling" : own;
        return html`<li
          class=${state}
          aria-current=${state === "now" ? "step" : nothing}
          title="${t(`stageLong.${stage}`)}: ${t(`stageState.${state}`)}"
        >
          <span class="knot">${icon(pictures[state])}</span>
          <span aria-hidden="true">${t(`stage.${stage}`)}</span>
          <span class="vh"
            >${t(`stageLong.${stage}`)}, ${t(`stageState.${state}`)}</span
          >
        </li>`;
      })}
    </ol>
  </div>`;
}
