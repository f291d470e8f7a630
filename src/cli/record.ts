import { toProblem } from "../core/errors.ts";
import type { Printer } from "./print.ts";
import type { Session } from "./session.ts";

/** Puts the answer of a question that was approved on record in the repository, and says where; does nothing for other missions. Where it cannot be written, the answer is in the log all the same. */
export async function putOnRecord(
  { app }: Session,
  missionId: string,
  printer: Printer,
): Promise<void> {
  const mission = app.detail(missionId);
  if (mission?.outcome?.kind !== "answered") return;
  try {
    await app.perform({ kind: "recordDecision", missionId }, "human");
    printer.line();
    printer.line(`On record: ${app.detail(missionId)?.record ?? ""}`);
  } catch (error) {
    const { message, next } = toProblem(error);
    process.stderr.write(
      `\nroundtable: The answer is in the log, but not on record: ${message}\n${next}\n`,
    );
  }
}
