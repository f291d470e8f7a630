import { html, nothing, svg, type TemplateResult } from "lit";
import type { MissionDetail } from "../../protocol/panel.ts";
import type { PathPart, PathRow, PathShown } from "../../protocol/panelPath.ts";
import { clock, duration, money } from "../format.ts";
import type { Act, Page } from "../page.ts";
import { isOpen } from "../remembered.ts";
import { t } from "../text.ts";
import { avatar } from "./avatar.ts";
import { nameOf, type View } from "./parts.ts";

/** Most room the lanes take, and most and least between two of them, px. */
const LANES_WIDTH = 168;
const WIDEST = 26;
const NARROWEST = 5;
/** A lane narrower than an avatar gets a dot instead. */
const AVATAR = 20;

/** The way of the mission through the agents: a lane for each, an arrow for each task, and what its time went into. */
export function pathTab(page: Page, act: Act, open: MissionDetail): View {
  const held = page.path;
  if (held?.missionId !== open.missionId)
    return html`<p class="empty">${t("loading")}</p>`;
  const { path } = held;
  if (path.rows.length === 0)
    return html`<p class="empty">${t("path.none")}</p>`;
  const pitch = Math.max(
    NARROWEST,
    Math.min(WIDEST, LANES_WIDTH / path.lanes.length),
  );
  const width = pitch * path.lanes.length;
  const lanes: Lanes = {
    pitch,
    width,
    x: (id) => (path.lanes.indexOf(id) + 0.5) * pitch,
    name: (id) => nameOf(open, id),
  };
  return html`<div class="lanehead">
      <svg
        width=${width}
        height="24"
        role="img"
        aria-label=${laneNames(path, lanes)}
      >
        ${path.lanes.map((id) => laneHead(id, lanes))}
      </svg>
      <p class="legend" aria-hidden="true">
        <svg width="10" height="10">
          <rect class="model" width="10" height="10" /></svg
        >${t("path.model")}
        <svg width="10" height="10">
          <rect class="tool" width="10" height="10" /></svg
        >${t("path.tool")}
      </p>
    </div>
    ${
      path.hidden > 0
        ? html`<p class="sub earlier">
            ${t("path.hidden", String(path.hidden))}
          </p>`
        : nothing
    }
    <ol class="way" aria-label=${t("tab.path")} @keydown=${walk}>
      ${path.rows.map((row) => rowView(page, act, path, row, lanes))}
    </ol>`;
}

interface Lanes {
  readonly pitch: number;
  readonly width: number;
  readonly x: (id: string) => number;
  readonly name: (id: string) => string;
}

function laneNames({ lanes }: PathShown, { name }: Lanes): string {
  return t("path.lanes", lanes.map(name).join(", "));
}

function laneHead(id: string, { pitch, x, name }: Lanes): TemplateResult {
  const middle = x(id);
  const title = svg`<title>${name(id)}</title>`;
  return pitch < AVATAR
    ? svg`<g>${title}<circle class="lanedot" cx=${middle} cy="14" r="4" /></g>`
    : svg`<foreignObject x=${middle - 11} y="1" width="22" height="22">
        <span title=${name(id)}>${avatar(id, name(id))}</span>
      </foreignObject>`;
}

function rowView(
  page: Page,
  act: Act,
  path: PathShown,
  row: PathRow,
  lanes: Lanes,
): TemplateResult {
  const key = `path:${row.id}`;
  const unfolds = row.parts.length > 0;
  const unfolded = unfolds && isOpen(page.remembered, key, false);
  const words = told(row, lanes);
  return html`<li class="is-${row.kind}">
    <button
      type="button"
      class="hop ${tone(row)}"
      title=${words}
      aria-label=${words}
      aria-expanded=${unfolds ? String(unfolded) : nothing}
      @click=${() => {
        if (unfolds) act.toggle(key);
      }}
    >
      ${arrow(path, row, lanes)}
      <span class="what"
        ><b>${label(row)}</b>${
          row.outcome === ""
            ? nothing
            : html` <span class="outcome">${row.outcome}</span>`
        }</span
      >
      <span class="took">${took(row)}</span>
      ${bar(path, row)}
    </button>
    ${unfolded ? partList(row, lanes) : nothing}
  </li>`;
}

