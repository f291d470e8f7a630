import type { PanelSnapshot } from "../protocol/panel.ts";
import { t } from "./text.ts";

/** What a listener should hear of the step from one snapshot to the next: summaries only, empty when nothing of weight happened. */
export function announcement(
  before: PanelSnapshot | null,
  after: PanelSnapshot,
): string {
  const now = after.open;
  // A replay tells what was, not what is; its bar says where it is.
  if (now === null || after.replay !== undefined) return "";
  const was =
    before?.replay === undefined && before?.open?.missionId === now.missionId
      ? before.open
      : undefined;
  const news: string[] = [];
  if (was !== undefined && was.attempt !== now.attempt)
    news.push(t("announce.attempt", String(now.attempt)));
  if (was !== undefined && was.stage !== now.stage)
    news.push(t("announce.stage", t(`stageLong.${now.stage}`)));
  for (const card of now.decisions) {
    const asked = was?.decisions.find(
      (other) => other.decisionId === card.decisionId,
    );
    if (card.asks !== null && (asked === undefined || asked.asks === null))
      news.push(t("announce.asks", card.asks));
  }
  for (const card of now.permissions) {
    const known = was?.permissions.some(
      (other) => other.permissionId === card.permissionId,
    );
    const agent = now.agents.find((other) => other.agentId === card.agentId);
    if (known !== true)
      news.push(t("announce.permission", agent?.name ?? card.agentId));
  }
  if (now.problem !== null && was?.problem?.message !== now.problem.message)
    news.push(t("announce.problem", now.problem.message));
  if (now.outcome !== null && was !== undefined && was.outcome === null)
    news.push(t("announce.outcome", now.outcome.summary));
  return news.join(" ");
}
