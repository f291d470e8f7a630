import { isProblem } from "../core/errors.ts";
import type { ApprovalMode, Outcome } from "../protocol/event.ts";
import type { IntentInput } from "../protocol/intent.ts";
import { costLine, follow } from "./follow.ts";
import { createPrinter, type Printer } from "./print.ts";
import { openSession, type Session, type SessionOptions } from "./session.ts";

/** Flags of every command that starts or resumes a mission. */
export interface MissionOptions extends SessionOptions {
  readonly approve: ApprovalMode;
  readonly json?: boolean;
}

/** Exit codes: 0 done or accepted, 1 blocked or rejected, 2 could not run. */
export function exitCodeOf(outcome: Outcome): number {
  switch (outcome.kind) {
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

/** Opens a session, performs the intent, shows the mission to its end, and sums it up. */
export async function runMission(
  options: MissionOptions,
  intentFor: (session: Session) => IntentInput,
): Promise<number> {
  const session = await openSession(options);
  const printer = createPrinter(
    options.json === true ? process.stderr : process.stdout,
  );
  try {
    const { missionId } = await session.app.perform(
      intentFor(session),
      "human",
    );
    if (missionId === null) return 0;
    return await toTheEnd(session, missionId, printer, options);
  } finally {
    await session.dispose();
  }
}

/** Follows a mission to its end and prints what a person wants to know then. */
export async function toTheEnd(
  session: Session,
  missionId: string,
  printer: Printer,
  options: Pick<MissionOptions, "approve" | "json">,
): Promise<number> {
  const { app, ports } = session;
  const ask = options.approve === "ask" && process.stdin.isTTY;
  try {
    const outcome = await follow(app, ports.log, missionId, printer, {
      json: options.json === true,
      ask,
    });
    printer.heading(outcome.summary);
    printer.line(costLine(app, missionId));
    printer.line(`Log: ${app.logPlace} (mission ${missionId})`);
    return exitCodeOf(outcome);
  } catch (error) {
    if (isProblem(error)) throw error;
    printer.heading("Interrupted. Nothing is lost.");
    printer.line(`Go on with: roundtable resume --mission ${missionId}`);
    return 2;
  }
}
