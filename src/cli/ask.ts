import { createInterface } from "node:readline/promises";
import type { NeedsYou } from "../app.ts";
import { toProblem } from "../core/errors.ts";
import type { DecisionCard, PermissionCard } from "../protocol/panel.ts";
import type { HumanVerdict } from "../protocol/consensus.ts";
import type { Printer } from "./print.ts";
import type { Session } from "./session.ts";
import { harmless } from "./text.ts";

/** Where questions go, and what happens when the person ends it with Ctrl+C or Ctrl+D. */
export interface TerminalOptions {
  readonly output: NodeJS.WriteStream;
  readonly interrupt: () => void;
}

interface Desk {
  readonly session: Session;
  readonly printer: Printer;
  readonly ask: (question: string) => Promise<string>;
}

/** Asks the person at the terminal for everything of one mission that waits for them, one thing at a time; returns the way to stop. */
export function answerFromTerminal(
  session: Session,
  missionId: string,
  printer: Printer,
  { output, interrupt }: TerminalOptions,
): () => void {
  const { app } = session;
  const terminal = createInterface({ input: process.stdin, output });
  const closed = new AbortController();
  // The terminal takes Ctrl+C for itself while it reads a line.
  terminal.on("SIGINT", interrupt);
  terminal.on("close", interrupt);
  const desk: Desk = {
    session,
    printer,
    ask: (question) => terminal.question(question, { signal: closed.signal }),
  };
  let busy = false;
  const look = (): void => {
    const next = app
      .needsYou()
      .find(({ card }) => card.missionId === missionId);
    if (busy || next === undefined || closed.signal.aborted) return;
    busy = true;
    answer(desk, next)
      .catch((error: unknown) => {
        if (closed.signal.aborted) return;
        const { message, next: advice } = toProblem(error);
        printer.line(`${message} ${advice}`);
      })
      .finally(() => {
        busy = false;
        setImmediate(look);
      });
  };
  const off = app.onChange(look);
  look();
  return () => {
    off();
    terminal.off("close", interrupt);
    closed.abort();
    terminal.close();
  };
}

async function answer(desk: Desk, need: NeedsYou): Promise<void> {
  await (need.kind === "permission"
    ? answerPermission(desk, need.card)
    : answerRuling(desk, need.card));
}

const PERMITS = { o: "once", m: "mission", n: "no" } as const;

async function answerPermission(
  { session, printer, ask }: Desk,
  { missionId, permissionId, subject, why, agentId }: PermissionCard,
): Promise<void> {
  printer.heading(`${agentId} asks: ${why}`);
  printer.note(subject);
  const word = await ask("Allow? [o]nce, for this [m]ission, [n]o: ");
  const given = letterOf(PERMITS, word);
  if (given === undefined) return;
  await session.app.perform(
    { kind: "permit", missionId, permissionId, answer: given },
    "human",
  );
}

const VERDICTS = {
  a: "approve",
  c: "requestChanges",
  r: "reject",
  o: "overrule",
} as const satisfies Record<string, HumanVerdict>;

async function answerRuling(desk: Desk, card: DecisionCard): Promise<void> {
  const { session, printer, ask } = desk;
  printer.heading(card.asks ?? card.title);
  printer.note(card.because);
  for (const { agentId, reason } of card.dissent)
    printer.note(`dissent, ${agentId}: ${reason}`);
  const look = card.subject === "change" ? "show the [d]iff, " : "";
  const word = await ask(
    `${look}[a]pprove, request [c]hanges, [r]eject, [o]verrule: `,
  );
  if (look !== "" && word.trim().toLowerCase() === "d") {
    await showDiff(desk, card.missionId);
    return;
  }
  const verdict = letterOf(VERDICTS, word);
  if (verdict === undefined) return;
  const { missionId, decisionId, artifactHash } = card;
  const reason =
    verdict === "approve" ? "" : (await ask("Why (on record): ")).trim();
  await session.app.perform(
    { kind: "rule", missionId, decisionId, artifactHash, verdict, reason },
    "human",
  );
}

async function showDiff(
  { session, printer }: Desk,
  missionId: string,
): Promise<void> {
  const mission = session.app.detail(missionId);
  if (mission?.change == null) return;
  const { base, commit, tree } = mission.change;
  const { diff } = await session.ports.git.change(
    mission.repoRoot,
    base,
    commit ?? tree,
  );
  printer.diff(diff);
}

/** What the first letter of an answer stands for; undefined asks again. */
function letterOf<T>(
  words: Readonly<Record<string, T>>,
  answered: string,
): T | undefined {
  const letter = harmless(answered).trim().charAt(0).toLowerCase();
  return Object.hasOwn(words, letter) ? words[letter] : undefined;
}
