import * as vscode from "vscode";
import type { HumanVerdict } from "../protocol/consensus.ts";
import type { DecisionCard } from "../protocol/panel.ts";
import type { Room } from "./room.ts";

/** Carries the human's word to the app: for the decision named, or the one that waits, or one picked of several. */
export async function ruleOn(
  room: Room,
  verdict: HumanVerdict,
  missionId?: string,
  decisionId?: string,
): Promise<void> {
  const app = await room.app();
  const waiting = app
    .needsYou()
    .flatMap((need) => (need.kind === "ruling" ? [need.card] : []))
    .filter(
      (card) =>
        (missionId === undefined || card.missionId === missionId) &&
        (decisionId === undefined || card.decisionId === decisionId),
    );
  const card = await pick(waiting);
  if (card === undefined) {
    if (waiting.length === 0)
      void vscode.window.showInformationMessage(
        "No decision is waiting for you.",
      );
    return;
  }
  if (!verdictsOn(card).includes(verdict)) {
    await offerInstead(room, verdict, card);
    return;
  }
  const reason = await reasonFor(verdict, card);
  if (reason === undefined) return;
  await app.perform(
    {
      kind: "rule",
      missionId: card.missionId,
      decisionId: card.decisionId,
      artifactHash: card.artifactHash,
      verdict,
      reason,
    },
    "human",
  );
}

/** What the human can say on a card, the expected first: going on against objections is an overruling, never a plain approval. */
export function verdictsOn({
  phase,
  dissent,
}: DecisionCard): readonly HumanVerdict[] {
  const objected =
    phase === "blocked" || (phase === "escalated" && dissent.length > 0);
  return objected
    ? ["requestChanges", "overrule", "reject"]
    : ["approve", "requestChanges", "reject"];
}

/** Says why a verdict does not fit, and offers the one that does. */
async function offerInstead(
  room: Room,
  verdict: HumanVerdict,
  { missionId, decisionId }: DecisionCard,
): Promise<void> {
  const [why, button, instead] =
    verdict === "approve"
      ? ([
          "The team objects, so going on means overruling it, with a reason.",
          "Overrule the Team…",
          "overrule",
        ] as const)
      : ([
          "The team does not object, so there is nothing to overrule.",
          "Approve",
          "approve",
        ] as const);
  const picked = await vscode.window.showWarningMessage(why, button);
  if (picked === button) await ruleOn(room, instead, missionId, decisionId);
}

async function pick(
  cards: readonly DecisionCard[],
): Promise<DecisionCard | undefined> {
  if (cards.length < 2) return cards[0];
  const picked = await vscode.window.showQuickPick(
    cards.map((card) => ({
      label: card.title,
      description: card.asks ?? "",
      detail: card.because,
      card,
    })),
    { title: "Which decision?" },
  );
  return picked?.card;
}

async function reasonFor(
  verdict: HumanVerdict,
  card: DecisionCard,
): Promise<string | undefined> {
  if (verdict === "approve") return "";
  const required = verdict !== "reject";
  return vscode.window.showInputBox({
    title:
      verdict === "requestChanges"
        ? `Request changes: ${card.title}`
        : verdict === "overrule"
          ? `Overrule the team: ${card.title}`
          : `Reject: ${card.title}`,
    prompt: required
      ? "Why? The team works with it, and it stays on record."
      : "Why? Optional; it stays on record.",
    ignoreFocusOut: true,
    validateInput: (text) =>
      required && text.trim() === "" ? "Say why." : undefined,
  });
}
