import { once } from "node:events";
import { readDiscovery } from "../app.ts";
import { toProblem } from "../core/errors.ts";
import type { HubAddress } from "../protocol/hub.ts";
import { DEFAULT_SCOPES, type Scope } from "../protocol/peer.ts";
import { connectTo, readTargets, type Target } from "./networkConnect.ts";
import { curlMessage, curlMethod, writeHeader } from "./networkCurl.ts";
import { followNetwork } from "./networkLines.ts";
import { deskOf, scopesOf } from "./peerDesk.ts";
import { createPrinter, type Printer } from "./print.ts";
import { openSession, type Session, type SessionOptions } from "./session.ts";

/** Flags of `roundtable hub`. */
export interface HubOptions extends SessionOptions {
  readonly port?: number;
  /** A name of its own gives the hub a log of its own. */
  readonly name?: string;
  /** Hubs of this machine to connect to: `URL[=TOKENFILE][,URL…]`. */
  readonly connect?: string;
  /** What each hub grants the other, with commas between. */
  readonly scopes?: string;
  /** Time between pieces of the rehearsal's speech, ms. */
  readonly pace?: number;
  readonly json?: boolean;
}

/** Runs the hub until it is interrupted; returns the exit code. The first line of output is its address as JSON. */
export async function hub(options: HubOptions): Promise<number> {
  const { name, connect, port, pace, json } = options;
  const targets = connect === undefined ? [] : readTargets(connect);
  const scopes =
    options.scopes === undefined ? DEFAULT_SCOPES : scopesOf(options.scopes);
  const session = await openSession({
    ...options,
    ...(name !== undefined && { hubName: name }),
    ...(pace !== undefined && { paceMs: pace }),
  });
  const ended = Promise.race([
    once(process, "SIGINT"),
    once(process, "SIGTERM"),
  ]);
  const over = new AbortController();
  const undo: (() => unknown)[] = [];
  try {
    const address = await session.app.listen({
      name: name ?? "roundtable",
      ...(port !== undefined && { port }),
    });
    const isOfNetwork = name !== undefined || targets.length > 0;
    const header = isOfNetwork ? await writeHeader(address) : undefined;
    if (header !== undefined) undo.push(() => header.remove());
    process.stdout.write(`${JSON.stringify(address)}\n`);
    const printer = createPrinter(
      json === true ? process.stderr : process.stdout,
    );
    if (json !== true) {
      printer.line(`${address.name} listens on ${address.url}.`);
      printer.line(`The token is in ${address.tokenFile}.`);
      printer.line("Ctrl+C ends it.");
      undo.push(followNetwork(session.app, printer));
    }
    if (header !== undefined && json !== true)
      tellCurl(address, header.file, printer);
    await takeUp(session, isOfNetwork);
    const connecting = connectAll(
      { address, targets, scopes },
      printer,
      over.signal,
    );
    await Promise.race([ended, connecting]);
    await ended;
    over.abort(new Error("the hub ends"));
    await connecting;
    return 0;
  } finally {
    for (const one of undo.toReversed()) await one();
    await session.dispose();
  }
}

/** Links of before are taken up, and a hub with a name of its own has its coordinator from the start. */
async function takeUp({ app }: Session, isOfNetwork: boolean): Promise<void> {
  await app.peers.ask(isOfNetwork ? "peers/jobs" : "peers/list", {}, "human");
}

/** One after the other. A hub that cannot be connected to is told of; this one goes on. */
async function connectAll(
  {
    address,
    targets,
    scopes,
  }: {
    readonly address: HubAddress;
    readonly targets: readonly Target[];
    readonly scopes: readonly Scope[];
  },
  printer: Printer,
  over: AbortSignal,
): Promise<void> {
  if (targets.length === 0) return;
  const here = deskOf(await readDiscovery(address.tokenFile));
  for (const target of targets)
    try {
      const name = await connectTo(here, target, scopes, over);
      printer.line(`Connected to ${name}: both hubs showed the same words.`);
    } catch (error) {
      if (over.aborted) return;
      const { message, next } = toProblem(error);
      process.stderr.write(`roundtable: ${message}\n${next}\n`);
    }
}

function tellCurl(
  { url }: HubAddress,
  headerFile: string,
  printer: Printer,
): void {
  printer.line("Ask it from a shell:");
  for (const { line } of [
    curlMessage(url, headerFile, "coordinate What should we test first?"),
    curlMessage(url, headerFile, "status report"),
    curlMethod(url, headerFile, "peers/list"),
  ])
    printer.line(`  ${line}`);
}
