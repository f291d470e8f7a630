import { html, nothing, type TemplateResult } from "lit";
import type { MissionDetail } from "../../protocol/panel.ts";
import type { Act, Page } from "../page.ts";
import { tabs, type Tab } from "../remembered.ts";
import { t } from "../text.ts";
import { verdict } from "./banners.ts";
import { changeTab } from "./change.ts";
import { askedCard, toldCard } from "./decision.ts";
import { icon } from "./icons.ts";
import type { View } from "./parts.ts";
import { pathTab } from "./path.ts";
import { permissionCard } from "./permission.ts";
import { planTab } from "./plan.ts";
import { rail } from "./rail.ts";
import { replayBar, replayButton } from "./replay.ts";
import { talkTab } from "./talk.ts";
import { teamTab } from "./team.ts";

/** One mission: where it stands, what it needs from the human, and one part of it at a time. */
export function mission(
  page: Page,
  act: Act,
  open: MissionDetail,
): TemplateResult {
  const needs = needsYou(page, act, open);
  const shown = present(open);
  const tab = shown.includes(page.remembered.tab)
    ? page.remembered.tab
    : "talk";
  return html`<main class="mission ${needs === nothing ? "" : "asks"}">
    ${rail(open, replayButton(page, act))} ${replayBar(page, act, open)}
    ${verdict(page, act, open)} ${needs}
    <div class="parts">
      <div
        class="tabs"
        role="tablist"
        aria-label=${t("tabs.label")}
        @keydown=${(event: KeyboardEvent) => {
          turn(event, shown, tab, act);
        }}
      >
        ${shown.map(
          (name) =>
            html`<button
              type="button"
              role="tab"
              id="tab-${name}"
              aria-selected=${name === tab}
              aria-controls="part"
              tabindex=${name === tab ? "0" : "-1"}
              @click=${() => {
                act.remember({ tab: name });
              }}
            >
              ${label(name, open)}
            </button>`,
        )}
      </div>
      <div
        class="part ${tab}"
        id="part"
        role="tabpanel"
        aria-labelledby="tab-${tab}"
      >
        ${part(tab, page, act, open)}
      </div>
    </div>
  </main>`;
}

function part(tab: Tab, page: Page, act: Act, open: MissionDetail): View {
  switch (tab) {
    case "talk":
      return talkTab(page, act, open);
    case "plan":
      return planTab(page, act, open);
    case "change":
      return changeTab(page, act, open);
    case "decisions":
      return decisionsTab(page, act, open);
    case "team":
      return teamTab(open);
    case "path":
      return pathTab(page, act, open);
  }
}

/** Decisions and permissions that wait, oldest first; they stay in sight whatever else is shown. */
function needsYou(page: Page, act: Act, open: MissionDetail): View {
  // What was asked then cannot be answered now.
  if (open.status === "closed" || page.snapshot?.replay !== undefined)
    return nothing;
  const asked = open.decisions.filter((card) => card.asks !== null);
  const waiting = asked.length + open.permissions.length;
  if (waiting === 0) return nothing;
  return html`<section class="needs" aria-label=${t("needs.title")}>
    <h2>
      ${icon("person")}${t("needs.title")}
      ${
        waiting > 1
          ? html`<span class="sub">${t("needs.more", String(waiting))}</span>`
          : nothing
      }
    </h2>
    <div class="queue">
      ${open.permissions.map((card) => permissionCard(page, act, open, card))}
      ${asked.map((card) => askedCard(page, act, open, card))}
    </div>
  </section>`;
}

function decisionsTab(page: Page, act: Act, open: MissionDetail): View {
  if (open.decisions.length === 0)
    return html`<p class="empty">${t("decisions.none")}</p>`;
  const newestFirst = open.decisions.toReversed();
  return html`${newestFirst.map((card, index) =>
    toldCard(page, act, open, card, index === 0 && card.asks === null),
  )}`;
}

function present(open: MissionDetail): readonly Tab[] {
  return tabs.filter(
    (name) =>
      (name !== "plan" || open.kind !== "review") &&
      (name !== "change" || open.kind !== "question"),
  );
}

function label(name: Tab, open: MissionDetail): TemplateResult {
  const text =
    name === "plan" && open.kind === "question"
      ? t("tab.answer")
      : t(`tab.${name}`);
  const number = badge(name, open);
  return html`${text}${
    number > 0 ? html` <span class="badge">${number}</span>` : nothing
  }`;
}

function badge(name: Tab, { decisions, findings }: MissionDetail): number {
  if (name === "change")
    return findings.filter(({ state }) => state.kind === "open").length;
  return name === "decisions" ? decisions.length : 0;
}

/** Arrow keys turn to the neighbouring tab, as the tab pattern wants it. */
function turn(
  event: KeyboardEvent,
  shown: readonly Tab[],
  tab: Tab,
  act: Act,
): void {
  const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  if (step === undefined) return;
  const next =
    shown[(shown.indexOf(tab) + step + shown.length) % shown.length] ?? "talk";
  act.remember({ tab: next });
  document.getElementById(`tab-${next}`)?.focus();
  event.preventDefault();
}
