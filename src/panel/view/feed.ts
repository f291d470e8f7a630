import {
  virtualize,
  virtualizerRef,
} from "@lit-labs/virtualizer/virtualize.js";
import { flow } from "@lit-labs/virtualizer/layouts/flow.js";
import { html, type TemplateResult } from "lit";
import { keyed } from "lit/directives/keyed.js";
import { ref } from "lit/directives/ref.js";
import type { MissionDetail, Said } from "../../protocol/panel.ts";
import type { Act, Page } from "../page.ts";
import { t } from "../text.ts";
import { lineView } from "./line.ts";

/** How far from the end still counts as the end, px. */
const NEAR_END = 24;

/** The element the list hangs its control on. */
interface List extends HTMLElement {
  readonly [virtualizerRef]?: {
    readonly element: (index: number) =>
      | {
          readonly scrollIntoView: (how: { readonly block: "nearest" }) => void;
        }
      | undefined;
  };
}

/** What the list is showing just now, beside the page's state because it changes with every scroll. */
interface Sight {
  topmost: number | undefined;
  lines: readonly Said[];
  /** True since the reader has scrolled away from the end. */
  taken: boolean;
  /** Which list is on the screen: another filter or an older first line make another one. */
  key: string | undefined;
  list: Element | undefined;
}
const sight: Sight = {
  topmost: undefined,
  lines: [],
  taken: false,
  key: undefined,
  list: undefined,
};

function onScreen(list: Element | undefined): void {
  if (list !== undefined) sight.list = list;
}

/**
 * The conversation as a list that keeps only what is in view in the page. It stays at the end while new lines come, until the reader scrolls
 * away; lines put before the first, and a new filter, leave the reader where they were.
 */
export function feed(
  page: Page,
  act: Act,
  open: MissionDetail,
  lines: readonly Said[],
  narrowed: boolean,
): TemplateResult {
  sight.lines = lines;
  const { search, group, who, at } = page.remembered;
  const first = lines[0]?.seq;
  const key = [open.missionId, search, group, who, first].join("\n");
  const opening = sight.key !== key || sight.list?.isConnected !== true;
  sight.key = key;
  const missing = open.said.total - lines.length;
  const place = (index: number) =>
    narrowed
      ? { position: index + 1, size: lines.length }
      : { position: missing + index + 1, size: open.said.total };
  const content = html`<div
    class="feed"
    role="feed"
    tabindex=${page.cursor === null ? "0" : "-1"}
    aria-label=${t("talk.label")}
    aria-busy=${page.loadingOlder}
    ${ref(onScreen)}
    @keydown=${(event: KeyboardEvent) => {
      step(event, page, act);
    }}
    @visibilityChanged=${(event: Event & { readonly first: number }) => {
      sight.topmost = sight.lines[event.first]?.seq;
    }}
    @wheel=${takeOver}
    @touchmove=${takeOver}
    @pointerdown=${takeOver}
    @unpinned=${(event: Event) => {
      settle(event.currentTarget as HTMLElement, page, act);
    }}
    @scrollend=${(event: Event) => {
      settle(event.currentTarget as HTMLElement, page, act);
    }}
  >
    ${virtualize({
      items: lines as Said[],
      scroller: true,
      keyFunction: (line) => line.seq,
      renderItem: (line, index) =>
        lineView(
          page,
          act,
          open,
          line,
          lines[index - 1],
          place(index),
          isAgain(lines, index),
        ),
      layout: flow(putAt(opening, lines, at)),
    })}
  </div>`;
  return html`${keyed(key, content)}`;
}

/** True for a plan that is not the first one seen. */
function isAgain(lines: readonly Said[], index: number): boolean {
  return (
    lines[index]?.kind === "plan" &&
    lines.slice(0, index).some((line) => line.kind === "plan")
  );
}

/** Where the list is put: at its end while it follows, a new one at the line remembered, one on the screen nowhere. */
function putAt(opening: boolean, lines: readonly Said[], at: number | null) {
  const end = lines.length - 1;
  if (at === null) return { pin: { index: end, block: "end" as const } };
  if (!opening) return {};
  const found = lines.findIndex((line) => line.seq >= at);
  return {
    pin: { index: found === -1 ? end : found, block: "start" as const },
  };
}

/** Takes the list to its end, where it follows again. */
export function toEnd(act: Act): void {
  sight.taken = false;
  act.remember({ at: null });
}

/** From here on the list is where the reader wants it; until then only its own layout has moved it. */
function takeOver(): void {
  sight.taken = true;
}

/** Remembers where the reader came to rest, at the end or at a line; a list nobody has touched goes back to the end. */
function settle(list: HTMLElement, page: Page, act: Act): void {
  requestAnimationFrame(() => {
    const left = list.scrollHeight - list.scrollTop - list.clientHeight;
    const ended = left <= NEAR_END;
    if (ended) sight.taken = false;
    const taken = sight.taken || page.remembered.at !== null;
    const at = ended || !taken ? null : (sight.topmost ?? null);
    if (at !== page.remembered.at || (at === null && !ended))
      act.remember({ at });
  });
}

/** j, k and Alt with the arrow keys go from line to line; Home and End to the first and last that are loaded. */
function step(event: KeyboardEvent, page: Page, act: Act): void {
  if (event.target instanceof HTMLInputElement) return;
  const list = event.currentTarget as HTMLElement;
  const lines = sight.lines;
  const on = (event.target as Element).closest<HTMLElement>("[data-seq]");
  const seq = on === null ? page.cursor : Number(on.dataset["seq"]);
  const at = lines.findIndex((line) => line.seq === seq);
  const next = target(event, at, lines.length);
  const line = next === undefined ? undefined : lines[next];
  if (next === undefined || line === undefined) return;
  event.preventDefault();
  takeOver();
  act.moveTo(line.seq);
  act.remember({ at: next === lines.length - 1 ? null : line.seq });
  (list as List)[virtualizerRef]
    ?.element(next)
    ?.scrollIntoView({ block: "nearest" });
  focusWhenShown(list, line.seq, 30);
}

function target(
  event: KeyboardEvent,
  at: number,
  length: number,
): number | undefined {
  const plain = !event.ctrlKey && !event.metaKey && !event.altKey;
  const key = event.altKey ? `Alt+${event.key}` : event.key;
  if (at === -1 && ["j", "k", "Alt+ArrowDown", "Alt+ArrowUp"].includes(key))
    return length - 1;
  if (key === "Alt+ArrowDown" || (plain && key === "j"))
    return Math.min(at + 1, length - 1);
  if (key === "Alt+ArrowUp" || (plain && key === "k"))
    return Math.max(at - 1, 0);
  if (plain && key === "Home") return 0;
  if (plain && key === "End") return length - 1;
  return undefined;
}

/** The line may not be in the page before the list has moved to it. */
function focusWhenShown(list: HTMLElement, seq: number, frames: number): void {
  requestAnimationFrame(() => {
    const shown = list.querySelector<HTMLElement>(
      `[data-seq="${String(seq)}"]`,
    );
    if (shown !== null) shown.focus({ preventScroll: false });
    else if (frames > 0) focusWhenShown(list, seq, frames - 1);
  });
}
