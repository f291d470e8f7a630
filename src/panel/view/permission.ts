import { html, type TemplateResult } from "lit";
import type { MissionDetail, PermissionCard } from "../../protocol/panel.ts";
import { visible } from "../format.ts";
import type { Act, Page } from "../page.ts";
import { asked } from "../store.ts";
import { t } from "../text.ts";
import { icon } from "./icons.ts";
import { failure, nameOf } from "./parts.ts";

const answers = ["once", "mission", "no"] as const;

/** A request for permission: exactly what would happen, why, and three answers. */
export function permissionCard(
  page: Page,
  act: Act,
  open: MissionDetail,
  card: PermissionCard,
): TemplateResult {
  const name = asked.permission(card.permissionId);
  const pending = page.pending.has(name);
  const title = t(`permission.${card.what}`, nameOf(open, card.agentId));
  return html`<article class="card asked permission" aria-label=${title}>
    <div class="scroll">
      <header>
        <h3>${icon("shield", "warn")}${title}</h3>
      </header>
      <p class="because">${card.why}</p>
      <p class="argv" role="group" aria-label=${t("permission.argv")}>
        ${argumentsOf(card.subject).map(
          (argument) => html`<code>${visible(argument)}</code> `,
        )}
      </p>
    </div>
    <footer class="ruling">
      ${failure(page, name)}
      <div class="buttons">
        ${answers.map(
          (answer, index) =>
            html`<button
              type="button"
              class=${index === 0 ? "primary" : "secondary"}
              ?disabled=${pending}
              @click=${() => {
                act.ask(name, {
                  kind: "permit",
                  missionId: card.missionId,
                  permissionId: card.permissionId,
                  answer,
                });
              }}
            >
              ${t(`permission.${answer}`)}
            </button>`,
        )}
      </div>
    </footer>
  </article>`;
}

/** The argument vector, one entry each, so that a space inside an argument cannot pass for one between two. */
function argumentsOf(subject: string): readonly string[] {
  try {
    const parsed: unknown = JSON.parse(subject);
    return Array.isArray(parsed) &&
      parsed.every((entry) => typeof entry === "string")
      ? parsed
      : [subject];
  } catch {
    return [subject];
  }
}
