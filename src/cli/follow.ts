import type { App } from "../app.ts";
import type { Outcome } from "../protocol/event.ts";
import type { EventLog } from "../ports.ts";
import { dollars } from "../core/money.ts";
import { answerFromTerminal } from "./ask.ts";
import type { Printer } from "./print.ts";

/** How a mission is shown while it runs. */
export interface FollowOptions {
  readonly json: boolean;
  /** Ask the person at the terminal when they are needed. */
  readonly ask: boolean;
}

/**
 * Shows a mission until it ends: as lines for people, or each event as a line of JSON. The first Ctrl+C interrupts the mission, which
 * can then be resumed. Rejects with the mission's problem when it stalls.
 */
export async function follow(
  app: App,
  log: EventLog,
  missionId: string,
  printer: Printer,
  { json, ask }: FollowOptions,
): Promise<Outcome> {
  const abort = new AbortController();
  const interrupt = (): void => {
    abort.abort(new Error("interrupted"));
  };
  process.once("SIGINT", interrupt);
  const stopShowing = json
    ? showEvents(log, missionId)
    : showConversation(app, missionId, printer);
  const person = ask ? answerFromTerminal(app, printer) : undefined;
  try {
    return await app.ended(missionId, abort.signal);
  } finally {
    process.off("SIGINT", interrupt);
    stopShowing();
    person?.dispose();
  }
}

function showEvents(log: EventLog, missionId: string): () => void {
  const print = (event: unknown): void => {
    process.stdout.write(`${JSON.stringify(event)}\n`);
  };
  log.mission(missionId).forEach(print);
  return log.subscribe((events) => {
    for (const event of events) if (event.missionId === missionId) print(event);
  });
}

function showConversation(
  app: App,
  missionId: string,
  printer: Printer,
): () => void {
  let shown = 0;
  const show = (): void => {
    const items = app.detail(missionId)?.said.items ?? [];
    for (const item of items)
      if (item.seq > shown) {
        printer.said(item);
        shown = item.seq;
      }
  };
  show();
  const off = app.onChange(show);
  return () => {
    off();
    show();
  };
}

/** One line on what a mission cost. */
export function costLine(app: App, missionId: string): string {
  const spent = app.detail(missionId)?.spent;
  if (spent === undefined) return "";
  const input = spent.inputTokens + spent.cacheReadTokens;
  return `${String(spent.calls)} model calls, ${dollars(spent.microUsd)} of ${dollars(spent.capMicroUsd)}; ${String(input)} tokens in (${String(spent.cacheReadTokens)} from cache), ${String(spent.outputTokens)} out.`;
}
