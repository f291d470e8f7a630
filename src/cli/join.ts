import { peerDesk, scopesOf, until } from "./peerDesk.ts";
import {
  comparePairing,
  interruptible,
  tellPaired,
  type Compares,
} from "./peerPairing.ts";
import { createPrinter } from "./print.ts";
import type { HubChoice } from "./runningHub.ts";

/** Flags of `roundtable join`. */
export interface JoinOptions extends HubChoice, Compares {
  readonly scopes?: string;
}

/** Time for the people to compare words, ms. */
const COMPARE_MS = 10 * 60_000;

/** Takes an invitation, a link or a code, and sees it through to the pairing; returns the exit code: 1 when somebody said no. */
export async function join(
  invitation: string,
  options: JoinOptions,
): Promise<number> {
  const { scopes, json } = options;
  const wanted = {
    invitation,
    ...(scopes !== undefined && { scopes: scopesOf(scopes) }),
  };
  const desk = await peerDesk(options);
  const before = new Set(
    (await desk.shown()).pairings.map(({ pairingId }) => pairingId),
  );
  await desk.ask("peers/join", wanted);
  const wait = interruptible(COMPARE_MS);
  try {
    const pairing = await until(async () => {
      const { pairings } = await desk.shown();
      return pairings.find(({ pairingId }) => !before.has(pairingId));
    }, wait.signal);
    const paired = await comparePairing(desk, pairing, options, wait.signal);
    return tellPaired(paired, json === true);
  } catch (error) {
    if (!wait.signal.aborted) throw error;
    createPrinter(process.stderr).line("Not paired; nothing was granted.");
    return 1;
  } finally {
    wait.done();
  }
}
