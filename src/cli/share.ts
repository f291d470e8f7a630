import { Shared, type Pairing } from "../protocol/peers.ts";
import { peerDesk, scopesOf, until, type PeerDesk } from "./peerDesk.ts";
import {
  comparePairing,
  interruptible,
  tellPaired,
  type Compares,
} from "./peerPairing.ts";
import { createPrinter } from "./print.ts";
import type { HubChoice } from "./runningHub.ts";

/** Flags of `roundtable share`. */
export interface ShareOptions extends HubChoice, Compares {
  readonly scopes?: string;
  readonly host?: string;
  readonly port?: number;
  readonly minutes?: number;
}

/** Time for the people to compare words once the other hub has come, ms. */
const COMPARE_MS = 5 * 60_000;

/** Makes an invitation and sees it through to the pairing; returns the exit code: 1 when nobody came, or somebody said no. */
export async function share(options: ShareOptions): Promise<number> {
  const { scopes, host, port, minutes, json } = options;
  const wanted = {
    ...(scopes !== undefined && { scopes: scopesOf(scopes) }),
    ...(host !== undefined && { host }),
    ...(port !== undefined && { port }),
    ...(minutes !== undefined && { minutes }),
  };
  const desk = await peerDesk(options);
  const before = new Set(
    (await desk.shown()).pairings.map(({ pairingId }) => pairingId),
  );
  const shared = Shared.parse(await desk.ask("peers/share", wanted));
  if (json === true) process.stdout.write(`${JSON.stringify({ shared })}\n`);
  else tellInvitation(shared);
  const wait = interruptible(
    Math.max(0, shared.expiresAt - Date.now()) + COMPARE_MS,
  );
  try {
    const pairing = await comer(desk, shared, before, wait.signal);
    if (pairing === undefined) {
      createPrinter(process.stderr).line(
        "Nobody came; the invitation has ended.",
      );
      return 1;
    }
    const paired = await comparePairing(desk, pairing, options, wait.signal);
    return tellPaired(paired, json === true);
  } catch (error) {
    if (!wait.signal.aborted) throw error;
    await desk
      .ask("peers/withdraw", { invitationId: shared.invitationId })
      // It may have been used, or have ended by itself.
      .catch(() => undefined);
    createPrinter(process.stderr).line("The invitation was withdrawn.");
    return 1;
  } finally {
    wait.done();
  }
}

/** The pairing that the invitation leads to; undefined once it is open no more. */
async function comer(
  desk: PeerDesk,
  { invitationId }: Shared,
  before: ReadonlySet<string>,
  signal: AbortSignal,
): Promise<Pairing | undefined> {
  const came = await until(async () => {
    const { pairings, invitations } = await desk.shown();
    const pairing = pairings.find(({ pairingId }) => !before.has(pairingId));
    if (pairing !== undefined) return { pairing };
    const open = invitations.some((one) => one.invitationId === invitationId);
    return open ? undefined : { pairing: undefined };
  }, signal);
  return came.pairing;
}

function tellInvitation({ link, code, scopes, expiresAt }: Shared): void {
  const printer = createPrinter(process.stdout);
  const until = new Date(expiresAt).toTimeString().slice(0, 5);
  printer.line("Send one of these to your teammate, over a way you trust:");
  printer.line();
  printer.line(`  link  ${link}`);
  printer.line(`  code  ${code}`);
  printer.line();
  printer.line(
    `Good once, until ${until}; it grants: ${scopes.join(", ") || "nothing"}.`,
  );
  printer.line("Waiting for your teammate; Ctrl+C withdraws it.");
}
