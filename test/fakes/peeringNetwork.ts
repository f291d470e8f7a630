import { sha256 } from "../../src/adapters/clock/sha256.ts";
import { mayTake } from "../../src/core/peering/scopes.ts";
import type { Sealed } from "../../src/core/peering/room.ts";
import type { PinnedPeer } from "../../src/peering/link.ts";
import type { Heard, PeeringTable, Room } from "../../src/peering/rooms.ts";
import type { EventLog } from "../../src/ports.ts";
import { HUB_STREAM } from "../../src/protocol/event.ts";
import type { PeerBody, PeerEnvelope, Scope } from "../../src/protocol/peer.ts";

type Facts = Pick<Room, "id" | "kind" | "home" | "title" | "members">;

/** Rooms without keys, sockets and elections: what is said is stored in the log and reaches whoever is connected, now or later. */
export interface FakeTable extends PeeringTable {
  /** What came of everything that was said so far is done when it resolves. */
  idle(): Promise<void>;
  /** From now on the origin's word no longer counts in the room. */
  fork(room: string, origin: string): void;
}

interface FakeRoom extends Room {
  take(sealed: Sealed): Promise<void>;
}

interface Place {
  readonly hubId: string;
  readonly name: string;
  readonly scopes: Map<string, readonly Scope[]>;
  receive(facts: Facts, sealed: Sealed): Promise<void>;
  rooms(): readonly FakeRoom[];
  moved(): void;
}

