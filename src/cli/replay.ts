import { setTimeout as after } from "node:timers/promises";
import { RoundtableError } from "../core/errors.ts";
import { dollars } from "../core/money.ts";
import { pauseBetween, replayOf, type Replay } from "../core/replay.ts";
import type { MissionDetail } from "../protocol/panel.ts";
import { gather, type Conversation } from "./converse.ts";
import { openBook, type LogChoice } from "./logBook.ts";
import { createPrinter, type Printer } from "./print.ts";

/** Flags of `roundtable replay`. */
export interface ReplayOptions extends LogChoice {
  /** 1 = as it happened; `Infinity` = at once. */
  readonly speed: number;
  /** An event's number in the log, or a time; the last and the first shown. */
  readonly until?: Moment;
  readonly from?: Moment;
  readonly json?: boolean;
}

/** A place in a conversation. */
export type Moment = { readonly seq: number } | { readonly at: number };

/** Shortest pause worth telling that it was cut, ms. */
const TOLD_MS = 60_000;

/** Plays a conversation again, as it was, and says how it stood at the end of what was played; returns the exit code. Ctrl+C ends it at the event it has reached. */
export async function replay(
  missionId: string,
  options: ReplayOptions,
): Promise<number> {
  const book = await openBook(options);
  const abort = new AbortController();
  const interrupt = (): void => {
    abort.abort();
  };
  process.once("SIGINT", interrupt);
  process.once("SIGTERM", interrupt);
  try {
    const played = replayOf(await book.mission(missionId));
    if (played === undefined) throw notAMission(missionId);
    const out = options.json === true ? jsonOut() : linesOut();
    const reached = await play(played, options, out, abort.signal);
    out.end(played, reached, abort.signal.aborted);
    return 0;
  } finally {
    process.off("SIGINT", interrupt);
    process.off("SIGTERM", interrupt);
    await book.dispose();
  }
}

/** Where a replay is shown. */
interface Out {
  readonly step: (played: Replay, step: number) => void;
  /** Before a pause: what is held back is shown; `cut` is what was left out of it, ms. */
  readonly pause: (cut: number) => void;
  readonly end: (played: Replay, step: number, interrupted: boolean) => void;
}

async function play(
  played: Replay,
  { speed, from, until }: ReplayOptions,
  out: Out,
  signal: AbortSignal,
): Promise<number> {
  const { events } = played;
  const last =
    until === undefined
      ? events.length
      : Math.max(1, events.filter((event) => isUpTo(event, until)).length);
  const first =
    from === undefined
      ? 1
      : events.filter((event) => !isFrom(event, from)).length + 1;
  let reached = Math.min(first - 1, last);
  for (let step = first; step <= last && !signal.aborted; step += 1) {
    const at = events[step - 1]?.at ?? 0;
    if (step > first) {
      const { ms, cut } = pauseBetween(events[step - 2]?.at ?? at, at, speed);
      if (ms > 0) {
        out.pause(cut);
        await after(ms, undefined, { signal }).catch(() => undefined);
      }
    }
    if (isAborted(signal)) break;
    out.step(played, step);
    reached = step;
  }
  return Math.max(1, reached);
}

/** Asked again after a pause: it may have changed meanwhile. */
function isAborted(signal: AbortSignal): boolean {
  return signal.aborted;
}

function isUpTo(
  event: { readonly seq: number; readonly at: number },
  moment: Moment,
): boolean {
  return "seq" in moment ? event.seq <= moment.seq : event.at <= moment.at;
}

function isFrom(
  event: { readonly seq: number; readonly at: number },
  moment: Moment,
): boolean {
  return "seq" in moment ? event.seq >= moment.seq : event.at >= moment.at;
}

function linesOut(): Out {
  const printer = createPrinter(process.stdout);
  const conversation: Conversation = gather((said) => {
    printer.said(said);
  });
  return {
    step: (played, step) => {
      const seq = played.events[step - 1]?.seq;
      const [said] = played.at(step).detail(1).said.items;
      // Most events say nothing to people.
      if (said !== undefined && said.seq === seq) conversation.said(said);
    },
    pause: (cut) => {
      conversation.flush();
      if (cut >= TOLD_MS)
        printer.line(`         … ${duration(cut)} left out of a pause …`);
    },
    end: (played, step, interrupted) => {
      conversation.flush();
      tellState(played, step, interrupted, printer);
    },
  };
}

function jsonOut(): Out {
  const print = (value: unknown): void => {
    process.stdout.write(`${JSON.stringify(value)}\n`);
  };
  return {
    step: ({ events }, step) => {
      print(events[step - 1]);
    },
    pause: () => undefined,
    end: (played, step) => {
      const { said: _, ...state } = played.at(step).detail(0);
      print({ replayedTo: played.events[step - 1]?.seq, state });
    },
  };
}

function tellState(
  played: Replay,
  step: number,
  interrupted: boolean,
  printer: Printer,
): void {
  const { events } = played;
  const event = events[step - 1];
  const mission = played.at(step).detail(0);
  const when = new Date(event?.at ?? 0).toISOString();
  printer.heading(
    `${interrupted ? "Ended here" : "As it stood"} after event ${String(event?.seq)} (${String(step)} of ${String(events.length)}), ${when}`,
  );
  for (const line of stateLines(mission)) printer.line(line);
}

function stateLines(mission: MissionDetail): readonly string[] {
  const { status, stage, attempt, outcome, spent, decisions, problem } =
    mission;
  const decision = decisions.at(-1);
  return [
    `Status:   ${status}${outcome === null ? "" : ` (${outcome.kind}: ${outcome.summary})`}`,
    `Stage:    ${stage}, attempt ${String(attempt)}`,
    ...(problem === null ? [] : [`Problem:  ${problem.message}`]),
    decision === undefined
      ? "Decision: none yet"
      : `Decision: ${decision.title}: ${decision.phase}${decision.asks === null ? "" : ", waits for the human"}${decision.ruling === null ? "" : `, ${decision.ruling.verdict} by ${decision.ruling.by}`}`,
    `Cost:     ${dollars(spent.microUsd)} of ${dollars(spent.capMicroUsd)}, ${String(spent.calls)} model calls`,
  ];
}

/** A time for people, in its two largest units. */
function duration(ms: number): string {
  const seconds = Math.round(ms / 1000);
  const parts = [
    [Math.floor(seconds / 86_400), "d"],
    [Math.floor(seconds / 3600) % 24, "h"],
    [Math.floor(seconds / 60) % 60, "min"],
    [seconds % 60, "s"],
  ] as const;
  return parts
    .filter(([n]) => n > 0)
    .slice(0, 2)
    .map(([n, unit]) => `${String(n)} ${unit}`)
    .join(" ");
}

function notAMission(missionId: string): RoundtableError {
  return new RoundtableError(
    "bad-intent",
    `"${missionId}" is a conversation with an outside client, not a mission.`,
    `Its events can be read: roundtable log --mission ${missionId} --json`,
  );
}
