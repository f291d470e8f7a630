import { createHash } from "node:crypto";
import { createRoomMachine } from "../../../src/core/peering/machine.ts";
import type {
  RoomEffect,
  RoomFrame,
  RoomInput,
  RoomKept,
  RoomMachine,
  RoomRules,
  Sealed,
} from "../../../src/core/peering/room.ts";
import type { PeerBody } from "../../../src/protocol/peer.ts";

export const sha256 = (text: string): string =>
  createHash("sha256").update(text).digest("hex");

/** Hub ids, `a` first. */
export function hubs(count: number): readonly string[] {
  return Array.from({ length: count }, (_, at) =>
    String.fromCharCode(97 + at).repeat(52),
  );
}

/** Words that mean nothing. */
export const word = (text: string): PeerBody => ({
  kind: "roomClosed",
  why: text,
});

/** What a hub signs; the "signature" is the text itself, as long as wished. */
export function seal(
  origin: string,
  place: {
    readonly epoch: number;
    readonly seq: number;
    readonly prev: string;
  },
  body: PeerBody,
  bytes = 0,
): Sealed {
  const envelope = { v: 1, room: "r", origin, ...place, at: 0, body } as const;
  const jws = JSON.stringify(envelope).padEnd(bytes, " ");
  return { jws, hash: sha256(jws), envelope };
}

/** A chain after `before`, one envelope for each body. */
export function chain(
  origin: string,
  bodies: readonly PeerBody[],
  before?: Sealed,
  bytes = 0,
): readonly Sealed[] {
  const made: Sealed[] = [];
  let last = before;
  for (const body of bodies) {
    const { seq = 0, epoch = 1 } = last?.envelope ?? {};
    last = seal(
      origin,
      { epoch, seq: seq + 1, prev: last?.hash ?? "" },
      body,
      bytes,
    );
    made.push(last);
  }
  return made;
}

export const EMPTY: RoomKept = {
  said: [],
  forks: [],
  vote: { term: 0, candidate: null },
};

/** Rules of a room of such hubs for the one at a place. */
export function rulesOf(
  members: readonly string[],
  at: number,
  elects = false,
): RoomRules {
  return {
    self: members[at] ?? "",
    members,
    epoch: 1,
    elects,
    leaseMs: 1000,
    beatMs: 250,
    seed: at * 7919 + 1,
  };
}

type Kept<K> = Extract<RoomEffect, { kind: K }>;

/** The frames among what follows that go to a hub, or to anybody. */
export function framesTo(
  effects: readonly RoomEffect[],
  to?: string,
): readonly RoomFrame[] {
  return effects
    .filter((one): one is Kept<"send"> => one.kind === "send")
    .filter((one) => to === undefined || one.to === to)
    .map(({ frame }) => frame);
}

export const refusals = (effects: readonly RoomEffect[]): readonly string[] =>
  effects
    .filter((one): one is Kept<"refused"> => one.kind === "refused")
    .map(({ why }) => why);

/** Hubs of one room at one table: every frame takes a step of 10 ms over links that are up, in order. */
export interface Table {
  readonly names: readonly string[];
  machine(at: number): RoomMachine;
  /** On the hub's own clock. */
  mono(at: number): number;
  link(a: number, b: number): void;
  cut(a: number, b: number): void;
  linkAll(): void;
  say(at: number, body: PeerBody, bytes?: number): Sealed;
  give(at: number, from: number, frame: RoomFrame): readonly RoomEffect[];
  handOver(at: number, to: number): void;
  /** The process ends, and everything it had not kept with it. */
  crash(at: number): void;
  start(at: number): void;
  run(ms: number): void;
  /** Who may coordinate at this moment. */
  holders(): readonly number[];
  kept(at: number): RoomKept;
  frames: number;
}

const STEP_MS = 10;
const TICK_STEPS = 5;

