import { lessonsOf } from "../core/learning/lessons.ts";
import { HUB_STREAM, type Draft } from "../protocol/event.ts";
import type { EventLog } from "../ports.ts";

/**
 * Records what the mission's outcomes teach, as far as they are known: at its end, and again whenever more becomes known. What was learned before is not
 * learned twice, also not after a crash. Lessons are in the hub's own stream, so that they outlive missions that are archived.
 */
export async function learnFrom(
  log: EventLog,
  missionId: string,
  reverted = false,
): Promise<void> {
  const drafts = lessonsOf(missionId, log.mission(missionId), reverted)
    .filter(({ key }) => log.find(HUB_STREAM, key) === undefined)
    .map(({ key, lesson }): Draft => ({
      missionId: HUB_STREAM,
      type: "TrustLearned",
      data: lesson,
      by: "hub",
      key,
    }));
  if (drafts.length > 0) await log.appendAll(drafts);
}
