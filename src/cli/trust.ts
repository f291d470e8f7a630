import type { LogReader } from "../adapters/log/readLog.ts";
import {
  viewTrust,
  type TrustOutcome,
  type TrustRow,
} from "../core/views/trust.ts";
import { HUB_STREAM, type RecordedOf } from "../protocol/event.ts";
import { openBook, type LogChoice } from "./logBook.ts";
import { createPrinter, type Printer } from "./print.ts";

/** Flags of `roundtable trust`. */
export interface TrustOptions extends LogChoice {
  readonly agent?: string;
  readonly json?: boolean;
}

/** Shows what outcomes have taught of each agent, with the last outcomes; returns the exit code. Whoever writes the log goes on undisturbed. */
export async function showTrust(options: TrustOptions): Promise<number> {
  const book = await openBook(options);
  try {
    const rows = viewTrust(
      book.log === undefined ? [] : lessonsOf(book.log),
    ).filter(
      ({ agentId }) => options.agent === undefined || agentId === options.agent,
    );
    if (options.json === true)
      process.stdout.write(`${JSON.stringify(rows)}\n`);
    else tell(rows, options.agent, createPrinter(process.stdout));
    return 0;
  } finally {
    await book.dispose();
  }
}

function tell(
  rows: readonly TrustRow[],
  agent: string | undefined,
  printer: Printer,
): void {
  if (rows.length === 0) {
    printer.line(
      `Nothing is learned yet${agent === undefined ? "" : ` of ${agent}`}. Trust comes from outcomes: what tests and verifiers show, what you rule, dismiss or fix, and what is reverted later.`,
    );
    return;
  }
  for (const row of rows) {
    printer.heading(`${row.agentId} · ${row.class} · ${row.lineage}`);
    const raised =
      row.class === "vote" ? "blocks what is bad" : "raises what is real";
    const quiet =
      row.class === "vote"
        ? "approves what is good"
        : "is quiet on what is not";
    printer.note(
      `${raised} ${share(row.sensitivity, row.sensitivityAtLeast, row.sensitivityAtMost)} · ${quiet} ${share(row.specificity, row.specificityAtLeast, row.specificityAtMost)}`,
    );
    printer.note(
      row.class === "vote"
        ? `its vote weighs ${logits(row.weight)} · ${many(row.outcomes)}`
        : `its finding counts ${logits(row.flagged)}, its silence ${logits(row.silent)} · ${many(row.outcomes)}`,
    );
    for (const outcome of row.last) printer.note(`- ${wordsOf(outcome)}`);
  }
  printer.line();
  printer.line(
    "Shares with the range they lie in with 90 % certainty; weights in logits, 0.85 before any outcome, 2.2 at most. docs/trust.md says how they come about.",
  );
}

/** One outcome in a line. */
function wordsOf({
  claim,
  place,
  source,
  flagged,
  real,
  at,
}: TrustOutcome): string {
  const day = new Date(at).toISOString().slice(0, 10);
  const vote = place === "";
  const said = vote
    ? `${flagged ? "blocked" : "approved"} what was ${real ? "bad" : "good"}`
    : `${flagged ? "raised" : "did not raise"} what was ${real ? "real" : "not real"}`;
  return `${day} ${flagged === real ? "right" : "wrong"}, ${said} (${source}): ${vote ? "" : `${place} `}${claim}`;
}

function share(mean: number, least: number, most: number): string {
  const percent = (perMille: number): string =>
    String(Math.round(perMille / 10));
  return `${percent(mean)} % (${percent(least)} to ${percent(most)})`;
}

function logits(milli: number): string {
  return (milli / 1000).toFixed(2);
}

function many(outcomes: number): string {
  return `${String(outcomes)} ${outcomes === 1 ? "outcome" : "outcomes"}`;
}

function* lessonsOf(log: LogReader): Generator<RecordedOf<"TrustLearned">> {
  for (let after = 0; ;) {
    const page = log.read({
      missionId: HUB_STREAM,
      types: ["TrustLearned"],
      after,
    });
    for (const event of page) if (event.type === "TrustLearned") yield event;
    const last = page.at(-1);
    if (last === undefined) return;
    after = last.seq;
  }
}
