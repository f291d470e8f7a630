import { RoundtableError, toProblem } from "../core/errors.ts";
import type { Outcome, RecordedOf } from "../protocol/event.ts";
import type { EventLog } from "../ports.ts";
import { learnFrom } from "./learn.ts";
import { openJournal } from "./journal.ts";
import type { Line, LinePorts, Opening } from "./line.ts";
import { question } from "./question.ts";
import { review } from "./review.ts";
import { run } from "./run.ts";

/** Raised as the abort reason when the user stops one mission for good. */
export class MissionStopped extends Error {
  constructor() {
    super("The mission was stopped.");
    this.name = "MissionStopped";
  }
}

/**
 * Carries a mission to its end and records it: `MissionClosed`, or `MissionStalled` when something outside is in the way; then it
 * rejects with the problem and a later call goes on from the journal. When the signal is aborted for any reason but
 * {@link MissionStopped}, nothing is recorded: the mission is merely interrupted.
 */
export async function drive(
  opening: Opening,
  ports: LinePorts,
  signal: AbortSignal,
): Promise<Outcome> {
  const { missionId } = opening;
  const line: Line = {
    missionId,
    opened: opening.data,
    openedAt: opening.at,
    journal: openJournal(ports.log, missionId),
    ports,
    signal,
  };
  try {
    return await close(line, await jobOf(line));
  } catch (error) {
    if (signal.aborted) {
      if (!(signal.reason instanceof MissionStopped)) throw error;
      return close(line, {
        kind: "stopped",
        summary: "Stopped. Nothing more will be done; what was said is kept.",
      });
    }
    throw await stall(ports.log, missionId, error);
  }
}

/** Records that something outside is in the mission's way; resolves with it as a problem to throw. */
export async function stall(
  log: EventLog,
  missionId: string,
  error: unknown,
): Promise<RoundtableError> {
  const { code, message, next } = toProblem(error);
  await log.append({
    missionId,
    type: "MissionStalled",
    data: { problem: { code, message, next } },
    by: "hub",
  });
  return new RoundtableError(code, message, next, { cause: error });
}

function jobOf(line: Line): Promise<Outcome> {
  switch (line.opened.kind) {
    case "build":
      return run(line);
    case "review":
      return review(line);
    case "question":
      return question(line);
  }
}

/** Takes away what the mission made outside the log, then records the end. A branch is left only where a person may still want it. */
async function close(line: Line, outcome: Outcome): Promise<Outcome> {
  const { git, log } = line.ports;
  const { root } = line.opened.repo;
  const keepsBranch =
    outcome.kind === "branchLeft" || outcome.kind === "blocked";
  await git.clear(root, line.missionId, { keepBranch: keepsBranch });
  await learnFrom(log, line.missionId);
  const closed: RecordedOf<"MissionClosed"> = await log.append({
    missionId: line.missionId,
    type: "MissionClosed",
    data: { outcome },
    by: "hub",
    key: "MissionClosed",
  });
  return closed.data.outcome;
}
