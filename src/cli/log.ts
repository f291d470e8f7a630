import { RoundtableError } from "../core/errors.ts";
import { dollars } from "../core/money.ts";
import { createPrinter } from "./print.ts";
import { openSession } from "./session.ts";

/** Flags of `roundtable log`. */
export interface LogOptions {
  readonly repo: string;
  readonly mission?: string;
  readonly json?: boolean;
}

/** Lists the missions of a repository, or shows one in full; returns the exit code. */
export async function showLog(options: LogOptions): Promise<number> {
  const session = await openSession({ repo: options.repo });
  const printer = createPrinter(process.stdout);
  const { app, ports } = session;
  try {
    const { mission } = options;
    if (mission !== undefined && app.detail(mission) === null)
      throw new RoundtableError(
        "bad-intent",
        `There is no mission "${mission}" in this repository's log.`,
        "`roundtable log` lists the missions.",
      );
    if (options.json === true) {
      let after = 0;
      for (;;) {
        const page = ports.log.read({
          after,
          ...(mission !== undefined && { missionId: mission }),
        });
        for (const event of page) printer.line(JSON.stringify(event));
        const last = page.at(-1);
        if (last === undefined) return 0;
        after = last.seq;
      }
    }
    if (mission !== undefined) {
      for (const item of app.older(mission, Number.MAX_SAFE_INTEGER))
        printer.said(item);
      return 0;
    }
    const missions = app.snapshot(null).missions;
    if (missions.length === 0)
      printer.line(
        'Nothing yet. Start with: roundtable run "what you want done"',
      );
    for (const line of missions)
      printer.line(
        `${line.missionId}  ${line.outcome?.kind ?? line.status}  ${dollars(line.microUsd)}  ${line.goal.split("\n", 1)[0] ?? ""}`,
      );
    return 0;
  } finally {
    await session.dispose();
  }
}
