import { html, nothing, type TemplateResult } from "lit";
import type { AgentLine, MissionDetail } from "../../protocol/panel.ts";
import { count, money } from "../format.ts";
import { t } from "../text.ts";
import { avatar } from "./avatar.ts";
import { icon } from "./icons.ts";
import { shareMeter } from "./meter.ts";

const states = {
  idle: { icon: "ring", tone: "" },
  working: { icon: "dot", tone: "busy" },
  gone: { icon: "minus", tone: "" },
} as const;

/** Who sits at the table, what each does and costs, and what is left of the budget. */
export function teamTab(open: MissionDetail): TemplateResult {
  return html`${budget(open)}
  ${
    open.agents.length === 0
      ? html`<p class="empty">${t("team.none")}</p>`
      : html`<ul class="team">
          ${open.agents.map(agentRow)}
        </ul>`
  }`;
}

function agentRow(agent: AgentLine): TemplateResult {
  const { icon: name, tone } = states[agent.state];
  return html`<li class=${agent.state}>
    ${avatar(agent.agentId, agent.name)}
    <span class="name"
      >${agent.name}
      ${
        agent.role.toLowerCase() === agent.name.toLowerCase()
          ? nothing
          : html`<span class="sub">${agent.role}</span>`
      }</span
    >
    <span class="state">${icon(name, tone)}${t(`team.${agent.state}`)}</span>
    <span class="doing">${agent.doing}</span>
    <span class="sub lineage">${agent.lineage}</span>
    <span class="sub cost"
      >${money(agent.microUsd)} · ${calls(agent.calls)}</span
    >
  </li>`;
}

function budget({ spent }: MissionDetail): TemplateResult {
  const { microUsd, reservedMicroUsd, capMicroUsd } = spent;
  const read = spent.inputTokens + spent.cacheReadTokens;
  const cached = read === 0 ? 0 : (spent.cacheReadTokens / read) * 100;
  return html`<section class="budget" aria-label=${t("budget.title")}>
    <p>
      <b>${t("budget.text", money(microUsd), money(capMicroUsd))}</b>
      ${
        reservedMicroUsd > 0
          ? html`<span class="sub"
              >${t("budget.reserved", money(reservedMicroUsd))}</span
            >`
          : nothing
      }
    </p>
    ${shareMeter(microUsd, reservedMicroUsd, capMicroUsd)}
    <p class="sub">
      ${
        spent.calls === 0
          ? t("budget.free")
          : html`${calls(spent.calls)} ·
            ${t("budget.tokens", count(read), count(spent.outputTokens))} ·
            ${t("budget.cached", cached.toFixed(0))}`
      }
    </p>
  </section>`;
}

function calls(number: number): string {
  return number === 1 ? t("budget.call") : t("budget.calls", count(number));
}
