import { html, nothing, type TemplateResult } from "lit";
import type { MissionDetail, Said } from "../../protocol/panel.ts";
import type { Act, Page } from "../page.ts";
import { lineGroups, type LineGroup } from "../remembered.ts";
import { isWide, narrow, type Filter } from "../said.ts";
import { t } from "../text.ts";
import { feed, toEnd } from "./feed.ts";
import { icon } from "./icons.ts";
import { nameOf, type View } from "./parts.ts";

/** Search and filter, the conversation, and who is writing. */
export function talkTab(
  page: Page,
  act: Act,
  open: MissionDetail,
): TemplateResult {
  const { search, group, who } = page.remembered;
  const lines = narrowed(page.said, { search, group, who }, open);
  const wide = isWide(page.remembered);
  return html`<div class="talk">
    ${bar(page, act, open)} ${extent(page, act, open, lines.length, wide)}
    ${
      lines.length === 0
        ? html`<p class="empty">
            ${wide ? t("talk.empty") : t("talk.nothing")}
          </p>`
        : feed(page, act, open, lines, !wide)
    }
    ${
      page.remembered.at === null || lines.length === 0
        ? nothing
        : html`<button
            type="button"
            class="latest"
            title=${t("talk.latestLong")}
            @click=${() => {
              toEnd(act);
            }}
          >
            ${icon("down")}${t("talk.latest")}
          </button>`
    }
    ${typing(page, open)}
  </div>`;
}

function bar(page: Page, act: Act, open: MissionDetail): TemplateResult {
  const { search, group, who } = page.remembered;
  const groups: Record<LineGroup, string> = {
    all: t("talk.allKinds"),
    words: t("talk.kinds.words"),
    votes: t("talk.kinds.votes"),
    checks: t("talk.kinds.checks"),
    tools: t("talk.kinds.tools"),
  };
  return html`<search class="filter">
    <input
      type="search"
      placeholder=${t("talk.search")}
      aria-label=${t("talk.search")}
      .value=${search}
      @input=${(event: Event) => {
        act.remember({
          search: (event.currentTarget as HTMLInputElement).value,
        });
      }}
    />
    <select
      aria-label=${t("talk.kind")}
      .value=${group}
      @change=${(event: Event) => {
        const { value } = event.currentTarget as HTMLSelectElement;
        act.remember({
          group: lineGroups.find((name) => name === value) ?? "all",
        });
      }}
    >
      ${lineGroups.map(
        (name) =>
          html`<option value=${name} ?selected=${name === group}>
            ${groups[name]}
          </option>`,
      )}
    </select>
    <select
      aria-label=${t("talk.who")}
      .value=${who}
      @change=${(event: Event) => {
        act.remember({ who: (event.currentTarget as HTMLSelectElement).value });
      }}
    >
      <option value="" ?selected=${who === ""}>${t("talk.everyone")}</option>
      ${["human", ...open.agents.map((agent) => agent.agentId)].map(
        (id) =>
          html`<option value=${id} ?selected=${id === who}>
            ${nameOf(open, id)}
          </option>`,
      )}
    </select>
  </search>`;
}

/** How much of the conversation is here, with the way to more. */
function extent(
  page: Page,
  act: Act,
  open: MissionDetail,
  found: number,
  wide: boolean,
): View {
  const { total } = open.said;
  const loaded = page.said.length;
  const more = loaded < total;
  if (wide && !more) return nothing;
  return html`<p class="extent">
    <span
      >${wide ? nothing : html`${t("talk.found", String(found))} · `}${t(
        "talk.loaded",
        loaded.toLocaleString(),
        total.toLocaleString(),
      )}</span
    >
    ${
      more
        ? html`<button
            type="button"
            class="link"
            ?disabled=${page.loadingOlder}
            @click=${act.older}
          >
            ${page.loadingOlder ? t("talk.loading") : t("talk.older")}
          </button>`
        : nothing
    }
    ${
      wide
        ? nothing
        : html`<button
            type="button"
            class="link"
            @click=${() => {
              act.remember({ search: "", group: "all", who: "" });
            }}
          >
            ${t("talk.clear")}
          </button>`
    }
  </p>`;
}

/** The last line of what each agent is writing; not announced, it changes with every word. */
function typing(page: Page, open: MissionDetail): View {
  if (page.typing.size === 0) return nothing;
  return html`<ul class="typing" aria-hidden="true">
    ${[...page.typing].map(([agentId, words]) => {
      const name = nameOf(open, agentId);
      return html`<li title=${t("talk.typing", name)}>
        <b class="name">${name}</b>
        <span>${words.trimEnd().split("\n").at(-1)?.slice(-120)}</span>
      </li>`;
    })}
  </ul>`;
}

let last:
  | {
      readonly said: readonly Said[];
      readonly filter: Filter;
      readonly lines: readonly Said[];
    }
  | undefined;

/** The list lays itself out again for every new array, so the same lines must stay the same array. */
function narrowed(
  said: readonly Said[],
  filter: Filter,
  open: MissionDetail,
): readonly Said[] {
  if (
    last?.said === said &&
    last.filter.search === filter.search &&
    last.filter.group === filter.group &&
    last.filter.who === filter.who
  )
    return last.lines;
  const lines = narrow(said, filter, (id) => nameOf(open, id));
  last = { said, filter, lines };
  return lines;
}
