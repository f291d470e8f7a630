/** Peering, loaded when there is a teammate or somebody asks for one: nothing of it before. */
import { readLinkedCard } from "../hub/outside/linkedCard.ts";
import type {
  Clock,
  EventLog,
  Hash,
  Chance,
  Lifetime,
  TextLog,
  Transport,
} from "../ports.ts";
import type { PeersSeen } from "../hub/monitoring/monitor.ts";
import type { Identities, PeersDesk, PeerTable } from "../ports/peering.ts";
import type { SpreadWork } from "../peering/jobs/spreadWork.ts";
import type { Peering, PeeringStats } from "../peering/peering.ts";
import type { Message } from "../protocol/a2a.ts";
import { HUB_STREAM } from "../protocol/event.ts";
import type { PeersShown } from "../protocol/peers.ts";
import { RoundtableError } from "../core/errors.ts";
import type { SharedMissions } from "../peering/missions/missions.ts";
import type { MissionParts } from "./peerMissions.ts";
import type { TaskParts } from "./peerTasks.ts";

/** What peering is made of. */
export interface PeeringParts {
  readonly log: EventLog;
  readonly clock: Clock;
  readonly chance: Chance;
  readonly hash: Hash;
  readonly textLog: TextLog;
  readonly version: string;
  /** Makes and checks identities of hubs; without it there are no teammates. */
  readonly identities?: () => Promise<Identities>;
  /** What this hub calls itself now. */
  readonly name: () => string;
  readonly ours: PeerTable;
  readonly topics: readonly string[];
  readonly stopped: () => boolean;
  /** Lets everybody sit down. */
  readonly seat: () => Promise<unknown>;
  /** What delegated work needs; without it none is given or taken. */
  readonly tasks?: TaskParts;
  /** What missions with teammates need; without it there are none. */
  readonly missions?: MissionParts;
  /** A new way to the hub, for an agent of peering's own. */
  readonly connect: () => Transport;
}

/** Peering as the app holds it. */
export interface Peers extends PeersDesk, Lifetime {
  /** Takes up the links of before, in the background; where there never were any, nothing is loaded. */
  resume(): void;
  /** What waited for the kill switch is taken up. */
  goOn(): void;
  /** Missions with teammates. Rejects with `peering-failed` where there can be none. */
  missions(): Promise<SharedMissions>;
  /** Who gets a message that names no agent, where this hub has teammates; undefined for the one who always did. */
  preferred(message: Message): string | undefined;
  /** For the monitor; undefined before anything was loaded. */
  seen(): (PeeringStats & Pick<PeersSeen, "all">) | undefined;
}

/** `publisher.name` of the extension that opens the link of an invitation. */
const EXTENSION = "roundtable.roundtable";

/** Nothing is opened yet. */
export function openPeers(parts: PeeringParts): Peers {
  const { log, textLog } = parts;
  const listeners = new Set<() => void>();
  let opening: Promise<Peering> | undefined;
  let peering: Peering | undefined;
  let spread: SpreadWork | undefined;
  let missions: SharedMissions | undefined;
  let disposed = false;

  function load(): Promise<Peering> {
    opening ??= open().catch((error: unknown) => {
      opening = undefined;
      throw error;
    });
    return opening;
  }

  async function open(): Promise<Peering> {
    if (disposed || parts.identities === undefined) throw noPeering();
    const { createPeering } = await import("../peering/peering.ts");
    const ours: PeerTable = {
      ...parts.ours,
      report: () => ({ ...parts.ours.report(), jobs: spread?.open() ?? 0 }),
    };
    const opened = await createPeering({
      ...parts,
      ours,
      identities: await parts.identities(),
      extension: EXTENSION,
      readCard: readLinkedCard,
    });
    opened.onChange(() => {
      for (const listener of [...listeners]) listener();
    });
    const ends: Lifetime[] = [opened];
    const dispose = async (): Promise<void> => {
      for (const end of ends.splice(0).reverse()) await end.dispose();
    };
    try {
      ends.push(await openParts(parts, opened));
      if (parts.missions !== undefined) {
        const { openPeerMissions } = await import("./peerMissions.ts");
        missions = await openPeerMissions(parts.missions, parts, opened);
        ends.push(missions);
      }
      const { spreadWork } = await import("../peering/jobs/spreadWork.ts");
      spread = await spreadWork({ ...parts, table: opened, own: ours });
      ends.push(spread);
      await opened.start();
      spread.start();
    } catch (error) {
      await dispose();
      throw error;
    }
    peering = { ...opened, dispose };
    return peering;
  }

  const nothing = (): PeersShown => ({
    hubId: "",
    name: parts.name(),
    invitations: [],
    pairings: [],
    peers: [],
    rooms: [],
    tasks: [],
  });

  return {
    shown: () => peering?.shown() ?? nothing(),
    async ask(method, params, by) {
      // Looking changes nothing, and makes no identity.
      if (method === "peers/list" && opening === undefined && !wasPeering(log))
        return nothing();
      return (await load()).ask(method, params, by);
    },
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    resume() {
      if (parts.identities === undefined || !wasPeering(log)) return;
      load().catch((error: unknown) => {
        textLog.error("The links to teammates' hubs could not be taken up.", {
          why: String(error),
        });
      });
    },
    goOn: () => peering?.goOn(),
    async missions() {
      await load();
      if (missions === undefined) throw noPeering();
      return missions;
    },
    preferred: (message) => spread?.preferred(message),
    seen: () => peering && { ...peering.stats(), all: peering.shown().peers },
    async dispose() {
      disposed = true;
      // What could not be opened has nothing to dispose of.
      await (await opening?.catch(() => undefined))?.dispose();
      listeners.clear();
    },
  };
}

/** The parts of peering that stand on the table: each says what it answers and shows. Disposed in reverse. */
async function openParts(
  { tasks }: PeeringParts,
  table: Peering,
): Promise<Lifetime> {
  const opened: Lifetime[] = [];
  if (tasks !== undefined) {
    const { openPeerTasks } = await import("./peerTasks.ts");
    opened.push(await openPeerTasks(tasks, table));
  }
  return {
    async dispose() {
      for (const part of opened.toReversed()) await part.dispose();
    },
  };
}

/** Whether this hub has a teammate's, or listens for one. */
function wasPeering(log: EventLog): boolean {
  const shared = log.last(HUB_STREAM, ["SharingOpened", "SharingClosed"]);
  return (
    shared?.type === "SharingOpened" ||
    log.last(HUB_STREAM, ["PeerPaired"]) !== undefined
  );
}

function noPeering(): RoundtableError {
  return new RoundtableError(
    "peering-failed",
    "This hub cannot have teammates here.",
    "Nothing was changed. Start it with `roundtable hub`, or from the editor.",
  );
}
