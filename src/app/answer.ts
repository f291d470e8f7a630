import { decide } from "../core/consensus/decide.ts";
import { fold } from "../core/consensus/decision.ts";
import { RoundtableError } from "../core/errors.ts";
import type { Intent } from "../protocol/intent.ts";
import type { Stage } from "./stage.ts";
import { known } from "./views.ts";

/** Records the human's word on a decision. Rejects with `stale-artifact`, `no-decision`, or `bad-intent` for a second and different one. */
export async function rule(
  { ports, views }: Stage,
  intent: Extract<Intent, { kind: "rule" }>,
  by: string,
): Promise<void> {
  const { missionId, decisionId, artifactHash, verdict, reason } = intent;
  if (verdict === "requestChanges" && reason.trim() === "")
    throw new RoundtableError(
      "bad-intent",
      "Asking for changes needs a word on what to change.",
      "Nothing was recorded; say what you want different.",
    );
  known(views, missionId);
  const state = fold(ports.log.mission(missionId), decisionId);
  const facts = decide(
    { type: "RuleAsHuman", artifactHash, verdict, reason, by },
    state,
  );
  await ports.log.appendAll(
    facts.map((fact) => ({
      ...fact,
      missionId,
      by,
      key: `HumanRuled/${decisionId}`,
    })),
  );
}

/** Records the human's answer to a request for permission that still waits; rejects with `bad-intent` when it does not. */
export async function permit(
  { ports, views }: Stage,
  { missionId, permissionId, answer }: Extract<Intent, { kind: "permit" }>,
  by: string,
): Promise<void> {
  const { permissions } = known(views, missionId).detail(0);
  if (!permissions.some((asked) => asked.permissionId === permissionId))
    throw new RoundtableError(
      "bad-intent",
      "This is not asked any more: it was answered, or withdrawn.",
      "Nothing was recorded; the conversation shows what became of it.",
    );
  await ports.log.append({
    missionId,
    type: "PermissionAnswered",
    data: { permissionId, answer, by },
    by,
    key: `PermissionAnswered/${permissionId}`,
  });
}
