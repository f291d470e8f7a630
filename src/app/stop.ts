import { RoundtableError } from "../core/errors.ts";
import { HUB_STREAM } from "../protocol/event.ts";
import type { Stage } from "./stage.ts";
import { known } from "./views.ts";

/** Ends one mission for good and takes away what it made; one that has ended stays as it is. */
export async function stop(
  { ports, views, runner }: Stage,
  missionId: string,
): Promise<void> {
  const mission = known(views, missionId).detail(0);
  if (runner.running(missionId)) {
    await runner.stop(missionId, "forGood");
    return;
  }
  // What has ended may have left a branch for its owner.
  if (mission.status === "closed") return;
  await ports.git.clear(mission.repoRoot, missionId, { keepBranch: false });
  await ports.log.append({
    missionId,
    type: "MissionClosed",
    data: {
      outcome: {
        kind: "stopped",
        summary: "Stopped. Nothing more will be done; what was said is kept.",
      },
    },
    by: "hub",
    key: "MissionClosed",
  });
}

/** The kill switch: no mission starts from here on, also after a restart, and all that run are interrupted. */
export async function pullStop(stage: Stage, by: string): Promise<void> {
  await switchTo(stage, "StopPulled", by);
  await stopAll(stage);
}

/** Lets missions start and resume again. */
export async function releaseStop(stage: Stage, by: string): Promise<void> {
  await switchTo(stage, "StopReleased", by);
}

/** Interrupts what runs and says so in each open mission, so that nobody takes it for running. */
async function stopAll({
  ports,
  views,
  runner,
  stopTasks,
}: Stage): Promise<void> {
  await runner.interruptAll();
  await stopTasks();
  const open = views.open().map((view) => view.line());
  await ports.log.appendAll(
    open.map(({ missionId }) => ({
      missionId,
      type: "MissionStalled" as const,
      data: {
        problem: {
          code: "stopped",
          message: "Everything was stopped.",
          next: "Nothing is lost. Release the stop, then resume the mission.",
        },
      },
      by: "hub",
    })),
  );
}

async function switchTo(
  { ports }: Stage,
  type: "StopPulled" | "StopReleased",
  by: string,
): Promise<void> {
  await ports.log.append({ missionId: HUB_STREAM, type, data: { by }, by });
}

/** What everyone gets who wants to start something while the switch is pulled. */
export function everythingStopped(): RoundtableError {
  return new RoundtableError(
    "stopped",
    "Everything is stopped.",
    "Nothing was started. Release the stop first, then start or resume.",
  );
}
