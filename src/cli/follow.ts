import type { NeedsYou } from "../app.ts";
import type { Outcome } from "../protocol/event.ts";
import type { Said } from "../protocol/panel.ts";
import { answerFromTerminal } from "./ask.ts";
import { gather } from "./converse.ts";
import type { Printer } from "./print.ts";
import type { Session } from "./session.ts";

/** What goes to standard output: lines for people, each event as a line of JSON, or one JSON document at the end. In the last two cases lines for people go to standard error. */
export type Output = "lines" | "events" | "document";

/** How a mission is shown while it runs. */
export interface FollowOptions {
  /** What is seen of it while it runs; a report is made when it has ended. */
  readonly output: Output;
  /** Who answers when a human is needed: the person at the terminal, a policy that the mission carries, or nobody. */
  readonly answers: "person" | "policy" | "nobody";
}

/** Why following ended. Interrupted and waiting missions can be resumed. */
export type Followed =
  | { readonly kind: "ended"; readonly outcome: Outcome }
  | { readonly kind: "interrupted" }
  | { readonly kind: "waits"; readonly need: NeedsYou };

/**
 * Shows a mission until it ends, until the first Ctrl+C (the second kills the process), or until a human is needed and nobody is
 * there. Rejects with the mission's problem when it stalls.
 */
export async function follow(
  session: Session,
  missionId: string,
  printer: Printer,
  { output, answers }: FollowOptions,
): Promise<Followed> {
  const { app } = session;
  const abort = new AbortController();
  let why: Followed = { kind: "interrupted" };
  const letGo = (because: Followed): void => {
    if (abort.signal.aborted) return;
    why = because;
    abort.abort(new Error("no longer followed"));
  };
  const interrupt = (): void => {
    letGo({ kind: "interrupted" });
  };
  process.once("SIGINT", interrupt);
  process.once("SIGTERM", interrupt);
  const stopShowing =
    output === "events"
      ? showEvents(session, missionId)
      : showConversation(session, missionId, printer, answers === "person");
  const stopAnswering =
    answers === "person"
      ? answerFromTerminal(session, missionId, printer, {
          output: output === "lines" ? process.stdout : process.stderr,
          interrupt,
        })
      : answers === "nobody"
        ? watchForNeeds(session, missionId, (need) => {
            letGo({ kind: "waits", need });
          })
        : () => undefined;
  try {
    const outcome = await app.ended(missionId, abort.signal);
    return { kind: "ended", outcome };
  } catch (error) {
    if (abort.signal.aborted) return why;
    throw error;
  } finally {
    process.off("SIGINT", interrupt);
    process.off("SIGTERM", interrupt);
    stopAnswering();
    stopShowing();
  }
}

function watchForNeeds(
  { app }: Session,
  missionId: string,
  tell: (need: NeedsYou) => void,
): () => void {
  const look = (): void => {
    const need = app
      .needsYou()
      .find(({ card }) => card.missionId === missionId);
    if (need !== undefined) tell(need);
  };
  look();
  return app.onChange(look);
}

function showEvents({ ports }: Session, missionId: string): () => void {
  const print = (event: unknown): void => {
    process.stdout.write(`${JSON.stringify(event)}\n`);
  };
  ports.log.mission(missionId).forEach(print);
  return ports.log.subscribe((events) => {
    for (const event of events) if (event.missionId === missionId) print(event);
  });
}

function showConversation(
  { app }: Session,
  missionId: string,
  printer: Printer,
  personAnswers: boolean,
): () => void {
  const nobodyVotes = app.detail(missionId)?.agents.length === 0;
  const isShown = ({ kind, to }: Said): boolean => {
    // How it ends, and what is in the way, is said last, where a person looks for it.
    if (kind === "outcome" || kind === "problem") return false;
    if (nobodyVotes && (kind === "system" || kind === "tally")) return false;
    // What a person is asked is said when they are asked.
    return !personAnswers || kind === "message" || to !== "human";
  };
  const conversation = gather((said) => {
    printer.said(said);
  });
  let shown = 0;
  const show = (): void => {
    for (const item of app.detail(missionId)?.said.items ?? []) {
      if (item.seq <= shown) continue;
      shown = item.seq;
      if (isShown(item)) conversation.said(item);
    }
  };
  show();
  const off = app.onChange(show);
  return () => {
    off();
    show();
    conversation.flush();
  };
}
