import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openIdentities } from "../../../src/adapters/identity/openIdentities.ts";
import { secretFiles } from "../../../src/adapters/identity/secretFiles.ts";
import { sha256 } from "../../../src/adapters/clock/sha256.ts";
import { systemChance } from "../../../src/adapters/clock/systemChance.ts";
import { systemClock } from "../../../src/adapters/clock/systemClock.ts";
import { openLog } from "../../../src/adapters/log/openLog.ts";
import { createLinks } from "../../../src/peering/links/createLinks.ts";
import type { Links } from "../../../src/peering/links/links.ts";
import type { PeerLink } from "../../../src/peering/link.ts";
import type { Clock, EventLog, TextLog } from "../../../src/ports.ts";
import type { Identities } from "../../../src/ports/peering.ts";
import type { LinkFrame, Scope } from "../../../src/protocol/peer.ts";

/** Longest anything here may take, ms. */
const SOON_MS = 8000;

/** A hub that knows nothing but its links: a real log, a real identity, real sockets. */
export interface Hub {
  readonly name: string;
  readonly dir: string;
  readonly links: Links;
  readonly log: EventLog;
  readonly identities: Identities;
  /** What its links told, one line each. */
  readonly told: string[];
  readonly frames: LinkFrame[];
  readonly said: string[];
  /** Closes it; what is on disk stays. */
  close(): Promise<void>;
}

/** What differs from an ordinary hub. */
export interface HubOptions {
  readonly dir?: string;
  readonly clock?: Clock;
  readonly mono?: () => number;
}

/** Hubs that are gone with their folders at the end of the scope. */
export class Hubs implements AsyncDisposable {
  readonly #hubs: Hub[] = [];
  readonly #dirs = new Set<string>();

  /** Opens one; in a folder of its own unless told otherwise. */
  async open(name: string, options: HubOptions = {}): Promise<Hub> {
    const dir =
      options.dir ?? (await mkdtemp(join(tmpdir(), "roundtable-links-")));
    this.#dirs.add(dir);
    const clock = options.clock ?? systemClock;
    const said: string[] = [];
    const say = (message: string): void => {
      said.push(message);
    };
    const textLog: TextLog = { info: say, warn: say, error: say };
    const log = await openLog({ file: join(dir, "log.db"), clock });
    const identities = openIdentities({
      store: secretFiles(join(dir, "secrets")),
      textLog,
      clock,
    });
    const links = createLinks({
      log,
      clock,
      chance: systemChance(clock),
      hash: sha256,
      textLog,
      identities,
      name: () => name,
      version: "0.1.0",
      extension: "roundtable.roundtable",
      ...(options.mono && { mono: options.mono }),
    });
    const told: string[] = [];
    const frames: LinkFrame[] = [];
    links.on({
      up: ({ hubId }) => told.push(`up ${hubId}`),
      frame: (_, frame) => frames.push(frame),
      down: ({ hubId }) => told.push(`down ${hubId}`),
    });
    let isOpen = true;
    const hub: Hub = {
      name,
      dir,
      links,
      log,
      identities,
      told,
      frames,
      said,
      close: async () => {
        if (!isOpen) return;
        isOpen = false;
        await links.dispose();
        await log.dispose();
      },
    };
    this.#hubs.push(hub);
    return hub;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const hub of this.#hubs) await hub.close();
    for (const dir of this.#dirs) await rm(dir, { recursive: true });
  }
}

/** Resolves with the first value of `look` that is not undefined or false, looked for whenever something changed or came at one of the hubs. */
export async function once<T>(
  hubs: readonly Hub[],
  look: () => T | undefined | false,
): Promise<T> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => {
    late.reject(new Error(`this never became true: ${String(look)}`));
  }, SOON_MS);
  try {
    for (;;) {
      const found = look();
      if (found !== undefined && found !== false) return found;
      const stops: (() => void)[] = [];
      const changed = new Promise<void>((done) => {
        const resolve = (): void => {
          done();
        };
        for (const { links } of hubs)
          stops.push(
            links.onChange(resolve),
            links.on({ up: resolve, frame: resolve, down: resolve }),
          );
      });
      await Promise.race([changed, late.promise]);
      for (const stop of stops) stop();
    }
  } finally {
    clearTimeout(timer);
  }
}

/** The open link from one hub to another. */
export async function linkOf(from: Hub, to: Hub): Promise<PeerLink> {
  const { hubId } = await to.links.own();
  return once([from, to], () => from.links.link(hubId));
}

/** Both people say yes; resolves once both hubs have the link. */
export async function pair(
  inviter: Hub,
  joiner: Hub,
  scopes?: Scope[],
): Promise<void> {
  const shared = await inviter.links.share({
    minutes: 10,
    ...(scopes && { scopes }),
  });
  const joined = await joiner.links.join(
    { invitation: shared.link },
    new AbortController().signal,
  );
  const [hosted] = inviter.links.pairings();
  await Promise.all([
    joiner.links.confirm(joined.pairingId, true),
    inviter.links.confirm(hosted?.pairingId ?? "", true),
  ]);
  const both = [inviter, joiner];
  await once(both, () =>
    both.every(({ links }) => links.pairings().length === 0),
  );
  await linkOf(inviter, joiner);
  await linkOf(joiner, inviter);
}
