import type { NeedsYou } from "../app.ts";
import { dollars } from "../core/money.ts";
import type { Outcome } from "../protocol/event.ts";
import type { Printer } from "./print.ts";
import type { Session } from "./session.ts";
import { showToolsFound } from "./toolsFound.ts";

/** The end of a mission: what came of it, what it cost, where it is written down. */
export function sumUp(
  session: Session,
  missionId: string,
  { kind, summary }: Outcome,
  printer: Printer,
): void {
  const mission = session.app.detail(missionId);
  if (mission !== null && (mission.kind === "review" || kind === "blocked"))
    showToolsFound(mission, printer);
  printer.heading(summary);
  printer.line(`Cost: ${costOf(session, missionId)}`);
  printer.line(`Log:  ${session.app.logPlace} (mission ${missionId})`);
}

/** What a person is told when a mission is let go of before its end. */
export function goOnLater(
  session: Session,
  missionId: string,
  printer: Printer,
  need?: NeedsYou,
): void {
  printer.heading(
    need === undefined
      ? "Interrupted. Nothing is lost."
      : `It waits for you, and nobody can answer here. Nothing is lost.`,
  );
  if (need?.kind === "ruling")
    printer.line(`Asked: ${need.card.asks ?? need.card.title}`);
  if (need?.kind === "permission")
    printer.line(
      `Asked: ${need.card.agentId} wants ${need.card.subject}. ${need.card.why}`,
    );
  printer.line(
    `Go on${need === undefined ? "" : " in a terminal"} with: ${commandFor("resume", session, missionId)}`,
  );
  printer.line(
    `Or end it for good with: ${commandFor("stop", session, missionId)}`,
  );
}

/** The command that resumes or stops a mission from the folder the terminal is in. */
export function commandFor(
  verb: "resume" | "stop",
  { root }: Session,
  missionId: string,
): string {
  const repo = root === process.cwd() ? "" : ` --repo "${root}"`;
  return `roundtable ${verb} --mission ${missionId}${repo}`;
}

function costOf({ app }: Session, missionId: string): string {
  const mission = app.detail(missionId);
  if (mission === null || mission.spent.calls === 0)
    return "nothing; no model was called.";
  const { calls, inputTokens, cacheReadTokens, outputTokens } = mission.spent;
  if (mission.model === "rehearsal")
    return `nothing; no model was called, the script answered ${String(calls)} times.`;
  const { microUsd, capMicroUsd } = mission.spent;
  const input = inputTokens + cacheReadTokens;
  return `${dollars(microUsd)} of ${dollars(capMicroUsd)} for ${String(calls)} model calls; ${String(input)} tokens in (${String(cacheReadTokens)} from cache), ${String(outputTokens)} out.`;
}
