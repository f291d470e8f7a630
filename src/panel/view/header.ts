import { html, nothing, type TemplateResult } from "lit";
import type { MissionLine, PanelSnapshot } from "../../protocol/panel.ts";
import { money, when } from "../format.ts";
import type { Act, Page } from "../page.ts";
import { asked } from "../store.ts";
import { t } from "../text.ts";
import { icon } from "./icons.ts";
import { commandButton, standing } from "./parts.ts";

/** Which mission is shown, the way to the others, and the way to start or stop one. */
export function header(
  page: Page,
  act: Act,
  snapshot: PanelSnapshot,
): TemplateResult {
  const { open, missions } = snapshot;
  const current = open === null ? undefined : standing(open);
  return html`<header class="top">
    ${
      missions.length === 0
        ? html`<span class="brand">${icon("table")}${t("app.name")}</span>`
        : html`<button
            type="button"
            class="switch"
            popovertarget="missions"
            title=${open?.goal ?? t("switch.label")}
          >
            ${current ? icon(current.icon, current.tone) : icon("table")}
            <span class="vh">${t("switch.label")}: ${current?.text}</span>
            <span class="goal">${open?.goal ?? t("switch.all")}</span>
            ${icon("chevron")}
          </button>`
    }
    ${
      open !== null &&
      open.status !== "closed" &&
      open.sharedBy === undefined &&
      snapshot.replay === undefined
        ? html`<button
            type="button"
            class="quiet stop"
            title=${t("mission.stop")}
            ?disabled=${page.pending.has(asked.stop(open.missionId))}
            @click=${() => {
              act.ask(asked.stop(open.missionId), {
                kind: "stop",
                missionId: open.missionId,
              });
            }}
          >
            ${icon("stop", "bad")}<span class="word"
              >${t("mission.stopShort")}</span
            >
          </button>`
        : nothing
    }
    <button
      type="button"
      class="quiet"
      popovertarget="new"
      title=${t("menu.new")}
    >
      ${icon("plus")}<span class="word">${t("menu.new")}</span>
    </button>
    ${missionMenu(act, snapshot)} ${newMenu(act)}
  </header>`;
}

function missionMenu(act: Act, { missions, open }: PanelSnapshot) {
  const live = missions.filter((line) => line.status !== "closed");
  const past = missions.filter((line) => line.status === "closed");
  const group = (title: string, lines: readonly MissionLine[]) =>
    lines.length === 0
      ? nothing
      : html`<h2>${title}</h2>
          ${lines.map((line) => missionRow(act, line, line.missionId === open?.missionId))}`;
  return html`<div
    popover
    id="missions"
    class="menu wide"
    aria-label=${t("switch.label")}
    @keydown=${stepThrough}
    @click=${closeMenu}
  >
    ${group(t("mission.live"), live)} ${group(t("mission.past"), past)}
    ${
      open === null
        ? nothing
        : html`<button
            type="button"
            class="row all"
            @click=${() => {
              act.post({ type: "open", missionId: null });
            }}
          >
            ${icon("table")}<span class="goal">${t("switch.all")}</span>
          </button>`
    }
  </div>`;
}

/** One mission in a list; pressing it opens it. */
export function missionRow(
  act: Act,
  line: MissionLine,
  current: boolean,
): TemplateResult {
  const { icon: name, tone, text } = standing(line);
  const at = line.closedAt ?? line.openedAt;
  return html`<button
    type="button"
    class="row mission-row"
    aria-current=${current}
    title=${line.goal}
    @click=${() => {
      act.post({ type: "open", missionId: line.missionId });
    }}
  >
    ${icon(name, tone)}
    <span class="goal">${line.goal}</span>
    <span class="cost">${money(line.microUsd)}</span>
    <span class="sub"
      >${t(`kind.${line.kind}`)} · ${text} ·
      ${when(at, Date.now())}${line.sharedBy ? ` · ${t("mission.shared", line.sharedBy.name)}` : ""}</span
    >
  </button>`;
}

function newMenu(act: Act): TemplateResult {
  return html`<div
    popover
    id="new"
    class="menu"
    aria-label=${t("menu.new")}
    @keydown=${stepThrough}
    @click=${closeMenu}
  >
    ${commandButton(act, "roundtable.planTask", t("menu.plan"))}
    ${commandButton(act, "roundtable.reviewChanges", t("menu.review"))}
    ${commandButton(act, "roundtable.askTeam", t("menu.ask"))}
    <hr />
    ${commandButton(act, "roundtable.playSample", t("welcome.sample"))}
    ${commandButton(act, "roundtable.showLog", t("menu.log"))}
    ${commandButton(act, "roundtable.stopEverything", t("menu.stopAll"))}
  </div>`;
}

function closeMenu(event: Event): void {
  const pressed = (event.target as Element).closest("button");
  if (pressed !== null) (event.currentTarget as HTMLElement).hidePopover();
}

/** Arrow keys move between the entries of a menu. */
function stepThrough(event: KeyboardEvent): void {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step === undefined) return;
  const menu = event.currentTarget as HTMLElement;
  const entries = [...menu.querySelectorAll("button")];
  const at = entries.indexOf(document.activeElement as HTMLButtonElement);
  entries[(at + step + entries.length) % entries.length]?.focus();
  event.preventDefault();
}