export function createTable(
  count: number,
  options: {
    readonly elects?: boolean;
    readonly seed?: number;
    /** Rate of each hub's clock; 1 is right. */
    readonly rates?: readonly number[];
    /** Told after everything a hub did. */
    readonly watch?: (table: Table) => void;
    readonly loses?: () => boolean;
  } = {},
): Table {
  const names = hubs(count);
  const disks = names.map(() => ({
    said: [] as Sealed[],
    forks: [] as { first: Sealed; second: Sealed }[],
    vote: EMPTY.vote,
  }));
  const links = new Set<string>();
  let now = 0;
  let steps = 0;
  let wire: { from: number; to: number; frame: RoomFrame }[] = [];
  const machines: (RoomMachine | undefined)[] = names.map(() => undefined);

  const mono = (at: number): number =>
    Math.floor(now * (options.rates?.[at] ?? 1)) + at * 1_000_003;
  const key = (a: number, b: number): string =>
    `${String(Math.min(a, b))}-${String(Math.max(a, b))}`;

  const take = (at: number, input: RoomInput): readonly RoomEffect[] => {
    const effects = machines[at]?.take(input) ?? [];
    for (const effect of effects) {
      const disk = disks[at];
      if (disk === undefined) continue;
      if (effect.kind === "keepSaid") disk.said.push(effect.sealed);
      else if (effect.kind === "keepFork") disk.forks.push(effect);
      else if (effect.kind === "keepVote") disk.vote = effect;
      else if (effect.kind === "send") {
        const to = names.indexOf(effect.to);
        table.frames += 1;
        if (links.has(key(at, to)) && options.loses?.() !== true)
          wire.push({ from: at, to, frame: effect.frame });
      }
    }
    options.watch?.(table);
    return effects;
  };

  const tell = (a: number, b: number, kind: "linked" | "unlinked"): void => {
    take(a, { kind, peer: names[b] ?? "", mono: mono(a) });
    take(b, { kind, peer: names[a] ?? "", mono: mono(b) });
  };

  const start = (at: number): void => {
    const { said, forks, vote } = disks[at] ?? EMPTY;
    machines[at] = createRoomMachine(
      {
        ...rulesOf(names, at, options.elects),
        seed: (options.seed ?? 0) + at * 7919 + steps,
      },
      { said: [...said], forks: [...forks], vote },
      mono(at),
    );
  };

  const table: Table = {
    names,
    frames: 0,
    machine(at) {
      const machine = machines[at];
      if (machine === undefined) throw new Error(`${String(at)} is down`);
      return machine;
    },
    mono,
    link(a, b) {
      if (a === b || links.has(key(a, b)) || !machines[a] || !machines[b])
        return;
      links.add(key(a, b));
      tell(a, b, "linked");
    },
    cut(a, b) {
      if (!links.delete(key(a, b))) return;
      wire = wire.filter(({ from, to }) => key(from, to) !== key(a, b));
      tell(a, b, "unlinked");
    },
    linkAll() {
      for (let a = 0; a < count; a += 1)
        for (let b = a + 1; b < count; b += 1) table.link(a, b);
    },
    say(at, body, bytes = 0) {
      const sealed = seal(
        names[at] ?? "",
        table.machine(at).next(),
        body,
        bytes,
      );
      take(at, { kind: "said", sealed, mono: mono(at) });
      return sealed;
    },
    give: (at, from, frame) =>
      take(at, {
        kind: "frame",
        from: names[from] ?? "",
        frame,
        mono: mono(at),
      }),
    handOver(at, to) {
      take(at, { kind: "handOver", to: names[to] ?? "", mono: mono(at) });
    },
    crash(at) {
      for (let other = 0; other < count; other += 1) table.cut(at, other);
      machines[at] = undefined;
    },
    start,
    run(ms) {
      for (const end = now + ms; now < end;) {
        now += STEP_MS;
        steps += 1;
        const due = wire;
        wire = [];
        for (const { from, to, frame } of due) table.give(to, from, frame);
        for (let at = 0; at < count; at += 1)
          if ((steps + at) % TICK_STEPS === 0 && machines[at])
            take(at, { kind: "tick", mono: mono(at) });
      }
    },
    holders: () =>
      names.flatMap((_, at) =>
        machines[at]?.mayCoordinate(mono(at)) === true ? [at] : [],
      ),
    kept: (at) => disks[at] ?? EMPTY,
  };
  for (let at = 0; at < count; at += 1) start(at);
  return table;
}
