import { toProblem } from "../core/errors.ts";
import { learnFrom } from "../mission/learn.ts";
import type { RepoRef } from "../protocol/event.ts";
import type { AppPorts } from "./appPorts.ts";

/** How long after a merge a revert says that the change was bad, ms. */
const REVERT_MS = 30 * 24 * 60 * 60_000;
/** Missions that are looked at, the newest. */
const MOST_MISSIONS = 200;

/**
 * Learns what became of earlier missions over this repository since they ended: a merge that was reverted within 30 days, and what people said of
 * findings when a crash came before it was learned. A new mission does not depend on it, so trouble is only noted.
 */
export async function learnFromPast(
  {
    log,
    git,
    clock,
    textLog,
  }: Pick<AppPorts, "log" | "git" | "clock" | "textLog">,
  repo: RepoRef,
): Promise<void> {
  try {
    const since = clock.now() - REVERT_MS;
    const past = log
      .opened({ limit: MOST_MISSIONS })
      .filter(({ isClosed }) => isClosed)
      .map(({ missionId }) => missionId);
    const merges = past.flatMap((missionId) => {
      const merged = log.last(missionId, ["Merged"]);
      return merged?.type === "Merged" && merged.at >= since ? [merged] : [];
    });
    const reverts =
      merges.length === 0
        ? []
        : await git.reverts(repo.root, repo.commit, since);
    for (const { missionId, data, at } of merges)
      if (
        reverts.some(
          (revert) =>
            revert.commit === data.commit && revert.at - at <= REVERT_MS,
        )
      )
        await learnFrom(log, missionId, true);
    for (const missionId of past)
      if (log.last(missionId, ["FindingDismissed", "FindingSettled"]))
        await learnFrom(log, missionId);
  } catch (error) {
    textLog.warn("what became of earlier missions could not be learned", {
      reason: toProblem(error).message,
    });
  }
}
