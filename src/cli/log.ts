import { RoundtableError } from "../core/errors.ts";
import { dollars } from "../core/money.ts";
import type { MissionLine, Said } from "../protocol/panel.ts";
import { gather } from "./converse.ts";
import { createPrinter, type Printer } from "./print.ts";
import { openSession, type Session } from "./session.ts";

/** Flags of `roundtable log`. */
export interface LogOptions {
  readonly repo: string;
  readonly mission?: string;
  readonly json?: boolean;
}

/** Lists the missions of a repository, or shows one in full; returns the exit code. */
export async function showLog(options: LogOptions): Promise<number> {
  const session = await openSession({ repo: options.repo });
  const { mission } = options;
  try {
    if (mission !== undefined && session.app.detail(mission) === null)
      throw new RoundtableError(
        "bad-intent",
        `There is no mission "${mission}" in this repository's log.`,
        "`roundtable log` lists the missions.",
      );
    const printer = createPrinter(process.stdout);
    if (options.json === true) showEvents(session, mission);
    else if (mission === undefined) showMissions(session, printer);
    else showMission(session, mission, printer);
    return 0;
  } finally {
    await session.dispose();
  }
}

function showEvents({ ports }: Session, missionId: string | undefined): void {
  let after = 0;
  for (;;) {
    const page = ports.log.read({
      after,
      ...(missionId !== undefined && { missionId }),
    });
    for (const event of page)
      process.stdout.write(`${JSON.stringify(event)}\n`);
    const last = page.at(-1);
    if (last === undefined) return;
    after = last.seq;
  }
}

function showMission(
  { app }: Session,
  missionId: string,
  printer: Printer,
): void {
  const conversation = gather((said) => {
    printer.said(said);
  });
  const pages: (readonly Said[])[] = [];
  for (
    let page = app.older(missionId, Number.MAX_SAFE_INTEGER);
    page[0] !== undefined;
    page = app.older(missionId, page[0].seq)
  )
    pages.unshift(page);
  pages.flat().forEach(conversation.said);
  conversation.flush();
}

function showMissions({ app }: Session, printer: Printer): void {
  const { missions } = app.snapshot(null);
  if (missions.length === 0)
    printer.line(
      'Nothing yet. Start with: roundtable run "what you want done"',
    );
  for (const mission of missions) printer.line(missionRow(mission));
}

function missionRow(mission: MissionLine): string {
  const { missionId, kind, goal, openedAt, outcome, status, microUsd } =
    mission;
  const [day = "", time = ""] = new Date(openedAt).toISOString().split("T");
  return [
    missionId,
    `${day} ${time.slice(0, 5)}Z`,
    kind.padEnd(8),
    (outcome?.kind ?? status).padEnd(10),
    dollars(microUsd).padStart(7),
    goal.split("\n", 1)[0] ?? "",
  ].join("  ");
}
