import type { Seeded } from "../seeded.ts";
import type { Agenda } from "./agenda.ts";
import type { Life } from "./life.ts";
import type { Network } from "./network.ts";

/** What can be done to the simulated hubs. */
export interface Victims {
  readonly hubs: number;
  readonly lives: readonly (Life | undefined)[];
  /** Starts a hub again, in the place of its last process, which may go on for a while without knowing. */
  start(hub: number): void;
  /** Moves a clock on the wall. */
  jumpClock(hub: number): void;
  /** What is left of a hub's last process tries to say something, and somebody who saw it puts it on the wire. */
  haunt(ghost: Life): void;
  note(words: string, ...numbers: readonly number[]): void;
}

/** What one seed does to its hubs. */
export interface Weather {
  /** Longest time between two faults, ms. */
  readonly everyMs: number;
  /** Whether old processes come back. */
  readonly ghosts: boolean;
}

/** Longest times a crashed hub stays away, ms. */
const AWAY_MS = [100, 1000, 6000] as const;
/** Longest times of a cut, ms. */
const CUT_MS = [500, 3000, 10_000] as const;

/** Does one fault after the other, each by chance, until `isOver`. */
export function breakThings(
  victims: Victims,
  network: Network,
  chance: Seeded,
  agenda: Agenda,
  { everyMs, ghosts }: Weather,
  isOver: () => boolean,
): void {
  const { hubs, lives } = victims;
  const hub = (): number => chance.below(hubs);

  const cutMs = (): number => 50 + chance.below(chance.of(CUT_MS));

  const both = (a: number, b: number, forMs: number): void => {
    network.cut(a, b, forMs);
    network.cut(b, a, forMs);
  };

  const startSoon = (at: number): void => {
    agenda.in(5 + chance.below(chance.of(AWAY_MS)), () => {
      if (lives[at]?.isAlive !== true) victims.start(at);
    });
  };

  const crash = (at: number): void => {
    const life = lives[at];
    if (life?.isAlive !== true) return;
    if (chance.below(2) === 0) life.die("crashed");
    else life.dieAfter(chance.below(8));
    // It may outlive its sentence when nothing happens at it; then it is started again all the same.
    agenda.in(100, () => {
      life.die("crashed");
      startSoon(at);
    });
  };

  const half = (): readonly [readonly number[], readonly number[]] => {
    const here: number[] = [];
    const there: number[] = [];
    for (let at = 0; at < hubs; at += 1)
      (chance.below(2) === 0 ? here : there).push(at);
    return [here, there];
  };

  const faults: readonly (() => void)[] = [
    () => {
      const at = hub();
      victims.note(`crash of ${String(at)}`, 1, at);
      crash(at);
    },
    () => {
      // Whoever holds the office is the most interesting victim.
      const at = lives.findIndex((life) => life?.mayCoordinate() === true);
      victims.note(`crash of the coordinator ${String(at)}`, 2, at);
      crash(at);
    },
    () => {
      const [a, b] = [hub(), hub()];
      victims.note(`cut between ${String(a)} and ${String(b)}`, 3, a, b);
      both(a, b, cutMs());
    },
    () => {
      const [from, to] = [hub(), hub()];
      victims.note(`cut from ${String(from)} to ${String(to)}`, 4, from, to);
      network.cut(from, to, cutMs());
    },
    () => {
      const [here, there] = half();
      victims.note(`cut into ${here.join()} and ${there.join()}`, 5);
      const forMs = cutMs();
      for (const a of here) for (const b of there) both(a, b, forMs);
    },
    () => {
      const at = lives.findIndex((life) => life?.mayCoordinate() === true);
      victims.note(`the coordinator ${String(at)} is hard to reach`, 6, at);
      const forMs = cutMs();
      for (let other = 0; at >= 0 && other < hubs; other += 1) {
        const kind = chance.below(5);
        if (kind > 1) network.cut(at, other, forMs);
        if (kind !== 1) network.cut(other, at, forMs);
      }
    },
    () => {
      victims.note("all cuts are over", 7);
      network.heal();
    },
    () => {
      const at = hub();
      victims.note(`the clock of ${String(at)} jumps`, 8, at);
      victims.jumpClock(at);
    },
    () => {
      const to = hub();
      const from =
        chance.below(3) === 0
          ? lives[hub()]
          : lives.find((life) => life?.mayCoordinate() === true);
      victims.note(`the office goes to ${String(to)}`, 9, to);
      if (from?.isAlive === true) from.handOver(to);
    },
    () => {
      if (chance.below(6) > 0) return;
      victims.note("the power goes", 10);
      for (let at = 0; at < hubs; at += 1) crash(at);
    },
    () => {
      // One hub hears its coordinator no more, and then follows it in office, by an election or by hand.
      const at = lives.findIndex((life) => life?.mayCoordinate() === true);
      const holder = lives[at];
      const to = hub();
      if (holder === undefined || to === at) return;
      const forMs = 100 + chance.below(2500);
      victims.note(`${String(to)} loses the coordinator ${String(at)}`, 12, to);
      network.cut(at, to, forMs);
      if (chance.below(2) === 0) network.cut(to, at, forMs);
      agenda.in(forMs + 1 + chance.below(100), () => {
        if (chance.below(2) === 0) crash(at);
        else if (holder.isAlive) holder.handOver(to);
      });
    },
    () => {
      // The room falls in two, and somebody who was with the coordinator comes back on the other side.
      const at = lives.findIndex((life) => life?.mayCoordinate() === true);
      if (at < 0) return;
      const others = lives.map((_, n) => n).filter((n) => n !== at);
      const mover = chance.of(others);
      const there = others.filter((n) => n !== mover && chance.below(2) === 0);
      const here = [at, ...others.filter((n) => !there.includes(n))];
      victims.note(`${String(mover)} moves to ${there.join()}`, 13, mover);
      const forMs = 2000 + chance.below(8000);
      for (const a of here) for (const b of there) both(a, b, forMs);
      agenda.in(chance.below(forMs), () => {
        crash(mover);
        for (const a of here) both(a, mover, forMs);
        for (const b of there) {
          network.mend(mover, b);
          network.mend(b, mover);
        }
      });
    },
    () => {
      const at = hub();
      const ghost = lives[at];
      if (!ghosts || ghost?.isAlive !== true) return;
      victims.note(`${String(at)} is started twice`, 11, at);
      network.gone(ghost, chance.below(2) === 0);
      victims.start(at);
      agenda.in(1 + chance.below(3000), () => {
        if (ghost.isAlive) victims.haunt(ghost);
        ghost.die("gone");
      });
    },
  ];

  const next = (): void => {
    if (isOver()) return;
    chance.of(faults)();
    agenda.in(1 + chance.below(everyMs), next);
  };
  agenda.in(3000 + chance.below(everyMs), next);
}
