import type { RoomFrame } from "../../../src/core/peering/room.ts";
import type { Seeded } from "../seeded.ts";
import type { Agenda } from "./agenda.ts";

/** One life of a hub, as the network sees it. */
export interface Station {
  readonly at: number;
  readonly isAlive: boolean;
  linked(peer: number): void;
  unlinked(peer: number): void;
  frame(from: number, frame: RoomFrame): void;
}

/**
 * Links between hubs. Frames take their time, overtake each other and come twice; what is on its way into a cut is lost, and then the link
 * ends, which each side finds out at a time of its own. Hubs that can hear each other link again by themselves.
 */
export interface Network {
  send(from: Station, to: number, frame: RoomFrame): void;
  /** A frame that no machine sent; it comes as if `from` had sent it. */
  forge(from: number, to: number, frame: RoomFrame): void;
  /** Nothing passes in one direction for so long, ms. */
  cut(from: number, to: number, forMs: number): void;
  /** One way is open again. */
  mend(from: number, to: number): void;
  /** All cuts are over. */
  heal(): void;
  /** A hub is there, in the place of any life it had before. */
  started(station: Station): void;
  /** Its sockets end; `silently`: nobody is told before heartbeats are missed. */
  gone(station: Station, silently: boolean): void;
}

/** How a network is, by its seed. Times are the longest, ms. */
export interface Manners {
  /** Of a frame on the fastest way; ways are up to six times as slow. */
  readonly delayMs: number;
  /** Of a frame that is held up, as one in sixty is. */
  readonly lateMs: number;
  /** Until a side finds out that a link has ended. */
  readonly detectMs: number;
  /** Before a link is tried again. */
  readonly dialMs: number;
}

interface Link {
  readonly ends: readonly [number, number];
  /** Grows with each link of the two, so that frames of an old one are dropped. */
  generation: number;
  isUp: boolean;
  isDialled: boolean;
  /** Who thinks that the link is there. */
  readonly sides: [Station | undefined, Station | undefined];
}

export function createNetwork(
  hubs: number,
  chance: Seeded,
  agenda: Agenda,
  { delayMs, lateMs, detectMs, dialMs }: Manners,
): Network {
  const stations: (Station | undefined)[] = [];
  const links = new Map<number, Link>();
  /** When each cut is over. */
  const cuts = new Map<number, number>();
  const way = (from: number, to: number): number => from * hubs + to;
  const delays = Array.from(
    { length: hubs * hubs },
    () => 1 + chance.below(chance.below(4) === 0 ? delayMs * 6 : delayMs),
  );
  for (let a = 0; a < hubs; a += 1)
    for (let b = a + 1; b < hubs; b += 1) {
      const link: Link = {
        ends: [a, b],
        generation: 0,
        isUp: false,
        isDialled: false,
        sides: [undefined, undefined],
      };
      links.set(way(a, b), link);
      links.set(way(b, a), link);
    }

  const sideOf = (link: Link, hub: number): 0 | 1 =>
    link.ends[0] === hub ? 0 : 1;

  const dial = (link: Link): void => {
    if (link.isDialled || link.sides[0] || link.sides[1]) return;
    link.isDialled = true;
    agenda.in(1 + chance.below(dialMs), () => {
      link.isDialled = false;
      const [a, b] = link.ends;
      const first = stations[a];
      const second = stations[b];
      if (first === undefined || second === undefined) return;
      if (cuts.has(way(a, b)) || cuts.has(way(b, a))) return;
      if (link.sides[0] ?? link.sides[1]) return;
      link.generation += 1;
      link.isUp = true;
      link.sides[0] = first;
      link.sides[1] = second;
      first.linked(b);
      if (second.isAlive) second.linked(a);
    });
  };

  const end = (link: Link, withinMs: number): void => {
    if (!link.isUp) return;
    link.isUp = false;
    for (const side of [0, 1] as const) {
      const station = link.sides[side];
      if (station === undefined) continue;
      agenda.in(1 + chance.below(withinMs), () => {
        if (link.sides[side] !== station) return;
        link.sides[side] = undefined;
        if (station.isAlive) station.unlinked(link.ends[side === 0 ? 1 : 0]);
        dial(link);
      });
    }
  };

  const deliver = (
    link: Link,
    generation: number,
    from: number,
    to: number,
    frame: RoomFrame,
  ): void => {
    if (link.generation !== generation || cuts.has(way(from, to))) return;
    const station = link.sides[sideOf(link, to)];
    if (station?.isAlive) station.frame(from, frame);
  };

  const carry = (
    link: Link,
    from: number,
    to: number,
    frame: RoomFrame,
  ): void => {
    const { generation } = link;
    const times = chance.below(40) === 0 ? 2 : 1;
    for (let n = 0; n < times; n += 1) {
      const base = delays[way(from, to)] ?? 1;
      const late = chance.below(60) === 0 ? chance.below(lateMs) : 0;
      agenda.in(base + chance.below(base + 10) + late, () => {
        deliver(link, generation, from, to, frame);
      });
    }
  };

  const linksOf = (hub: number): readonly Link[] =>
    [...new Set(links.values())].filter(({ ends }) => ends.includes(hub));

  return {
    send(from, to, frame) {
      const link = links.get(way(from.at, to));
      if (!link?.isUp || link.sides[sideOf(link, from.at)] !== from) return;
      if (!cuts.has(way(from.at, to))) carry(link, from.at, to, frame);
    },
    forge(from, to, frame) {
      const link = links.get(way(from, to));
      if (link?.isUp === true) carry(link, from, to, frame);
    },
    cut(from, to, forMs) {
      const at = way(from, to);
      const link = links.get(at);
      if (link === undefined) return;
      cuts.set(at, Math.max(agenda.now + forMs, cuts.get(at) ?? 0));
      agenda.in(forMs, () => {
        if ((cuts.get(at) ?? Infinity) > agenda.now) return;
        cuts.delete(at);
        dial(link);
      });
      // What was lost is not sent again on the same link: it ends, even when the cut is over by then.
      const { generation } = link;
      agenda.in(1 + chance.below(detectMs), () => {
        if (link.generation === generation) end(link, detectMs);
      });
    },
    mend(from, to) {
      const link = links.get(way(from, to));
      if (link === undefined) return;
      cuts.delete(way(from, to));
      dial(link);
    },
    heal() {
      cuts.clear();
      for (const link of new Set(links.values())) dial(link);
    },
    started(station) {
      stations[station.at] = station;
      for (const link of linksOf(station.at)) dial(link);
    },
    gone(station, silently) {
      if (stations[station.at] === station) stations[station.at] = undefined;
      for (const link of linksOf(station.at)) {
        const side = sideOf(link, station.at);
        if (link.sides[side] !== station) continue;
        link.sides[side] = undefined;
        end(link, silently ? detectMs : 50);
      }
    },
  };
}
