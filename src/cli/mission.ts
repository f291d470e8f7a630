import { toProblem } from "../core/errors.ts";
import type { ApprovalMode, Outcome } from "../protocol/event.ts";
import type { IntentInput } from "../protocol/intent.ts";
import { follow, type FollowOptions, type Output } from "./follow.ts";
import { meetTeammates, teammatesOf } from "./peerTeam.ts";
import { createPrinter, type Printer } from "./print.ts";
import { putOnRecord } from "./record.ts";
import { openSession, type Session, type SessionOptions } from "./session.ts";
import { commandFor, goOnLater, sumUp } from "./summary.ts";

/** Flags of every command that starts or resumes a mission. */
export interface MissionOptions extends SessionOptions {
  /** False keeps an approved answer in the log alone. */
  readonly record?: boolean;
  /** Names of teammates' hubs whose agents vote too, with commas between them. */
  readonly with?: string;
  readonly json?: boolean;
}

/** Exit codes of missions that ended: 0 merged, left on a branch, accepted or answered; 1 blocked, rejected or stopped. */
function exitCodeOf({ kind }: Outcome): number {
  switch (kind) {
    case "merged":
    case "accepted":
    case "answered":
    case "branchLeft":
      return 0;
    case "blocked":
    case "rejected":
    case "stopped":
      return 1;
  }
}

/** Opens a session, performs the intent, shows the mission to its end, and sums it up; returns the exit code, 2 when it did not come to an end. */
export async function runMission(
  options: MissionOptions,
  intentFor: (session: Session) => IntentInput,
): Promise<number> {
  const teammates = teammatesOf(options.with);
  const session = await openSession(options);
  const output: Output = options.json === true ? "events" : "lines";
  const printer = createPrinter(
    output === "events" ? process.stderr : process.stdout,
  );
  try {
    await meetTeammates(session, teammates);
    const { missionId } = await session.app.perform(
      withTeammates(intentFor(session), teammates),
      "human",
    );
    if (missionId === null) return 0;
    return await toTheEnd(session, missionId, printer, output, () =>
      options.record === false
        ? Promise.resolve()
        : putOnRecord(session, missionId, printer),
    );
  } finally {
    await session.dispose();
  }
}

/** The intent with teammates in it, where it is one that takes any. */
export function withTeammates(
  intent: IntentInput,
  teammates: readonly string[],
): IntentInput {
  if (teammates.length === 0) return intent;
  switch (intent.kind) {
    case "build":
    case "question":
    case "review":
      return { ...intent, peers: [...teammates] };
    default:
      return intent;
  }
}

/** Follows a mission to its end and prints what a person wants to know then; `before` prints what belongs above it. Rejects with the problem when it stalls. */
export async function toTheEnd(
  session: Session,
  missionId: string,
  printer: Printer,
  output: Output,
  before: () => Promise<void> = () => Promise.resolve(),
): Promise<number> {
  const answers = whoAnswers(approvalOf(session, missionId));
  if (answers === "nobody")
    process.stderr.write(
      "Nobody can answer here, because standard input is no terminal. At the first question the mission stops and can be resumed; --approve auto or deny answers by policy.\n",
    );
  try {
    const followed = await follow(session, missionId, printer, {
      output,
      answers,
    });
    if (followed.kind !== "ended") {
      const need = followed.kind === "waits" ? followed.need : undefined;
      goOnLater(session, missionId, printer, need);
      return 2;
    }
    await before();
    sumUp(session, missionId, followed.outcome, printer);
    return exitCodeOf(followed.outcome);
  } catch (error) {
    const { message, next } = toProblem(error);
    process.stderr.write(
      `\nroundtable: ${message}\n${next}\nGo on with: ${commandFor("resume", session, missionId)}\n`,
    );
    return 2;
  }
}

function whoAnswers(approve: ApprovalMode): FollowOptions["answers"] {
  if (approve !== "ask") return "policy";
  return process.stdin.isTTY ? "person" : "nobody";
}

/** A mission keeps the answer it was started with, also when it is resumed. */
function approvalOf({ ports }: Session, missionId: string): ApprovalMode {
  const [first] = ports.log.mission(missionId);
  return first?.type === "MissionOpened" ? first.data.approve : "ask";
}
