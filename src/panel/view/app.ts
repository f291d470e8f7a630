import { html, nothing, type TemplateResult } from "lit";
import type { Act, Page } from "../page.ts";
import { t } from "../text.ts";
import { alerts } from "./banners.ts";
import { header } from "./header.ts";
import { mission } from "./mission.ts";
import { home, welcome } from "./welcome.ts";

/** The whole page. */
export function app(page: Page, act: Act): TemplateResult {
  const { snapshot } = page;
  return html`${snapshot === null ? html`<p class="empty">${t("loading")}</p>` : nothing}
    ${
      snapshot === null
        ? nothing
        : html`${header(page, act, snapshot)}${alerts(page, act, snapshot)}
          ${
            snapshot.open !== null
              ? mission(page, act, snapshot.open)
              : snapshot.missions.length > 0
                ? home(act, snapshot)
                : welcome(act, snapshot)
          }`
    }
    <div class="vh" role="status" aria-live="polite">
      ${page.announcement}
    </div>`;
}
