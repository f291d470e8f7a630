import { createInterface } from "node:readline/promises";
import type { Pairing, PeerLine } from "../protocol/peers.ts";
import { until, type PeerDesk } from "./peerDesk.ts";
import { createPrinter } from "./print.ts";
import { harmless } from "./text.ts";

/** How a pairing ended here. */
export type Paired =
  | { readonly kind: "paired"; readonly peer: PeerLine }
  | { readonly kind: "refused" };

/** Who compares the words. */
export interface Compares {
  /** Says yes without asking. */
  readonly yes?: boolean;
  readonly json?: boolean;
}

/** Shows the words of a pairing, asks whether both people see the same, and waits for what becomes of it. Where nobody can be asked it says how to answer, and waits. */
export async function comparePairing(
  desk: PeerDesk,
  pairing: Pairing,
  { yes, json }: Compares,
  signal: AbortSignal,
): Promise<Paired> {
  const { pairingId, hubId, name, words } = pairing;
  const printer = createPrinter(
    json === true ? process.stderr : process.stdout,
  );
  if (json === true) process.stdout.write(`${JSON.stringify({ pairing })}\n`);
  printer.line(
    `${harmless(name)} wants to pair. It may ${list(pairing.scopes)} here, and lets us ${list(pairing.theirs)} there.`,
  );
  printer.line(`Words: ${words.join(" ")}`);
  if (yes === true)
    printer.line(
      "Taken as the same, because --yes was said: nobody compared them.",
    );
  const answer =
    yes === true
      ? true
      : await answerFrom(words.join(" "), pairingId, json === true, signal);
  if (answer !== undefined)
    await desk.ask("peers/confirm", { pairingId, same: answer });
  if (answer === false) return { kind: "refused" };
  printer.line(`Waiting for the answer at ${harmless(name)}.`);
  return until(async () => {
    const shown = await desk.shown();
    const peer = shown.peers.find(
      (one) => one.hubId === hubId && one.state !== "revoked",
    );
    const waits = shown.pairings.some((one) => one.pairingId === pairingId);
    if (waits) return undefined;
    return peer === undefined ? { kind: "refused" } : { kind: "paired", peer };
  }, signal);
}

/** Undefined where standard input is no terminal: then it is answered from another one. */
async function answerFrom(
  words: string,
  pairingId: string,
  json: boolean,
  signal: AbortSignal,
): Promise<boolean | undefined> {
  if (!process.stdin.isTTY) {
    process.stderr.write(
      `Nobody can answer here. When both see the same words: roundtable peers confirm ${pairingId} (or, when not, with --differ)\n`,
    );
    return undefined;
  }
  const terminal = createInterface({
    input: process.stdin,
    output: json ? process.stderr : process.stdout,
  });
  // The terminal takes Ctrl+C for itself while it reads a line.
  terminal.once("SIGINT", () => process.emit("SIGINT"));
  try {
    const said = await terminal.question(`Do both see: ${words}? [y/N] `, {
      signal,
    });
    return /^y(?:es)?$/i.test(said.trim());
  } finally {
    terminal.close();
  }
}

function list(words: readonly string[]): string {
  return words.length === 0 ? "do nothing" : words.join(", ");
}

/** Says how it ended; returns the exit code. */
export function tellPaired(paired: Paired, json: boolean): number {
  if (json) process.stdout.write(`${JSON.stringify(paired)}\n`);
  else
    createPrinter(process.stdout).line(
      paired.kind === "paired"
        ? `Paired with ${harmless(paired.peer.name)}.`
        : "Not paired: one side said no, or it took too long. Nothing was granted.",
    );
  return paired.kind === "paired" ? 0 : 1;
}

/** A signal that ends what is waited for when the person does, or after `ms`. */
export function interruptible(ms: number): {
  readonly signal: AbortSignal;
  done(): void;
} {
  const over = new AbortController();
  const interrupt = (): void => {
    over.abort(new Error("interrupted"));
  };
  process.once("SIGINT", interrupt);
  process.once("SIGTERM", interrupt);
  return {
    signal: AbortSignal.any([over.signal, AbortSignal.timeout(ms)]),
    done: () => {
      process.off("SIGINT", interrupt);
      process.off("SIGTERM", interrupt);
    },
  };
}
