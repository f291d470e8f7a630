import { html, nothing, type TemplateResult } from "lit";
import type { MissionDetail, ReplayAt } from "../../protocol/panel.ts";
import { exactly } from "../format.ts";
import type { Act, Page } from "../page.ts";
import { t } from "../text.ts";
import { icon } from "./icons.ts";
import type { View } from "./parts.ts";

const SPEEDS = [1, 3, 10, 30, 100, 1000] as const;

/** The button that begins a replay; nothing while one is shown. */
export function replayButton(page: Page, act: Act): View {
  if (page.snapshot?.replay !== undefined) return nothing;
  return html`<button
    type="button"
    class="link replay-start"
    @click=${act.replay.start}
  >
    ${icon("replay")}${t("replay.start")}
  </button>`;
}

/** Where a replay is, and the ways to move in it; nothing while the mission is shown as it is. */
export function replayBar(page: Page, act: Act, open: MissionDetail): View {
  const replay = page.snapshot?.replay;
  if (replay === undefined) return nothing;
  const { steps, at, speed } = replay;
  const step = page.seeking ?? replay.step;
  const asked = open.decisions.find((card) => card.asks !== null)?.asks;
  const words = t("replay.step", String(step), String(steps), exactly(at));
  const known = page.snapshot?.missions.some(
    ({ missionId }) => missionId === open.missionId,
  );
  return html`<section
    class="replay"
    aria-label=${t("replay.label")}
    @keydown=${(event: KeyboardEvent) => {
      if (event.key === "Escape") act.replay.leave();
    }}
  >
    <div class="row">
      ${stepButton(act, "back", step - 1, steps)} ${playButton(page, act)}
      ${stepButton(act, "on", step + 1, steps)}
      <input
        type="range"
        min="1"
        max=${steps}
        .value=${String(step)}
        aria-label=${t("replay.at")}
        aria-valuetext=${words}
        @input=${(event: Event) => {
          act.replay.seek(
            Number((event.currentTarget as HTMLInputElement).value),
          );
        }}
      />
    </div>
    <div class="row">
      <span class="where">${words}</span>
      ${speedChoice(act, speed)}
      <button type="button" class="secondary" @click=${act.replay.leave}>
        ${t(known === true ? "replay.now" : "replay.close")}
      </button>
    </div>
    <p class="sub">
      ${
        asked === undefined || asked === null
          ? t("replay.note")
          : t("replay.asked", asked)
      }
    </p>
  </section>`;
}

function playButton(page: Page, act: Act): TemplateResult {
  const label = t(page.playing ? "replay.pause" : "replay.play");
  return html`<button
    type="button"
    class="quiet"
    title=${label}
    aria-label=${label}
    @click=${() => {
      act.replay.play(!page.playing);
    }}
  >
    ${icon(page.playing ? "pause" : "play")}
  </button>`;
}

function stepButton(
  act: Act,
  way: "back" | "on",
  to: number,
  steps: ReplayAt["steps"],
): TemplateResult {
  const label = t(`replay.${way}`);
  return html`<button
    type="button"
    class="quiet ${way}"
    title=${label}
    aria-label=${label}
    ?disabled=${to < 1 || to > steps}
    @click=${() => {
      act.replay.seek(to);
    }}
  >
    ${icon("back")}
  </button>`;
}

function speedChoice(act: Act, speed: number): TemplateResult {
  return html`<select
    aria-label=${t("replay.speed")}
    .value=${String(speed)}
    @change=${(event: Event) => {
      act.replay.speed(
        Number((event.currentTarget as HTMLSelectElement).value),
      );
    }}
  >
    ${SPEEDS.map(
      (times) =>
        html`<option value=${times} ?selected=${times === speed}>
          ${t("replay.times", String(times))}
        </option>`,
    )}
  </select>`;
}
