import { RoundtableError } from "../core/errors.ts";
import type {
  Chance,
  Clock,
  EventLog,
  Hash,
  Lifetime,
  TextLog,
} from "../ports.ts";
import type { Identities, PeersDesk, PeerTable } from "../ports/peering.ts";
import type { PeerBody, PublishedAgent } from "../protocol/peer.ts";
import { createCaps } from "./caps.ts";
import { createComplaints } from "./complaints.ts";
import { followLinks } from "./followLinks.ts";
import { createHearing } from "./hearing.ts";
import type { PinnedPeer } from "./link.ts";
import { createLinks } from "./links/createLinks.ts";
import type { Links } from "./links/links.ts";
import { createMethods } from "./methods.ts";
import type { BlobFrame, Heard, PeeringTable, Room } from "./rooms.ts";
import { openDirectory, type Directory } from "./rooms/directory.ts";
import { createIncoming } from "./rooms/incoming.ts";
import type { OpenRoom, RoomFacts } from "./rooms/roomAtWork.ts";
import { isOver } from "./rooms/isOver.ts";
import {
  PAGE_LENGTH,
  pageNamed,
  pageToSpeak,
  pairRoom,
} from "./rooms/pairRoom.ts";
import { showPeers, type Lines } from "./shown.ts";
import { createCards, type ReadCard } from "./talk/cards.ts";
import { createMessages } from "./talk/messages.ts";
import { refusalOf } from "./talk/refusals.ts";
import { createReports } from "./talk/reports.ts";
import { shareTopics } from "./talk/topics.ts";

/** What peering needs. */
export interface PeeringDeps {
  readonly log: EventLog;
  readonly clock: Clock;
  readonly chance: Chance;
  readonly hash: Hash;
  readonly textLog: TextLog;
  readonly identities: Identities;
  /** What this hub calls itself now. */
  readonly name: () => string;
  readonly version: string;
  /** `publisher.name` of the extension that opens the link of an invitation. */
  readonly extension: string;
  /** What peers can reach here. */
  readonly ours: PeerTable;
  readonly readCard: ReadCard;
  /** Whether the kill switch is pulled: then nothing is done for peers, and what they ask waits. */
  readonly stopped: () => boolean;
  /** Topics that are shared with peers, as patterns. */
  readonly topics: readonly string[];
  /** Lets everybody sit down whom peers may see. */
  readonly seat: () => Promise<unknown>;
  /** A clock that never jumps, ms; `performance.now` when left out. */
  readonly mono?: () => number;
  /** Envelopes after which two hubs go on in a new room; 10,000 when left out. Both must have the same. */
  readonly pageLength?: number;
}

/** Counts since this hub started. */
export interface PeeringStats {
  readonly envelopesIn: number;
  readonly envelopesOut: number;
  readonly refused: number;
}

/** Hubs at one table. */
export interface Peering extends PeeringTable, PeersDesk, Lifetime {
  /** Opens the links that were open before: after everybody who hears them is there. */
  start(): Promise<void>;
  /** Agents of a peer whose cards are trusted. */
  agents(hubId: string): readonly PublishedAgent[];
  /** What waited for the kill switch is taken up. */
  goOn(): void;
  stats(): PeeringStats;
}

