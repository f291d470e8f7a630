import type { RoomFrame, Sealed } from "../../../src/core/peering/room.ts";
import type { Have } from "../../../src/protocol/peer.ts";
import type { Keep } from "./disk.ts";
import type { Life } from "./life.ts";

/** Sees every hub at once, at every moment of true time, and finds what must never be. */
export interface Referee {
  /** Everything wrong so far, one sentence each. */
  readonly problems: readonly string[];
  /** What hubs said and had on disk, by hash: it may never be lost. */
  readonly acknowledged: ReadonlyMap<string, Sealed>;
  /** Hubs that signed two things for one place on purpose, or were made to. */
  readonly distrusted: ReadonlySet<string>;
  /** By decision, the closing that a majority had while who closed it held the office. */
  readonly settledClosings: ReadonlyMap<
    string,
    { readonly origin: string; readonly seq: number }
  >;
  readonly figures: Figures;
  /** After everything a hub did: nobody else may hold the office when it does. */
  office(life: Life): void;
  kept(life: Life, effect: Keep): void;
  sends(life: Life, frame: RoomFrame): void;
  /** From now on nothing a hub says has to count. */
  distrust(hub: number): void;
  problem(words: string): void;
}

/** What went on, counted. */
export interface Figures {
  said: number;
  forks: number;
  terms: number;
  /** Coordinators' words that a majority had while it held the office. */
  settled: number;
  refused: number;
}

/** What a coordinator said. */
interface Word {
  readonly origin: string;
  readonly term: number;
  readonly seq: number;
  /** The decision it closes. */
  readonly closes: string | undefined;
}

/** Problems told of one seed. */
const TOLD = 5;

export function createReferee(
  names: readonly string[],
  lives: readonly (Life | undefined)[],
): Referee {
  const majority = Math.floor(names.length / 2) + 1;
  const problems: string[] = [];
  const acknowledged = new Map<string, Sealed>();
  const figures: Figures = {
    said: 0,
    forks: 0,
    terms: 0,
    settled: 0,
    refused: 0,
  };
  /** Of each hub, how far its disk has each origin: `[epoch, seq]`. */
  const disks = names.map(
    () => new Map<string, readonly [epoch: number, seq: number]>(),
  );
  const places = names.map(() => new Set<string>());
  const distrusted = new Set<string>();
  /** Who acted in which term. */
  const actors = new Map<number, string>();
  /** Of each origin, its last word as coordinator that was settled. */
  const settled = new Map<string, { term: number; seq: number }>();
  const settledClosings = new Map<string, { origin: string; seq: number }>();
  /** Words of coordinators that are not settled yet. */
  let open: Word[] = [];

  const problem = (words: string): void => {
    if (problems.length < TOLD) problems.push(words);
  };

  const holds = (hub: number, origin: string, seq: number): boolean =>
    (disks[hub]?.get(origin)?.[1] ?? 0) >= seq;

  const claims = (life: Life, have: Have): void => {
    for (const [origin, [, seq]] of Object.entries(have))
      if (!holds(life.at, origin, seq) && !distrusted.has(origin))
        problem(
          `${nameOf(life)} claims ${origin} ${String(seq)}, which is not on its disk`,
        );
  };

  const nameOf = ({ at }: Life): string => names[at] ?? "";

  const ownSaid = (sealed: Sealed): void => {
    const { body, origin, seq } = sealed.envelope;
    acknowledged.set(sealed.hash, sealed);
    figures.said += 1;
    if (!("term" in body)) return;
    const { term } = body;
    const before = actors.get(term);
    if (before === undefined) figures.terms += 1;
    else if (before !== origin)
      problem(`${origin} acts in term ${String(term)}, as ${before} did`);
    actors.set(term, origin);
    const closes = body.kind === "pollClosed" ? body.decisionId : undefined;
    open.push({ origin, term, seq, closes });
  };

  /** Whoever coordinates knows every word of a coordinator before it that a majority had while that one held the office. */
  const knowsSettled = (life: Life): void => {
    for (const [origin, { term, seq }] of settled) {
      if (origin === nameOf(life) || distrusted.has(origin)) continue;
      if (term >= life.machine.term)
        problem(
          `${nameOf(life)} may coordinate in term ${String(life.machine.term)} after term ${String(term)} of ${origin}`,
        );
      else if ((life.machine.have()[origin]?.[1] ?? 0) < seq)
        problem(
          `${nameOf(life)} coordinates without ${origin} ${String(seq)}, which a majority had`,
        );
    }
  };

  const settle = (life: Life): void => {
    const self = nameOf(life);
    if (open.length === 0) return;
    open = open.filter(({ origin, term, seq, closes }) => {
      if (origin !== self) return true;
      // What it said in an office it has no more is settled by whoever follows.
      if (term !== life.machine.term) return false;
      if (life.machine.heldBy(origin, seq) < majority) return true;
      const held = names.filter((_, hub) => holds(hub, origin, seq)).length;
      if (held < majority)
        problem(
          `${self} thinks a majority has its ${String(seq)}, ${String(held)} have it`,
        );
      settled.set(origin, { term, seq });
      if (closes !== undefined && !distrusted.has(origin))
        settledClosings.set(closes, { origin, seq });
      figures.settled += 1;
      return false;
    });
  };

  return {
    problems,
    acknowledged,
    distrusted,
    settledClosings,
    figures,
    office(life) {
      for (const other of lives)
        if (other !== undefined && other !== life && other.mayCoordinate())
          problem(
            `${nameOf(life)} (term ${String(life.machine.term)}) and ${nameOf(other)} (term ${String(other.machine.term)}) both may coordinate`,
          );
      knowsSettled(life);
      settle(life);
    },
    kept(life, effect) {
      if (effect.kind === "keepFork") {
        figures.forks += 1;
        const { origin } = effect.first.envelope;
        if (!distrusted.has(origin))
          problem(`${origin} signed two things for one place`);
      }
      if (effect.kind !== "keepSaid") return;
      const { sealed } = effect;
      const { origin, epoch, seq } = sealed.envelope;
      const disk = disks[life.at];
      const [lastEpoch, lastSeq] = disk?.get(origin) ?? [0, 0];
      if (epoch < lastEpoch)
        problem(
          `${nameOf(life)} took ${origin} ${String(seq)} of epoch ${String(epoch)} after ${String(lastEpoch)}`,
        );
      if (seq !== lastSeq + 1)
        problem(
          `${nameOf(life)} kept ${origin} ${String(seq)} after ${String(lastSeq)}`,
        );
      const place = `${origin} ${String(epoch)} ${String(seq)}`;
      if (places[life.at]?.has(place) === true)
        problem(`${nameOf(life)} kept ${place} twice`);
      places[life.at]?.add(place);
      disk?.set(origin, [epoch, seq]);
      if (origin === nameOf(life)) ownSaid(sealed);
    },
    sends(life, frame) {
      if (frame.t === "have") claims(life, frame.have);
      else if (frame.t === "push") {
        for (const { envelope } of frame.sealed)
          if (!holds(life.at, envelope.origin, envelope.seq))
            problem(
              `${nameOf(life)} sends ${envelope.origin} ${String(envelope.seq)} before it is on its disk`,
            );
      } else if (frame.term.kind === "vote") claims(life, frame.term.have);
    },
    distrust(hub) {
      distrusted.add(names[hub] ?? "");
    },
    problem,
  };
}
