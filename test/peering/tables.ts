/** Hubs with teammates: real logs, identities and sockets, and an agent each that does as it is told. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sha256 } from "../../src/adapters/clock/sha256.ts";
import { systemChance } from "../../src/adapters/clock/systemChance.ts";
import { systemClock } from "../../src/adapters/clock/systemClock.ts";
import { openCardSigner } from "../../src/adapters/identity/openCardSigner.ts";
import { openIdentities } from "../../src/adapters/identity/openIdentities.ts";
import { secretFiles } from "../../src/adapters/identity/secretFiles.ts";
import { openLog } from "../../src/adapters/log/openLog.ts";
import { createHub, type Hub } from "../../src/hub/hub.ts";
import { readLinkedCard } from "../../src/hub/outside/linkedCard.ts";
import { createPeering, type Peering } from "../../src/peering/peering.ts";
import type { EventLog } from "../../src/ports.ts";
import type { HubIdentity, Identities } from "../../src/ports/peering.ts";
import type { PeerBody, Scope } from "../../src/protocol/peer.ts";
import { Pairing, Shared } from "../../src/protocol/peers.ts";
import { seatAgent, type ScriptedAgent } from "../hub/scriptedAgent.ts";
import { SILENT } from "../hub/table.ts";

/** Longest anything here may take, ms. */
const SOON_MS = 10_000;

/** A hub with its teammates. */
export interface Table {
  readonly name: string;
  readonly dir: string;
  readonly self: string;
  readonly log: EventLog;
  readonly hub: Hub;
  readonly worker: ScriptedAgent;
  readonly peering: Peering;
  readonly identity: HubIdentity;
  /** Pulls or releases the kill switch. */
  stop(isStopped: boolean): void;
  /** Closes it; what is on disk stays. */
  close(): Promise<void>;
}

/** What differs from an ordinary table. */
export interface TableOptions {
  readonly dir?: string;
  /** Parts that stand on the table, opened before its links are. */
  readonly parts?: (
    table: Pick<Table, "dir" | "log" | "peering">,
  ) => Promise<unknown>;
  readonly topics?: readonly string[];
  readonly pageLength?: number;
}

/** Tables that are gone with their folders at the end of the scope. */
export class Tables implements AsyncDisposable {
  readonly #tables: Table[] = [];
  readonly #dirs = new Set<string>();

  async open(name: string, options: TableOptions = {}): Promise<Table> {
    const dir =
      options.dir ?? (await mkdtemp(join(tmpdir(), "roundtable-table-")));
    this.#dirs.add(dir);
    const table = await openTable(name, dir, options);
    this.#tables.push(table);
    return table;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const table of this.#tables) await table.close();
    for (const dir of this.#dirs) await rm(dir, { recursive: true });
  }
}

async function openTable(
  name: string,
  dir: string,
  { topics = [], parts, pageLength }: TableOptions,
): Promise<Table> {
  const clock = systemClock;
  const textLog = SILENT;
  const log = await openLog({ file: join(dir, "log.db"), clock });
  const chance = systemChance(clock);
  const basics = { log, clock, chance, hash: sha256, textLog };
  const hub = createHub({
    ...basics,
    name,
    peerTopics: topics,
    signer: await openCardSigner({ file: join(dir, "card.pem"), textLog }),
  });
  const worker = await seatAgent(hub.connectInProcess(), "worker");
  const store = secretFiles(join(dir, "secrets"));
  const identities: Identities = openIdentities({ store, textLog, clock });
  let stopped = false;
  const peering = await createPeering({
    ...basics,
    identities,
    name: () => name,
    version: "0.1.0",
    extension: "roundtable.roundtable",
    ours: hub.peerTable,
    readCard: readLinkedCard,
    stopped: () => stopped,
    topics,
    seat: () => Promise.resolve(),
    ...(pageLength !== undefined && { pageLength }),
  });
  const self = await peering.self();
  await parts?.({ dir, log, peering });
  await peering.start();
  let isOpen = true;
  return {
    ...{ name, dir, self, log, hub, worker, peering },
    identity: await identities.own((hubId) => hubId === self),
    stop(isStopped) {
      stopped = isStopped;
      if (!isStopped) peering.goOn();
    },
    async close() {
      if (!isOpen) return;
      isOpen = false;
      await peering.dispose();
      await hub.dispose();
      await log.dispose();
    },
  };
}

/** Resolves with the first value of `look` that is not undefined or false, looked for whenever something changed at one of the tables. */
export async function once<T>(
  tables: readonly Table[],
  look: () => T | undefined | false,
): Promise<T> {
  const soon = AbortSignal.timeout(SOON_MS);
  for (;;) {
    const found = look();
    if (found !== undefined && found !== false) return found;
    await new Promise<void>((resolve, reject) => {
      const stops: (() => void)[] = [];
      const done = (): void => {
        for (const stop of stops) stop();
        soon.removeEventListener("abort", late);
        resolve();
      };
      const late = (): void => {
        for (const stop of stops) stop();
        reject(new Error(`this never became true: ${String(look)}`));
      };
      soon.addEventListener("abort", late);
      for (const { peering, log } of tables)
        stops.push(peering.onChange(done), log.subscribe(done));
    });
  }
}

/** Both people say yes: `inviter` grants `scopes`, `joiner` `theirs`. Resolves once both are connected and know what they may do. */
export async function pair(
  inviter: Table,
  joiner: Table,
  scopes: readonly Scope[] = ["observe", "message"],
  theirs: readonly Scope[] = scopes,
): Promise<void> {
  const shared = Shared.parse(
    await inviter.peering.ask("peers/share", { scopes }, "human"),
  );
  const joined = Pairing.parse(
    await joiner.peering.ask(
      "peers/join",
      { invitation: shared.code, scopes: theirs },
      "human",
    ),
  );
  const [hosted] = inviter.peering.shown().pairings;
  const yes = (table: Table, pairingId: string): Promise<unknown> =>
    table.peering.ask("peers/confirm", { pairingId, same: true }, "human");
  await Promise.all([
    yes(joiner, joined.pairingId),
    yes(inviter, hosted?.pairingId ?? ""),
  ]);
  await connected(inviter, joiner);
}

/** Resolves once two tables hold a link, and each knows what it may do at the other. */
export async function connected(one: Table, other: Table): Promise<void> {
  const granted = (at: Table, to: Table): readonly Scope[] =>
    at.peering.peers().find(({ hubId }) => hubId === to.self)?.scopes ?? [];
  await once(
    [one, other],
    () =>
      one.peering.isConnected(other.self) &&
      other.peering.isConnected(one.self) &&
      one.peering.theirs(other.self).length === granted(other, one).length &&
      other.peering.theirs(one.self).length === granted(one, other).length,
  );
}

/** What a hub said in the room with a peer that counts at `at`, oldest first. */
export async function heardAt(
  at: Table,
  peer: Table,
  origin: Table,
): Promise<readonly PeerBody[]> {
  const room = await at.peering.pair(peer.self);
  return room
    .said()
    .flatMap(({ envelope }) =>
      envelope.origin === origin.self ? [envelope.body] : [],
    );
}
