import { html, nothing, type TemplateResult } from "lit";
import type { DecisionCard } from "../../protocol/panel.ts";
import type { Act } from "../page.ts";
import { t } from "../text.ts";
import type { Finding, Verified } from "../words.ts";
import { findingLine } from "./findings.ts";
import { icon } from "./icons.ts";
import { place, type View } from "./parts.ts";

const verdicts = {
  confirmed: { icon: "check", tone: "" },
  refuted: { icon: "cross", tone: "" },
  unclear: { icon: "minus", tone: "warn" },
} as const;

/** Claims a verifier is still looking at, while nothing is counted yet. */
export function underCheck(act: Act, card: DecisionCard): View {
  if (card.phase !== "voting" || card.verified.length === 0) return nothing;
  return html`<h4>${t("verify.title")}</h4>
    <ul class="rows findings">
      ${card.verified.map(
        ({ claim, by }) =>
          html`<li>
            ${findingLine(act, claim.finding)}
            ${
              by === null
                ? html`<span class="sub"
                    >${icon("waiting")}${t("verify.waiting")}</span
                  >`
                : nothing
            }
          </li>`,
      )}
    </ul>`;
}

/** What a verifier said of a finding, and the lines it showed it with. */
export function verdictOn(
  act: Act,
  verified: DecisionCard["verified"],
  finding: Finding,
  name: (id: string) => string,
): View {
  const found = verified.find(
    ({ claim }) =>
      claim.finding.path === finding.path &&
      claim.finding.line === finding.line &&
      claim.finding.claim === finding.claim,
  )?.by;
  return found == null ? nothing : said(act, found, name);
}

function said(
  act: Act,
  { agentId, verdict, reason, quotes, ran, shown }: Verified,
  name: (id: string) => string,
): TemplateResult {
  const { icon: sign, tone } = verdicts[shown ? verdict : "unclear"];
  return html`<div class="verified">
    ${icon(sign, tone)}
    <div>
      <b>${t(`verify.${shown ? verdict : "notShown"}`, name(agentId))}</b>
      ${reason}
      ${quotes.map(
        ({ path, line, text }) =>
          html`<pre tabindex="0" aria-label=${t("verify.quote", path)}>
${text}</pre>
            ${place(act, { path, line })}`,
      )}
      ${ran.map((command) => html`<code>${command}</code>`)}
    </div>
  </div>`;
}

/** What the senior model was asked for, and what it said. */
export function senior(card: DecisionCard): View {
  if (card.senior === null) return nothing;
  const { ballot, because } = card.senior;
  return html`<h4>${t("senior.title")}</h4>
    <p class="sub">${t("senior.why", because)}</p>
    ${
      ballot === null
        ? html`<p class="sub">
            ${card.phase === "voting" ? t("senior.waiting") : t("senior.absent")}
          </p>`
        : html`<p>
            <b>${t(`verdict.${ballot.verdict}`)} · ${ballot.confidence} %</b>
            ${ballot.reason}
          </p>`
    }`;
}
