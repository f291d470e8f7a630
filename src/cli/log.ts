import type { Shelved } from "../adapters/log/shelf.ts";
import { RoundtableError } from "../core/errors.ts";
import { dollars } from "../core/money.ts";
import { replayOf } from "../core/replay.ts";
import type { MissionLine } from "../protocol/panel.ts";
import { gather } from "./converse.ts";
import { openBook, type LogBook, type LogChoice } from "./logBook.ts";
import { createPrinter, type Printer } from "./print.ts";

/** Flags of `roundtable log`. */
export interface LogOptions extends LogChoice {
  readonly mission?: string;
  readonly json?: boolean;
}

/** Lists the missions of a repository, or shows one in full; returns the exit code. Whoever writes the log goes on undisturbed. */
export async function showLog(options: LogOptions): Promise<number> {
  const book = await openBook(options);
  const { mission, json } = options;
  try {
    const printer = createPrinter(process.stdout);
    if (json === true) await showEvents(book, mission);
    else if (mission === undefined) showMissions(book, printer);
    else await showMission(book, mission, printer);
    return 0;
  } finally {
    await book.dispose();
  }
}

async function showEvents(
  book: LogBook,
  missionId: string | undefined,
): Promise<void> {
  const print = (event: unknown): void => {
    process.stdout.write(`${JSON.stringify(event)}\n`);
  };
  if (missionId !== undefined) {
    (await book.mission(missionId)).forEach(print);
    return;
  }
  for (let after = 0; ;) {
    const page = book.log?.read({ after }) ?? [];
    page.forEach(print);
    const last = page.at(-1);
    if (last === undefined) return;
    after = last.seq;
  }
}

async function showMission(
  book: LogBook,
  missionId: string,
  printer: Printer,
): Promise<void> {
  const events = await book.mission(missionId);
  const conversation = gather((said) => {
    printer.said(said);
  });
  const view = replayOf(events)?.at(events.length);
  if (view === undefined)
    throw new RoundtableError(
      "bad-intent",
      `"${missionId}" is a conversation with an outside client, not a mission.`,
      `Its events can be read: roundtable log --mission ${missionId} --json`,
    );
  view.detail(Infinity).said.items.forEach(conversation.said);
  conversation.flush();
}

function showMissions({ log, shelved }: LogBook, printer: Printer): void {
  const rows = [
    ...(log?.missions() ?? []).flatMap((missionId) => {
      const events = log?.mission(missionId) ?? [];
      const view = replayOf(events)?.at(events.length);
      return view === undefined ? [] : [missionRow(view.line())];
    }),
    ...shelved
      .filter(({ kind }) => kind !== null)
      .map((mission) => shelvedRow(mission)),
  ];
  if (rows.length === 0)
    printer.line(
      'Nothing yet. Start with: roundtable run "what you want done"',
    );
  for (const { text } of rows.sort((a, b) => b.at - a.at)) printer.line(text);
}

interface Line {
  readonly at: number;
  readonly text: string;
}

function missionRow(mission: MissionLine): Line {
  const { missionId, kind, goal, openedAt, outcome, status } = mission;
  return row({
    missionId,
    kind,
    goal,
    openedAt,
    how: outcome?.kind ?? status,
    cost: dollars(mission.microUsd),
  });
}

function shelvedRow({ missionId, kind, goal, openedAt, shelf }: Shelved): Line {
  return row({
    missionId,
    kind: kind ?? "",
    goal: goal ?? "",
    openedAt,
    how: shelf === "archive" ? "archived" : "imported",
    cost: "",
  });
}

function row(line: {
  readonly missionId: string;
  readonly kind: string;
  readonly goal: string;
  readonly openedAt: number;
  readonly how: string;
  readonly cost: string;
}): Line {
  const { missionId, kind, goal, openedAt, how, cost } = line;
  const [day = "", time = ""] = new Date(openedAt).toISOString().split("T");
  return {
    at: openedAt,
    text: [
      missionId,
      `${day} ${time.slice(0, 5)}Z`,
      kind.padEnd(8),
      how.padEnd(10),
      cost.padStart(7),
      goal.split("\n", 1)[0] ?? "",
    ].join("  "),
  };
}
