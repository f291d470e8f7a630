import { html, nothing, type TemplateResult } from "lit";
import type { DecisionCard, MissionDetail } from "../../protocol/panel.ts";
import { short } from "../format.ts";
import type { Act, Page } from "../page.ts";
import { t } from "../text.ts";
import { ballots } from "./ballots.ts";
import { checks, clusters, dissent } from "./findings.ts";
import { icon } from "./icons.ts";
import { scoreMeter } from "./meter.ts";
import { commandButton, fold, nameOf, type View } from "./parts.ts";
import { ruling } from "./ruling.ts";
import { senior, underCheck, verdictOn } from "./verified.ts";

const phases = {
  voting: { icon: "sealed", tone: "" },
  approved: { icon: "check", tone: "good" },
  blocked: { icon: "cross", tone: "bad" },
  escalated: { icon: "warn", tone: "warn" },
} as const;

/** A decision that waits for the human, with all there is to judge it by. */
export function askedCard(
  page: Page,
  act: Act,
  open: MissionDetail,
  card: DecisionCard,
): TemplateResult {
  return html`<article class="card asked" aria-label=${card.title}>
    <div class="scroll">
      ${head(card)}
      <p class="question">${card.asks}</p>
      ${documentLink(act, card)} ${grounds(page, act, open, card)}
    </div>
    ${ruling(page, act, card)}
  </article>`;
}

/** A decision as it stands or as it went. */
export function toldCard(
  page: Page,
  act: Act,
  open: MissionDetail,
  card: DecisionCard,
  byItself: boolean,
): TemplateResult {
  return html`<article class="card told" aria-label=${card.title}>
    ${fold(
      page,
      act,
      `card:${card.decisionId}`,
      head(card),
      () => grounds(page, act, open, card),
      byItself,
    )}
    ${ruled(open, card)}
  </article>`;
}

function head(card: DecisionCard): TemplateResult {
  const { icon: name, tone } = phases[card.phase];
  return html`<header>
    <h3>${card.title}</h3>
    <p class="facts">
      <span class="phase ${tone}"
        >${icon(name, tone)}${t(`phase.${card.phase}`)}</span
      >
      <span
        >${t("mission.attempt", String(card.attempt))},
        ${t("decision.round", String(card.round))}</span
      >
      <code title=${t("decision.hash", card.artifactHash)}
        >${short(card.artifactHash)}</code
      >
    </p>
  </header>`;
}

/** What there is to judge by: the outcome in a sentence, the score, the dissent, the checks, the findings and the ballots. */
function grounds(
  page: Page,
  act: Act,
  open: MissionDetail,
  card: DecisionCard,
): View {
  const last = card.tallies.at(-1);
  const name = (id: string): string =>
    card.electors.find((elector) => elector.agentId === id)?.name ??
    nameOf(open, id);
  return html`${
    card.because === "" ? nothing : html`<p class="because">${card.because}</p>`
  }
  ${last !== undefined && last.bar > 0 ? scoreMeter(last.score, last.bar) : nothing}
  ${dissent(act, card.dissent, name)} ${checks(page, act, card)} ${senior(card)}
  ${underCheck(act, card)}
  ${
    last === undefined
      ? nothing
      : clusters(
          act,
          last.clusters,
          (finding) => verdictOn(act, card.verified, finding, name),
          name,
        )
  }
  ${ballots(page, act, card)}${fine(card)}`;
}

function fine({ rules, subject }: DecisionCard): TemplateResult {
  const threshold = String(rules.threshold / 10);
  const quorum = String(rules.quorum / 10);
  return html`<p class="sub rules">
    ${
      subject === "change"
        ? t("decision.rulesChange", quorum)
        : t("decision.rules", threshold, quorum)
    }
  </p>`;
}

function documentLink(act: Act, { subject, missionId }: DecisionCard): View {
  switch (subject) {
    case "plan":
      return commandButton(
        act,
        "roundtable.openPlan",
        t("plan.open"),
        "link",
        missionId,
      );
    case "change":
      return commandButton(
        act,
        "roundtable.openChange",
        t("change.open"),
        "link",
        missionId,
      );
    case "question":
      return nothing;
  }
}

function ruled(open: MissionDetail, card: DecisionCard): View {
  if (card.ruling === null) return nothing;
  const { verdict, by, reason } = card.ruling;
  const words =
    by === "human" && !open.sharedBy
      ? t(`ruled.${verdict}`)
      : t("ruled.by", nameOf(open, by), t(`ruledBy.${verdict}`));
  return html`<p class="ruled">
    ${icon("person")}<span><b>${words}</b> ${reason}</span>
  </p>`;
}