/** Hubs that know each other; connected until said otherwise. `hubId` of 52 characters from a letter. */
export function peeringNetwork(): {
  hub(
    letter: string,
    log: EventLog,
    granted?: Readonly<Record<string, readonly Scope[]>>,
  ): FakeTable;
  cut(one: string, other: string): void;
  heal(one: string, other: string): Promise<void>;
} {
  const places = new Map<string, Place>();
  const cuts = new Set<string>();
  const between = (one: string, other: string): string =>
    [one, other].sort().join(" ");
  const isUp = (one: string, other: string): boolean =>
    places.has(one) && places.has(other) && !cuts.has(between(one, other));

  async function share(from: Place, to: Place): Promise<void> {
    for (const room of from.rooms())
      if (room.members.some(({ hubId }) => hubId === to.hubId))
        for (const sealed of room.said()) await to.receive(room, sealed);
  }

  return {
    hub(letter, log, granted = {}) {
      const self = hubIdOf(letter);
      const rooms = new Map<string, FakeRoom>();
      const heard = new Set<(heard: Heard) => void>();
      const joined = new Set<(room: Room) => void>();
      const changes = new Set<() => void>();
      const scopes = new Map(
        Object.entries(granted).map(([of, has]) => [hubIdOf(of), has] as const),
      );
      let turn: Promise<void> = Promise.resolve();

      const make = (facts: Facts): FakeRoom => {
        const said: Sealed[] = kept(log, facts.id);
        const forked: { origin: string; seq: number }[] = [];
        const listeners = new Set<(sealed: Sealed) => void>();
        const store = async (sealed: Sealed): Promise<void> => {
          const { origin, epoch, seq } = sealed.envelope;
          if (said.some(({ hash }) => hash === sealed.hash)) return;
          await log.append({
            missionId: facts.id,
            type: "PeerSaid",
            data: {
              ...{ room: facts.id, origin, epoch, seq },
              ...{ hash: sealed.hash, jws: sealed.jws },
            },
            by: "hub",
          });
          said.push(sealed);
          for (const listener of [...listeners]) listener(sealed);
        };
        const room: FakeRoom = {
          ...facts,
          say(body) {
            const spoken = turn.then(async () => {
              const sealed = seal(facts.id, self, said, body);
              await store(sealed);
              for (const { hubId } of facts.members)
                if (hubId !== self && isUp(self, hubId))
                  await places.get(hubId)?.receive(facts, sealed);
              return sealed;
            });
            turn = spoken.then(
              () => undefined,
              () => undefined,
            );
            return spoken;
          },
          take: async (sealed) => {
            const before = said.length;
            await store(sealed);
            const { origin, body } = sealed.envelope;
            if (said.length > before && origin !== self)
              for (const listener of [...heard])
                listener({ room, from: origin, body, sealed });
          },
          said: () => [...said],
          forked: () => forked,
          coordinator: () => undefined,
          mayCoordinate: () => facts.home === self,
          handOver: () => Promise.resolve(),
          onSaid: (listener) => {
            listeners.add(listener);
            return () => listeners.delete(listener);
          },
          onCoordinator: () => () => undefined,
        };
        forks.set(facts.id, (origin) => {
          forked.push({ origin, seq: 1 });
        });
        rooms.set(facts.id, room);
        return room;
      };
      const forks = new Map<string, (origin: string) => void>();

      const join = async (facts: Facts): Promise<FakeRoom> => {
        const { id, kind, home, title, members } = facts;
        await log.append({
          missionId: HUB_STREAM,
          type: "RoomJoined",
          data: { room: id, kind, home, title, members: [...members] },
          by: "hub",
          key: `room:${id}`,
        });
        const room = rooms.get(id) ?? make({ id, kind, home, title, members });
        for (const listener of [...joined]) listener(room);
        return room;
      };

      for (const event of log.read({
        missionId: HUB_STREAM,
        types: ["RoomJoined"],
      }))
        if (event.type === "RoomJoined")
          make({ ...event.data, id: event.data.room });

      const place: Place = {
        hubId: self,
        name: letter.toUpperCase(),
        scopes,
        async receive(facts, sealed) {
          const { origin, body } = sealed.envelope;
          if (origin !== self && !mayTake(body, scopes.get(origin) ?? []))
            return;
          const room =
            rooms.get(facts.id) ??
            (body.kind === "roomOpened" ? await join(facts) : undefined);
          await room?.take(sealed);
        },
        rooms: () => [...rooms.values()],
        moved: () => {
          for (const listener of [...changes]) listener();
        },
      };
      places.set(self, place);

      return {
        self: () => Promise.resolve(self),
        peers: () =>
          [...scopes].map(([hubId, has]): PinnedPeer => ({
            hubId,
            name: hubId.slice(0, 1).toUpperCase(),
            publicKey: "",
            pin: "",
            scopes: has,
            pairedAt: 0,
          })),
        isConnected: (hubId) => isUp(self, hubId),
        theirs: (hubId) => places.get(hubId)?.scopes.get(self) ?? [],
        pair: () => Promise.reject(new Error("there are no pairs here")),
        async open({ id, kind, opening }) {
          const { title, members } = opening;
          const room = await join({ id, kind, home: self, title, members });
          await room.say(opening);
          return room;
        },
        room: (id) => rooms.get(id),
        rooms: () => [...rooms.values()],
        onHeard: (listener) => {
          heard.add(listener);
          return () => heard.delete(listener);
        },
        onRoom: (listener) => {
          joined.add(listener);
          return () => joined.delete(listener);
        },
        onChange: (listener) => {
          changes.add(listener);
          return () => changes.delete(listener);
        },
        changed: () => undefined,
        answers: () => undefined,
        shows: () => undefined,
        sendBlob: () => false,
        onBlob: () => () => undefined,
        onLink: () => () => undefined,
        idle: () => turn,
        fork(room, origin) {
          forks.get(room)?.(origin);
          place.moved();
        },
      };
    },
    cut(one, other) {
      cuts.add(between(hubIdOf(one), hubIdOf(other)));
      for (const place of places.values()) place.moved();
    },
    async heal(one, other) {
      cuts.delete(between(hubIdOf(one), hubIdOf(other)));
      const ends = [places.get(hubIdOf(one)), places.get(hubIdOf(other))];
      const [first, second] = ends;
      if (first === undefined || second === undefined) return;
      await share(first, second);
      await share(second, first);
      for (const place of places.values()) place.moved();
    },
  };
}

/** The id of the hub that is called by a letter. */
export function hubIdOf(letter: string): string {
  return letter.repeat(52);
}

function seal(
  room: string,
  origin: string,
  said: readonly Sealed[],
  body: PeerBody,
): Sealed {
  const own = said.filter(({ envelope }) => envelope.origin === origin);
  const envelope: PeerEnvelope = {
    v: 1,
    room,
    origin,
    epoch: 1,
    seq: own.length + 1,
    prev: own.at(-1)?.hash ?? "",
    at: Date.now(),
    body,
  };
  const payload = Buffer.from(JSON.stringify(envelope)).toString("base64url");
  const jws = `e30.${payload}.c2ln`;
  return { jws, hash: sha256(jws), envelope };
}

function kept(log: EventLog, room: string): Sealed[] {
  return log
    .read({ missionId: room, types: ["PeerSaid"], limit: 100_000 })
    .flatMap((event) => {
      if (event.type !== "PeerSaid") return [];
      const { jws, hash } = event.data;
      const payload = Buffer.from(jws.split(".")[1] ?? "", "base64url");
      const envelope = JSON.parse(payload.toString("utf8")) as PeerEnvelope;
      return [{ jws, hash, envelope }];
    });
}
