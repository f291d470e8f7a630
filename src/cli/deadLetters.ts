import type { DeadLetterLine } from "../protocol/deadLetters.ts";
import { deadLetterSource, type DeadLetterSource } from "./deadLetterSource.ts";
import { createPrinter } from "./print.ts";
import type { HubChoice } from "./runningHub.ts";
import { harmless } from "./text.ts";

/** Flags of `roundtable dead-letters`. */
export interface DeadLettersOptions extends HubChoice {
  readonly mailbox?: string;
  readonly json?: boolean;
}

/** Lists what could not be delivered; returns the exit code. */
export async function listDeadLetters(
  options: DeadLettersOptions,
): Promise<number> {
  return withSource(options, async (source) => {
    const printer = createPrinter(process.stdout);
    let count = 0;
    for (let after = 0; ;) {
      const page = await source.page(after, options.mailbox);
      for (const letter of page) {
        if (options.json === true)
          process.stdout.write(`${JSON.stringify(letter)}\n`);
        else printer.line(describe(letter));
      }
      count += page.length;
      const last = page.at(-1);
      if (last === undefined) break;
      after = last.no;
    }
    if (count === 0 && options.json !== true)
      printer.line(
        "No dead letters: every message was delivered, or is still on its way.",
      );
  });
}

/** Shows one with its tries and its payload; returns the exit code. */
export async function showDeadLetter(
  no: number,
  options: DeadLettersOptions,
): Promise<number> {
  return withSource(options, async (source) => {
    const letter = await source.get(no);
    if (options.json === true) {
      process.stdout.write(`${JSON.stringify(letter)}\n`);
      return;
    }
    const printer = createPrinter(process.stdout);
    printer.line(describe(letter));
    for (const { at, why } of letter.failures)
      printer.line(`  ${when(at)}  ${why}`);
    printer.line(`  ${JSON.stringify(letter.header)}`);
    process.stdout.write(`${harmless(letter.payload)}\n`);
  });
}

/** Sends one again; returns the exit code. */
export async function resendDeadLetter(
  no: number,
  options: DeadLettersOptions,
): Promise<number> {
  return withSource(options, async (source) => {
    await source.resend(no);
    createPrinter(process.stdout).line(
      `Dead letter ${String(no)} waits in its mailbox again.`,
    );
  });
}

/** Forgets one; returns the exit code. */
export async function dropDeadLetter(
  no: number,
  options: DeadLettersOptions,
): Promise<number> {
  return withSource(options, async (source) => {
    await source.drop(no);
    createPrinter(process.stdout).line(
      `Dead letter ${String(no)} is forgotten.`,
    );
  });
}

async function withSource(
  options: HubChoice,
  use: (source: DeadLetterSource) => Promise<void>,
): Promise<number> {
  const source = await deadLetterSource(options);
  try {
    await use(source);
    return 0;
  } finally {
    await source.dispose();
  }
}

function describe({
  no,
  mailbox,
  at,
  why,
  header,
  bytes,
  failures,
}: DeadLetterLine): string {
  const tries = `${String(failures.length)} tries`;
  return `${String(no).padStart(4)}  ${when(at)}  ${header.from ?? "?"} → ${mailbox}  ${header.id}  ${String(bytes)} bytes, ${tries}: ${why}`;
}

function when(at: number): string {
  return new Date(at).toISOString().slice(0, 19).replace("T", " ");
}