/** Opens peering over the log, with this hub's identity, which is made when there is none. Nothing is listened for or called before `start`. */
export async function createPeering(deps: PeeringDeps): Promise<Peering> {
  const { log, clock, hash, textLog, ours, pageLength = PAGE_LENGTH } = deps;
  const mono = deps.mono ?? (() => performance.now());
  const links: Links = createLinks(deps);
  const identity = await links.own();
  const self = identity.hubId;
  const complaints = createComplaints(clock, textLog);
  const caps = createCaps(() => clock.now(), mono);
  const heard = createHearing<[Heard]>(textLog);
  const roomJoined = createHearing<[Room]>(textLog);
  const blobs = createHearing<[string, BlobFrame]>(textLog);
  const linkMoved = createHearing<[string, boolean]>(textLog);
  const somethingChanged = createHearing<[]>(textLog);
  const lines: Lines[] = [];
  const counts = { envelopesIn: 0, envelopesOut: 0 };
  let telling = false;
  let paired = new Set<string>();

  const changed = (): void => {
    if (telling) return;
    telling = true;
    setImmediate(() => {
      telling = false;
      somethingChanged.tell();
    });
  };

  const peers = (): readonly PinnedPeer[] =>
    links.peers().filter(({ revoked }) => !revoked);
  const pinned = (hubId: string): PinnedPeer | undefined =>
    peers().find((peer) => peer.hubId === hubId);
  const complain = (hubId: string, why: string): void => {
    complaints.note(hubId, why);
    changed();
  };

  const directory: Directory = openDirectory({
    ...{ log, clock, mono, hash, textLog, identity },
    seed: deps.chance.seed(),
    link: (hubId) => links.link(hubId),
    kept(room, sealed, refused) {
      const { origin, body } = sealed.envelope;
      if (origin === self) counts.envelopesOut += 1;
      else if (pinned(origin) !== undefined)
        if (refused === undefined)
          heard.tell({ room, from: origin, body, sealed });
        else tellRefusal(origin, body, refused);
      changed();
    },
    notTaken(_room, from, why) {
      // What comes too early or twice is the way of networks.
      if (why !== "gap" && why !== "stale") complain(from, why);
    },
    changed,
  });
  for (const room of directory.all())
    for (const [origin, bytes] of room.lately)
      if (origin !== self) caps.count(origin, bytes);

  /** A room that its home closed, or a page that was turned, is not opened again once every member has all of it. */
  function leaveWhenTold(room: OpenRoom): void {
    const why = isOver(room, directory);
    if (why === undefined || directory.hasLeft(room.id)) return;
    directory.leave(room.id, why).catch((error: unknown) => {
      textLog.warn("A room could not be left.", { why: String(error) });
    });
  }

  const pagesWith =
    (peer: PinnedPeer) =>
    (page: number): RoomFacts =>
      pairRoom(hash, { hubId: self, name: deps.name() }, peer, page);

  async function pair(hubId: string): Promise<OpenRoom> {
    const peer = pinned(hubId);
    if (peer === undefined) throw stranger();
    return pageToSpeak(directory, pagesWith(peer), pageLength);
  }

  function tellRefusal(hubId: string, body: PeerBody, why: string): void {
    const refusal = refusalOf(body, why);
    if (refusal === undefined) return;
    pair(hubId)
      .then((room) => room.say(refusal))
      .catch((error: unknown) => {
        textLog.warn("A peer could not be told that it was refused.", {
          hubId,
          why: String(error),
        });
      });
  }

  const incoming = createIncoming({
    identities: deps.identities,
    hash,
    self: { hubId: self, publicKey: JSON.stringify(identity.publicKey) },
    pinned,
    directory,
    caps,
    complain,
    changed,
    took: (envelopes) => {
      counts.envelopesIn += envelopes;
    },
    async pairRoom(hubId, id) {
      const peer = pinned(hubId);
      return peer && pageNamed(directory, pagesWith(peer), pageLength, id);
    },
    told: leaveWhenTold,
  });

  const table: PeeringTable = {
    self: () => Promise.resolve(self),
    peers,
    isConnected: (hubId) => links.link(hubId) !== undefined,
    theirs: (hubId) => links.theirs(hubId),
    pair,
    async open({ id, kind, opening }) {
      const [home] = opening.members;
      if (home?.hubId !== self || opening.room !== kind)
        throw unopenable("its home must be this hub, and the first member");
      const others = opening.members.slice(1);
      if (others.some(({ hubId }) => pinned(hubId) === undefined))
        throw stranger();
      const { title, members } = opening;
      const room = await directory.join({
        ...{ id, kind, home: self, title, members },
      });
      if (room.home !== self) throw unopenable("the name is taken");
      if (!room.said().some(({ envelope }) => envelope.origin === self))
        await room.say(opening);
      return room;
    },
    room: (id) => directory.get(id),
    rooms: () => directory.all(),
    onHeard: heard.add,
    onRoom: roomJoined.add,
    onChange: somethingChanged.add,
    changed,
    answers: (more) => {
      methods.add(more);
    },
    shows: (more) => {
      lines.push(more);
    },
    sendBlob(hubId, frame) {
      const link = links.link(hubId);
      link?.send(frame);
      return link !== undefined;
    },
    onBlob: blobs.add,
    onLink: linkMoved.add,
  };
  const cards = createCards(table, { ...deps, ours });
  const reports = createReports(table, { ...deps, ours });
  const messages = createMessages(table, { ...deps, ours });
  const topics = shareTopics(table, { textLog, ours, patterns: deps.topics });

  const shown = (): ReturnType<PeersDesk["shown"]> =>
    showPeers({
      self,
      name: deps.name(),
      links,
      directory,
      cards,
      reports,
      complaints,
      lines,
    });
  const methods = createMethods({
    links,
    messages,
    reports,
    shown,
    granted: (hubId) => cards.show(hubId),
  });

  /** Nothing is done for who is no longer paired. */
  function dropStrangers(): void {
    const now = new Set(peers().map(({ hubId }) => hubId));
    for (const hubId of paired) if (!now.has(hubId)) messages.drop(hubId);
    paired = now;
    changed();
  }

  async function greet(hubId: string): Promise<void> {
    await pair(hubId);
    await deps.seat();
    if (table.isConnected(hubId)) await cards.show(hubId);
  }

  const stops = [
    directory.onRoom(roomJoined.tell),
    links.onChange(dropStrangers),
    followLinks({
      ...{ links, directory, incoming, textLog, greet, changed },
      blob: blobs.tell,
      moved: linkMoved.tell,
    }),
  ];

  return {
    ...table,
    start: () => links.start(),
    agents: (hubId) => cards.of(hubId),
    goOn: () => {
      messages.goOn();
    },
    shown,
    ask: (method, params, by) => methods.ask(method, params, by),
    stats: () => ({ ...counts, refused: complaints.count }),
    async dispose() {
      for (const stop of stops) stop();
      topics.dispose();
      cards.dispose();
      reports.dispose();
      await messages.close();
      await links.dispose();
      await incoming.idle();
      await directory.close();
    },
  };
}

function stranger(): RoundtableError {
  return new RoundtableError(
    "peer-refused",
    "No such hub is paired with this one.",
    "Nothing was sent. `roundtable peers` lists those that are; pair with it first.",
  );
}

function unopenable(why: string): RoundtableError {
  return new RoundtableError(
    "peering-failed",
    `The room cannot be opened: ${why}.`,
    "Nothing was opened.",
  );
}
