import { html, nothing, type TemplateResult } from "lit";
import type { DecisionCard } from "../../protocol/panel.ts";
import { duration } from "../format.ts";
import type { Act, Page } from "../page.ts";
import { t } from "../text.ts";
import type { Cluster, Dissent, Evidence, Finding } from "../words.ts";
import { icon } from "./icons.ts";
import { fold, place, type View } from "./parts.ts";

/** One claim with its severity and the place it is about. */
export function findingLine(
  act: Act,
  finding: Pick<Finding, "path" | "line" | "claim" | "severity">,
): TemplateResult {
  return html`<span class="severity ${finding.severity}"
      >${t(`severity.${finding.severity}`)}</span
    >
    <span class="claim">${finding.claim}</span> ${place(act, finding)}`;
}

/** What the team found, grouped by what says the same, with how well it stands. */
export function clusters(
  act: Act,
  found: readonly Cluster[],
  verdict: (finding: Finding) => View,
  name: (id: string) => string,
): View {
  if (found.length === 0) return nothing;
  return html`<h4>${t("clusters.title")}</h4>
    <ul class="rows findings">
      ${found.map(
        ({ representative, standing, raisedBy, verified }) =>
          html`<li>
            ${
              verified === "refuted"
                ? html`<span class="tag refuted"
                    >${t("standing.refuted")}</span
                  >`
                : html`<span class="tag ${standing.toLowerCase()}"
                    >${t(`standing.${standing}`)}</span
                  >`
            }
            ${findingLine(act, representative)}
            <span class="sub"
              >${t("standing.by", raisedBy.map(name).join(", "))}</span
            >
            ${verdict(representative)}
          </li>`,
      )}
    </ul>`;
}

/** What the outcome went against. It is never folded away. */
export function dissent(
  act: Act,
  against: readonly Dissent[],
  name: (id: string) => string,
): View {
  if (against.length === 0) return nothing;
  return html`<section class="dissent">
    <h4>${icon("warn", "warn")}${t("dissent.title")}</h4>
    ${against.map(
      ({ agentId, reason, findings }) =>
        html`<blockquote>
          <b>${name(agentId)}</b> ${reason}
          ${
            findings.length === 0
              ? nothing
              : html`<ul class="findings">
                  ${findings.map((finding) => html`<li>${findingLine(act, finding)}</li>`)}
                </ul>`
          }
        </blockquote>`,
    )}
  </section>`;
}

const checked = {
  PASS: { icon: "check", tone: "good" },
  FAIL: { icon: "cross", tone: "bad" },
  ERROR: { icon: "warn", tone: "bad" },
  NOT_RUN: { icon: "minus", tone: "warn" },
} as const;

/** What tools said of the artifact: status in words, output on demand. */
export function checks(page: Page, act: Act, card: DecisionCard): View {
  if (card.evidence.length === 0) return nothing;
  return html`<h4>${t("evidence.title")}</h4>
    <ul class="rows">
      ${card.evidence.map(
        (evidence) =>
          html`<li>${checkRow(page, act, card.decisionId, evidence)}</li>`,
      )}
    </ul>`;
}

function checkRow(
  page: Page,
  act: Act,
  decisionId: string,
  evidence: Evidence,
): TemplateResult {
  const { status, tool, summary, output, required, durationMs } = evidence;
  const head = html`${icon(checked[status].icon, checked[status].tone)}
    <span class="status ${checked[status].tone}"
      >${t(`evidence.${status}`)}</span
    >
    <span class="name">${tool}</span>
    <span class="sub"
      >${required ? html`${t("evidence.required")} · ` : nothing}${duration(durationMs)}</span
    >`;
  return html`<div class="ballot">
    ${fold(
      page,
      act,
      `check:${decisionId}:${evidence.id}`,
      head,
      () =>
        html`<div class="reason">
          <p>${summary}</p>
          ${
            evidence.findings.length === 0
              ? nothing
              : html`<ul class="findings">
                  ${evidence.findings.map((finding) => html`<li>${findingLine(act, finding)}</li>`)}
                </ul>`
          }
          ${
            output === undefined || output === ""
              ? nothing
              : html`<pre tabindex="0" aria-label=${t("evidence.output", tool)}>
${output}</pre>`
          }
        </div>`,
      status === "FAIL" && required,
    )}
  </div>`;
}
