import { html, nothing, type TemplateResult } from "lit";
import type { DecisionCard } from "../../protocol/panel.ts";
import type { Act, Page } from "../page.ts";
import { t } from "../text.ts";
import type { Elector } from "../words.ts";
import { findingLine } from "./findings.ts";
import { icon, type IconName } from "./icons.ts";
import { fold } from "./parts.ts";

/** One row per elector. A sealed ballot shows that it is in, and nothing of what it says. */
export function ballots(
  page: Page,
  act: Act,
  card: DecisionCard,
): TemplateResult {
  return html`<h4>
      ${t("ballots.title")} <span class="sub">${counted(card)}</span>
    </h4>
    <ul class="rows">
      ${card.electors.map((elector) => html`<li>${row(page, act, card, elector)}</li>`)}
    </ul>`;
}

/** How the ballots of the last tallied round came out; empty before the first. */
function counted(card: DecisionCard): string {
  const last = card.tallies.at(-1);
  if (last === undefined) return "";
  const { approvals, blocks, abstentions, absent } = last;
  return (
    t("tally.count", String(approvals), String(blocks), String(abstentions)) +
    (absent > 0 ? t("tally.absent", String(absent)) : "")
  );
}

function row(page: Page, act: Act, card: DecisionCard, elector: Elector) {
  const { shown, name, agentId } = elector;
  // Electors of other hubs carry their hub in their ids.
  const far = agentId.includes("@");
  const who = html`<span class="name" title=${elector.role}>${name}</span>${
      far ? html`<span class="vh">${t("ballot.far")}</span>` : nothing
    }`;
  if (shown.state !== "open")
    return html`<div class="ballot plain">
      ${icon(closed[shown.state], shown.state === "voided" ? "bad" : "")}${who}
      <span class="sub">${t(`ballot.${shown.state}`)}</span>
    </div>`;
  const { verdict, confidence, reason, findings } = shown.ballot;
  const summary = html`${icon(cast[verdict].icon, cast[verdict].tone)}${who}
    <span class="sub">${t(`verdict.${verdict}`)} · ${confidence} %</span>`;
  return html`<div class="ballot">
    ${fold(
      page,
      act,
      `ballot:${card.decisionId}:${agentId}`,
      summary,
      () =>
        html`<div class="reason">
          <p>${reason}</p>
          ${
            findings.length === 0
              ? nothing
              : html`<ul class="findings">
                  ${findings.map((finding) => html`<li>${findingLine(act, finding)}</li>`)}
                </ul>`
          }
        </div>`,
    )}
  </div>`;
}

const closed: Record<Exclude<Elector["shown"]["state"], "open">, IconName> = {
  waiting: "waiting",
  sealed: "sealed",
  absent: "minus",
  voided: "cross",
};

const cast = {
  approve: { icon: "check", tone: "good" },
  block: { icon: "cross", tone: "bad" },
  abstain: { icon: "minus", tone: "" },
} as const;
