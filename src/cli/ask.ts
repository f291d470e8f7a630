import { createInterface } from "node:readline/promises";
import type { App, NeedsYou } from "../app.ts";
import { toProblem } from "../core/errors.ts";
import type { DecisionCard } from "../protocol/panel.ts";
import type { HumanVerdict } from "../protocol/consensus.ts";
import type { Printer } from "./print.ts";

/** Asks the person at the terminal for everything that waits for them, one thing at a time, until disposed. */
export function answerFromTerminal(
  app: App,
  printer: Printer,
): { dispose(): void } {
  const terminal = createInterface({
    input: process.stdin,
    output: process.stdout,
  });
  let busy = false;
  const look = (): void => {
    const [next] = app.needsYou();
    if (busy || next === undefined) return;
    busy = true;
    askOne(app, printer, next, (question) => terminal.question(question))
      .catch((error: unknown) => {
        const { message, next: advice } = toProblem(error);
        printer.line(`${message} ${advice}`);
      })
      .finally(() => {
        busy = false;
        setImmediate(look);
      });
  };
  const off = app.onChange(look);
  look();
  return {
    dispose: () => {
      off();
      terminal.close();
    },
  };
}

async function askOne(
  app: App,
  printer: Printer,
  need: NeedsYou,
  ask: (question: string) => Promise<string>,
): Promise<void> {
  if (need.kind === "permission") {
    const { missionId, permissionId, subject, why, agentId } = need.card;
    printer.heading(`${agentId} asks: ${why}`);
    printer.line(`    ${subject}`);
    const word = await ask("Allow? [o]nce, for this [m]ission, [n]o: ");
    const answer =
      word.trim() === "o" ? "once" : word.trim() === "m" ? "mission" : "no";
    await app.perform(
      { kind: "permit", missionId, permissionId, answer },
      "human",
    );
    return;
  }
  const { card } = need;
  printer.heading(card.asks ?? card.title);
  printer.line(`    ${card.because}`);
  for (const { agentId, reason } of card.dissent)
    printer.line(`    dissent, ${agentId}: ${reason}`);
  const word = (
    await ask("[a]pprove, request [c]hanges, [r]eject, [o]verrule: ")
  ).trim();
  const verdict = VERDICTS[word];
  if (verdict === undefined) return;
  const reason =
    verdict === "approve" ? "" : (await ask("Why (on record): ")).trim();
  await app.perform(ruling(card, verdict, reason), "human");
}

const VERDICTS: Readonly<Record<string, HumanVerdict>> = {
  a: "approve",
  c: "requestChanges",
  r: "reject",
  o: "overrule",
};

function ruling(card: DecisionCard, verdict: HumanVerdict, reason: string) {
  const { missionId, decisionId, artifactHash } = card;
  return {
    kind: "rule" as const,
    missionId,
    decisionId,
    artifactHash,
    verdict,
    reason,
  };
}
