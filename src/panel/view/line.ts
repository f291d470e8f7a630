import { html, nothing, type TemplateResult } from "lit";
import { guard } from "lit/directives/guard.js";
import type { MissionDetail, Said } from "../../protocol/panel.ts";
import { clock, day } from "../format.ts";
import { markdown } from "../markdown.ts";
import { isOpen } from "../remembered.ts";
import type { Act, Page } from "../page.ts";
import { t } from "../text.ts";
import { avatar } from "./avatar.ts";
import { icon } from "./icons.ts";
import { fold, nameOf } from "./parts.ts";

/** Longer texts are shown cut, with a button to unfold them. */
const LONG = { characters: 1200, lines: 18 } as const;

const tones = {
  neutral: undefined,
  good: { icon: "check", tone: "good" },
  bad: { icon: "cross", tone: "bad" },
  warn: { icon: "warn", tone: "warn" },
} as const;

/** Where a line stands in the whole conversation, for screen readers; `size` is −1 while unknown. */
export interface Place {
  readonly position: number;
  readonly size: number;
}

/** One line of the conversation; above it the day when a new one begins, and a rule when it opens another attempt. */
export function lineView(
  page: Page,
  act: Act,
  open: MissionDetail,
  line: Said,
  before: Said | undefined,
  place: Place,
  again: boolean,
): TemplateResult {
  const from = nameOf(open, line.from);
  const newDay = before !== undefined && day(before.at) !== day(line.at);
  return html`<div class="line">
    ${newDay ? html`<p class="rule"><span>${day(line.at)}</span></p>` : nothing}
    ${again ? html`<p class="rule"><span>${t("talk.again")}</span></p>` : nothing}
    <article
      class="said is-${line.kind}"
      data-seq=${line.seq}
      tabindex=${page.cursor === line.seq ? "0" : "-1"}
      aria-posinset=${place.position}
      aria-setsize=${place.size}
      aria-label="${from}, ${clock(line.at)}"
    >
      ${shape(page, act, open, line, from)}
    </article>
  </div>`;
}

function shape(
  page: Page,
  act: Act,
  open: MissionDetail,
  line: Said,
  from: string,
): TemplateResult {
  switch (line.kind) {
    case "tool":
    case "ballot":
      return compact(page, act, line, from);
    case "system":
      return html`<div class="md aside">${text(line)}</div>
        <time>${clock(line.at)}</time>`;
    default:
      return full(page, act, open, line, from);
  }
}

function full(
  page: Page,
  act: Act,
  open: MissionDetail,
  line: Said,
  from: string,
): TemplateResult {
  const tone = tones[line.tone];
  const long =
    line.text.length > LONG.characters ||
    line.text.split("\n").length > LONG.lines;
  const name = `line:${String(line.seq)}`;
  const whole = !long || isOpen(page.remembered, name, false);
  return html`${avatar(line.from, from)}
    <header>
      ${tone ? icon(tone.icon, tone.tone) : nothing}
      <b class="name">${from}</b>
      ${
        line.to === "everyone" || line.to === ""
          ? nothing
          : html`<span class="to">${t("talk.to", nameOf(open, line.to))}</span>`
      }
      <time datetime=${new Date(line.at).toISOString()}>${clock(line.at)}</time>
    </header>
    <div class="md ${whole ? "" : "cut"}">${text(line)}</div>
    ${
      long
        ? html`<button
            type="button"
            class="link more"
            @click=${() => {
              act.toggle(name);
            }}
          >
            ${whole ? t("talk.less") : t("talk.more")}
          </button>`
        : nothing
    }`;
}

/** What happens often and matters little takes one row; the rest of its text unfolds. */
function compact(
  page: Page,
  act: Act,
  line: Said,
  from: string,
): TemplateResult {
  const [first = ""] = line.text.split("\n");
  const tone = tones[line.tone];
  const picture = line.kind === "ballot" ? "sealed" : "tool";
  const row = html`${icon(tone?.icon ?? picture, tone?.tone)}
    <span class="name">${from}</span>
    <span class="gist">${first.replaceAll("`", "")}</span>
    <time>${clock(line.at)}</time>`;
  if (line.kind === "ballot" && line.text === first)
    return html`<div class="compact">${row}</div>`;
  return html`<div class="compact">
    ${fold(
      page,
      act,
      `line:${String(line.seq)}`,
      row,
      () => html`<div class="md">${text(line)}</div>`,
    )}
  </div>`;
}

/** Markdown is parsed once per line in view, not once per redraw. */
function text(line: Said): unknown {
  return guard([line.seq, line.text], () => {
    const shown = document.createElement("div");
    shown.append(markdown(line.text));
    return shown;
  });
}
