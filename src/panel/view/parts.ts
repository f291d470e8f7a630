import { html, nothing, type TemplateResult } from "lit";
import type { MissionDetail, MissionLine } from "../../protocol/panel.ts";
import { isOpen } from "../remembered.ts";
import type { Act, Page } from "../page.ts";
import { t } from "../text.ts";
import type { Command, Finding, Problem } from "../words.ts";
import { icon, type IconName } from "./icons.ts";

/** Anything lit can put into a page. */
export type View = TemplateResult | typeof nothing;

/** The shown name of an agent, a tool, the human or the app. */
export function nameOf(
  open: Pick<MissionDetail, "agents" | "sharedBy">,
  id: string,
): string {
  if (id === "human") return open.sharedBy?.name ?? t("who.human");
  if (id === "hub") return t("who.hub");
  if (id === "everyone") return t("who.everyone");
  if (id.startsWith("policy:")) return t("who.policy", id.slice(7));
  if (id.startsWith("tool:")) return id.slice(5);
  return open.agents.find((agent) => agent.agentId === id)?.name ?? id;
}

/** A button that runs one of the extension's commands. */
export function commandButton(
  act: Act,
  command: Command,
  label: string,
  look: "primary" | "secondary" | "link" = "secondary",
  missionId?: string,
): TemplateResult {
  return html`<button
    type="button"
    class=${look}
    @click=${() => {
      act.post({
        type: "command",
        command,
        ...(missionId === undefined ? {} : { missionId }),
      });
    }}
  >
    ${label}
  </button>`;
}

/** Something that folds, remembered under `name`. */
export function fold(
  page: Page,
  act: Act,
  name: string,
  summary: unknown,
  content: () => unknown,
  byItself = false,
): TemplateResult {
  const open = isOpen(page.remembered, name, byItself);
  return html`<details
    ?open=${open}
    @toggle=${(event: Event) => {
      const { open: now } = event.currentTarget as HTMLDetailsElement;
      if (now !== isOpen(page.remembered, name, byItself)) act.toggle(name);
    }}
  >
    <summary>${icon("chevron", "twist")}${summary}</summary>
    ${open ? content() : nothing}
  </details>`;
}

/** Where a finding points, as a button that opens the file; plain text where there is no file to open. */
export function place(
  act: Act,
  { path, line }: Pick<Finding, "path" | "line">,
): TemplateResult {
  const text = line > 0 ? `${path}:${String(line)}` : path;
  return html`<button
    type="button"
    class="link place"
    title=${t("file.open", text)}
    @click=${() => {
      act.post({ type: "openFile", path, line });
    }}
  >
    ${text}
  </button>`;
}

/** What failed and what to do next, where it was asked for. */
export function failure(page: Page, at: string): View {
  return page.failed?.at === at ? trouble(page.failed.problem) : nothing;
}

/** A problem's sentence and the next step. */
export function trouble({ message, next }: Problem): TemplateResult {
  return html`<p class="trouble" role="alert">
    ${icon("cross", "bad")}<span><b>${message}</b> ${next}</span>
  </p>`;
}

/** How a mission stands, as picture, colour class and words. */
export function standing(line: MissionLine): {
  readonly icon: IconName;
  readonly tone: string;
  readonly text: string;
} {
  if (line.outcome !== null) {
    const { kind } = line.outcome;
    const good =
      kind === "merged" || kind === "accepted" || kind === "answered";
    const bad = kind === "blocked" || kind === "rejected";
    return {
      icon: good ? "check" : bad ? "cross" : "minus",
      tone: good ? "good" : bad ? "bad" : "",
      text: t(`outcome.${kind}`),
    };
  }
  const text =
    line.sharedBy && line.status === "waiting"
      ? t("mission.waits")
      : t(`status.${line.status}`);
  switch (line.status) {
    case "running":
      return { icon: "dot", tone: "busy", text };
    case "waiting":
      return { icon: "person", tone: "warn", text };
    case "stalled":
      return { icon: "pause", tone: "bad", text };
    case "closed":
      return { icon: "check", tone: "", text };
  }
}
