import { html, nothing, type TemplateResult } from "lit";
import type { PanelSnapshot } from "../../protocol/panel.ts";
import type { Act } from "../page.ts";
import { t } from "../text.ts";
import { missionRow } from "./header.ts";
import { icon } from "./icons.ts";
import { commandButton } from "./parts.ts";

/** The first screen: something to watch at once, then a model, and what works without one. */
export function welcome(
  act: Act,
  { provider, workspace }: PanelSnapshot,
): TemplateResult {
  return html`<main class="welcome">
    <span class="logo">${icon("table")}</span>
    <h1>${t("welcome.title")}</h1>
    <p>${t("welcome.lead")}</p>
    <div class="first">
      ${commandButton(act, "roundtable.playSample", t("welcome.sample"), "primary")}
      <span class="sub">${t("welcome.sampleNote")}</span>
    </div>
    <ul class="facts">
      <li>
        ${icon(provider.ready ? "check" : "ring", provider.ready ? "good" : "")}
        <span>
          <b
            >${
              provider.ready
                ? t("welcome.ready", provider.name)
                : t("welcome.notReady")
            }</b
          >
          ${provider.note}
          <span class="links">
            ${
              provider.ready
                ? nothing
                : commandButton(
                    act,
                    "roundtable.setApiKey",
                    t("welcome.key"),
                    "link",
                  )
            }
            ${commandButton(act, "roundtable.chooseModel", t("welcome.model"), "link")}
          </span>
        </span>
      </li>
      ${
        provider.ready
          ? nothing
          : html`<li>${icon("shield")}<span>${t("welcome.without")}</span></li>`
      }
      ${
        workspace.note === ""
          ? nothing
          : html`<li>
              ${icon(workspace.ready ? "check" : "warn", workspace.ready ? "good" : "warn")}
              <span><b>${t("welcome.workspace")}</b> ${workspace.note}</span>
            </li>`
      }
    </ul>
    <nav class="start" aria-label=${t("welcome.start")}>${starters(act)}</nav>
  </main>`;
}

/** Missions to choose from, when none is open. */
export function home(act: Act, { missions }: PanelSnapshot): TemplateResult {
  return html`<main class="home">
    <h1>${t("home.title")}</h1>
    <div class="list">
      ${missions.map((line) => missionRow(act, line, false))}
    </div>
    <nav class="start" aria-label=${t("welcome.start")}>${starters(act)}</nav>
  </main>`;
}

function starters(act: Act): TemplateResult {
  return html`${commandButton(act, "roundtable.planTask", t("menu.plan"), "link")}
  ${commandButton(act, "roundtable.reviewChanges", t("menu.review"), "link")}
  ${commandButton(act, "roundtable.askTeam", t("menu.ask"), "link")}
  ${commandButton(act, "roundtable.openWalkthrough", t("welcome.walkthrough"), "link")}`;
}