/** The lanes as they pass by, and the arrow from who asked to who was asked. */
function arrow(path: PathShown, row: PathRow, lanes: Lanes): TemplateResult {
  const from = lanes.x(row.from);
  const to = lanes.x(row.to);
  const side = Math.sign(to - from);
  const tip = to - side * 4;
  return html`<svg class="lanes" width=${lanes.width} aria-hidden="true">
    ${path.lanes.map((id) => {
      const x = lanes.x(id);
      return svg`<line class="lane" x1=${x} x2=${x} y1="0" y2="100%" />`;
    })}
    ${
      side === 0
        ? svg`<circle class="knot" cx=${to} cy="50%" r="4" />`
        : svg`<line class="shaft" x1=${from} x2=${tip - side * 4} y1="50%" y2="50%" />
            <circle class="start" cx=${from} cy="50%" r="2.5" />
            <svg class="head" x=${tip} y="50%"><path d="M${side * 3} 0 l${-side * 7} -4 v8 z" /></svg>`
    }
  </svg>`;
}

/** The row's time within the mission's, with what models and tools took of it. */
function bar(path: PathShown, row: PathRow): TemplateResult {
  const whole = Math.max(1, path.endMs - path.startMs);
  const at = (ms: number): number => ((ms - path.startMs) / whole) * 100;
  const stretch = (
    { startMs, endMs }: Pick<PathRow, "startMs" | "endMs">,
    kind: string,
    least: number,
  ): TemplateResult => {
    const width = Math.max(least, at(endMs ?? path.endMs) - at(startMs));
    return svg`<rect class=${kind} x="${Math.min(at(startMs), 100 - width)}%" width="${width}%" height="6" />`;
  };
  return html`<svg class="time" width="100%" height="6" aria-hidden="true">
    ${stretch(row, "whole", 1)}
    ${row.parts.map((part) => stretch(part, part.kind, 0.4))}
  </svg>`;
}

function partList(row: PathRow, lanes: Lanes): TemplateResult {
  return html`<ul
    class="calls"
    aria-label=${t("path.calls", lanes.name(row.to))}
  >
    ${
      row.hiddenParts > 0
        ? html`<li class="sub">
            ${t("path.hidden", String(row.hiddenParts))}
          </li>`
        : nothing
    }
    ${row.parts.map(
      (part) =>
        html`<li class=${part.ok === false ? "bad" : ""}>
          <svg width="8" height="8" aria-hidden="true">
            <rect class=${part.kind} width="8" height="8" />
          </svg>
          <span class="name">${part.name}</span>
          <span class="took">${lasted(part)}</span>
        </li>`,
    )}
  </ul>`;
}

function lasted({ startMs, endMs, ok }: PathPart): string {
  if (endMs === null) return t("path.now");
  const time = duration(endMs - startMs);
  return ok === false ? t("path.failed", time) : time;
}

/** All of a row in words, for the pointer that rests on it and for who does not see it. */
function told(row: PathRow, { name }: Lanes): string {
  const way =
    row.from === row.to
      ? name(row.to)
      : t("path.way", name(row.from), name(row.to));
  const sum = (kind: PathPart["kind"]): string => {
    const all = row.parts.filter((part) => part.kind === kind);
    const ms = all.reduce(
      (total, { startMs, endMs }) => total + ((endMs ?? startMs) - startMs),
      0,
    );
    return all.length === 0
      ? ""
      : t(`path.${kind}Sum`, String(all.length), duration(ms));
  };
  return [
    `${label(row)}: ${way}`,
    row.outcome,
    row.ok === false && row.outcome === "" ? t("path.bad") : "",
    clock(row.startMs),
    took(row),
    sum("model"),
    sum("tool"),
  ]
    .filter((text) => text !== "")
    .join(" · ");
}

function label({ kind, name }: PathRow): string {
  return kind === "task" ? t(`path.task.${taskName(name)}`) : name;
}

function taskName(
  name: string,
): "plan" | "resolve" | "ballot" | "implement" | "chat" {
  switch (name) {
    case "plan":
    case "resolve":
    case "ballot":
    case "implement":
      return name;
    default:
      return "chat";
  }
}

function took({ startMs, endMs, microUsd }: PathRow): string {
  const cost = microUsd > 0 ? ` · ${money(microUsd)}` : "";
  if (endMs === null) return `${t("path.now")}${cost}`;
  return endMs > startMs || cost !== ""
    ? `${duration(endMs - startMs)}${cost}`
    : "";
}

function tone({ ok, endMs, kind }: PathRow): string {
  if (endMs === null) return "busy";
  return ok === false ? (kind === "vote" ? "warn" : "bad") : "";
}

/** Arrow keys go from row to row. */
function walk(event: KeyboardEvent): void {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  const list = event.currentTarget as HTMLElement;
  const rows = [...list.querySelectorAll<HTMLElement>("button.hop")];
  const at = rows.findIndex((row) => row === document.activeElement);
  if (step === undefined || at === -1) return;
  rows[at + step]?.focus();
  event.preventDefault();
}
