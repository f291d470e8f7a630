import type {
  RoomEffect,
  RoomFrame,
  RoomInput,
  RoomMachine,
  RoomRules,
  Sealed,
} from "../../../src/core/peering/room.ts";
import { createRoomMachine } from "../../../src/core/peering/machine.ts";
import type { PeerBody } from "../../../src/protocol/peer.ts";
import type { Seeded } from "../seeded.ts";
import type { Agenda } from "./agenda.ts";
import type { Disk, Keep } from "./disk.ts";
import type { Network, Station } from "./network.ts";
import { seal } from "./seal.ts";

/** What a process of a hub does, as somebody sees it who sees all of them. */
export interface Watcher {
  /** It took an input; what follows has not happened yet. */
  took(life: Life, input: RoomInput, effects: readonly RoomEffect[]): void;
  /** It is on disk. */
  kept(life: Life, effect: Keep): void;
  sends(life: Life, to: number, frame: RoomFrame): void;
  died(life: Life, why: string): void;
}

/** One process of a hub, from its start to its end: the machine, driven as the real hub drives it. */
export interface Life extends Station {
  readonly epoch: number;
  readonly machine: RoomMachine;
  /** Whether it may act as coordinator, by its own clock. */
  mayCoordinate(): boolean;
  /** Signs and stores, then sends. Undefined: its process has ended, or its word counts no more. */
  say(body: PeerBody): Sealed | undefined;
  handOver(to: number): void;
  /** Dies once so many more effects have happened, wherever that is. */
  dieAfter(effects: number): void;
  die(why: string): void;
}

export interface LifeOptions {
  readonly at: number;
  readonly names: readonly string[];
  readonly rules: Pick<RoomRules, "elects" | "leaseMs" | "beatMs">;
  readonly disk: Disk;
  /** Writes to disk that take their time: the machine goes on meanwhile. */
  readonly slowDisk: boolean;
  readonly network: Network;
  readonly agenda: Agenda;
  readonly chance: Seeded;
  /** The clock on the wall of the hub, ms; it jumps. Envelopes are dated by it, and nothing else may depend on it. */
  readonly wallClock: () => number;
  readonly watcher: Watcher;
  /** Told of everything that counts from now on. It may not be on disk yet: whoever coordinates goes by what the machine has, not by what the disk has. */
  readonly onSaid: (sealed: Sealed) => void;
}

/** Rates of clocks lie within ±1 %: parts of a million. */
const RATE = 1_000_000;
const RATE_OFF = 10_000;

export function createLife(options: LifeOptions): Life {
  const { at, names, disk, network, agenda, chance, watcher } = options;
  const self = names[at] ?? "";
  const epoch = disk.open();
  const bornAt = agenda.now;
  const start = chance.below(2 ** 31);
  const rate = RATE - RATE_OFF + chance.below(2 * RATE_OFF + 1);
  /** Of this process; it starts anywhere. */
  const mono = (): number =>
    start + Math.floor(((agenda.now - bornAt) * rate) / RATE);
  const machine = createRoomMachine(
    {
      self,
      members: names,
      epoch,
      seed: chance.below(2 ** 31),
      ...options.rules,
    },
    disk.kept,
    mono(),
  );
  const indexOf = new Map(names.map((name, index) => [name, index]));
  const todo: RoomEffect[] = [];
  let isAlive = true;
  let isBusy = false;
  let left = Infinity;

  const happen = (effect: RoomEffect): void => {
    left -= 1;
    if (left < 0) {
      life.die("crashed");
      return;
    }
    switch (effect.kind) {
      case "keepSaid":
      case "keepFork":
      case "keepVote":
        if (!disk.keep(epoch, effect)) {
          life.die("was fenced");
          return;
        }
        watcher.kept(life, effect);
        return;
      case "send": {
        const to = indexOf.get(effect.to);
        if (to === undefined) throw new Error(`${effect.to} is not a member`);
        watcher.sends(life, to, effect.frame);
        network.send(life, to, effect.frame);
        return;
      }
      default:
    }
  };

  /** Lets what follows happen, one by one; the machine may take more meanwhile. */
  const drain = (): void => {
    if (isBusy) return;
    isBusy = true;
    for (let next = 0; isAlive; next += 1) {
      const effect = todo[next];
      if (effect === undefined) break;
      if (options.slowDisk && effect.kind.startsWith("keep")) {
        todo.splice(0, next + 1);
        agenda.in(chance.below(30), () => {
          if (isAlive) happen(effect);
          isBusy = false;
          drain();
        });
        return;
      }
      happen(effect);
    }
    todo.length = 0;
    isBusy = false;
  };

  const take = (input: RoomInput): void => {
    if (!isAlive) return;
    const effects = machine.take(input);
    watcher.took(life, input, effects);
    for (const effect of effects)
      if (effect.kind === "keepSaid") options.onSaid(effect.sealed);
    todo.push(...effects);
    drain();
  };

  const life: Life = {
    at,
    epoch,
    machine,
    get isAlive() {
      return isAlive;
    },
    mayCoordinate: () => isAlive && machine.mayCoordinate(mono()),
    linked(peer) {
      take({ kind: "linked", peer: names[peer] ?? "", mono: mono() });
    },
    unlinked(peer) {
      take({ kind: "unlinked", peer: names[peer] ?? "", mono: mono() });
    },
    frame(from, frame) {
      take({ kind: "frame", from: names[from] ?? "", frame, mono: mono() });
    },
    say(body) {
      // Who signed two things for one place has no say in the room any more, and knows it.
      if (!isAlive || machine.forked().some(({ origin }) => origin === self))
        return undefined;
      const sealed = seal(self, machine.next(), options.wallClock(), body);
      take({ kind: "said", sealed, mono: mono() });
      return sealed;
    },
    handOver(to) {
      take({ kind: "handOver", to: names[to] ?? "", mono: mono() });
    },
    dieAfter(effects) {
      left = Math.min(left, effects);
    },
    die(why) {
      if (!isAlive) return;
      isAlive = false;
      watcher.died(life, why);
      network.gone(life, chance.below(3) === 0);
    },
  };

  const tick = (): void => {
    if (!isAlive) return;
    take({ kind: "tick", mono: mono() });
    agenda.in(150 + chance.below(200), tick);
  };
  agenda.in(chance.below(200), tick);
  return life;
}
