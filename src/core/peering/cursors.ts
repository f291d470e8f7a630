/** How far one other member has a room, and what is on its way to it. */
import type { Have } from "../../protocol/peer.ts";
import type { Chains } from "./chains.ts";
import type { RoomFrame, Sealed } from "./room.ts";

/** Most envelopes, and bytes of them, in one frame. */
const MAX_BATCH = 256;
const MAX_BATCH_BYTES = 200_000;
/** Frames that may be on their way without an answer. */
const MAX_UNDER_WAY = 4;
/** Wait before something is sent a third time that is not taken, and longest such wait, ms. */
const RETRY_MS = 500;
const MAX_RETRY_MS = 60_000;
/** Envelopes shown to somebody who holds another chain, down from where the two are told apart. */
const SHOWN = 16;

/** A member as seen from here. Places are by index of the origin; 0: none. */
export interface Cursor {
  readonly hubId: string;
  linked: boolean;
  /** It told all it has since it was linked. */
  told: boolean;
  /** What it certainly has. */
  readonly held: number[];
  /** What was sent to it, or need not be. */
  readonly sent: number[];
  /** Forks it was shown, or told of itself. */
  readonly shown: number[];
  /** How often it was sent an origin again without taking any of it, and before when that is not tried once more. */
  readonly tries: number[];
  readonly tryAt: number[];
  /** Frames of envelopes without an answer. */
  underWay: number;
  /** When it last got or answered something. */
  movedAt: number;
  /** When it was asked something that is not answered. */
  askedAt: number | undefined;
  /** When it was last asked anything. */
  lastAsk: number;
  /** When it was last shown where its chains part from ours. */
  comparedAt: number;
  /** Something it sent did not fit: it is asked again, but not at once. */
  lacks: boolean;
  /** What it is to get as soon as there is room: everything it lacks, or what this hub said. */
  owed: "nothing" | "own" | "all";
}

/** Nothing known yet. */
export function createCursor(hubId: string, origins: number): Cursor {
  const none = (): number[] => new Array<number>(origins).fill(0);
  return {
    hubId,
    linked: false,
    told: false,
    held: none(),
    sent: none(),
    shown: none(),
    tries: none(),
    tryAt: none(),
    underWay: 0,
    movedAt: 0,
    askedAt: undefined,
    lastAsk: -Infinity,
    comparedAt: -Infinity,
    lacks: false,
    owed: "nothing",
  };
}

/** A link begins or ends: what was under way may be lost. */
export function relink(cursor: Cursor, linked: boolean): void {
  cursor.linked = linked;
  cursor.told = false;
  cursor.underWay = 0;
  cursor.askedAt = undefined;
  cursor.lacks = false;
  cursor.owed = "nothing";
}

/** All there is here, as it is told to others. */
export function statement(chains: Chains, ask: boolean): RoomFrame {
  const forks = chains.forks();
  return {
    t: "have",
    have: chains.have(),
    ask,
    heads: chains.heads(),
    ...(forks === undefined ? {} : { forks }),
  };
}

/** The member says it has at least this. */
export function raise(cursor: Cursor, index: number, seq: number): void {
  if (seq > (cursor.held[index] ?? 0)) {
    cursor.held[index] = seq;
    cursor.tries[index] = 0;
  }
  if (seq > (cursor.sent[index] ?? 0)) cursor.sent[index] = seq;
}

/** The member says all it has: what was sent and is not there is sent again, less and less often to one that never takes it. */
export function settle(
  cursor: Cursor,
  chains: Chains,
  have: Have,
  forks: Readonly<Record<string, number>> | undefined,
  mono: number,
): void {
  const isFirst = !cursor.told;
  for (const [index, origin] of chains.origins.entries()) {
    const seq = have[origin]?.[1] ?? 0;
    const fork = forks?.[origin] ?? 0;
    if (isFirst) {
      cursor.held[index] = seq;
      cursor.tries[index] = 0;
    } else raise(cursor, index, seq);
    const isBehind =
      (cursor.sent[index] ?? 0) > seq ||
      (fork === 0 && (cursor.shown[index] ?? 0) > 0);
    if (!isFirst && isBehind && !triesAgain(cursor, index, mono)) continue;
    cursor.sent[index] = seq;
    cursor.shown[index] = fork;
  }
  cursor.told = true;
  cursor.underWay = 0;
}

function triesAgain(cursor: Cursor, index: number, mono: number): boolean {
  const tries = cursor.tries[index] ?? 0;
  if (tries > 0 && mono < (cursor.tryAt[index] ?? 0)) return false;
  cursor.tries[index] = tries + 1;
  cursor.tryAt[index] =
    mono + Math.min(MAX_RETRY_MS, RETRY_MS * 2 ** Math.min(tries, 10));
  return true;
}

/** The next frames for a member, as many as may be under way; what it is owed beyond them stays owed. */
export function nextPushes(
  cursor: Cursor,
  chains: Chains,
  own: number | undefined,
): readonly RoomFrame[] {
  const frames: RoomFrame[] = [];
  if (!cursor.linked || !cursor.told) return frames;
  while (cursor.owed !== "nothing" && cursor.underWay < MAX_UNDER_WAY) {
    const sealed = nextBatch(
      cursor,
      chains,
      cursor.owed === "own" ? own : undefined,
    );
    if (sealed.length === 0) {
      cursor.owed = "nothing";
      break;
    }
    frames.push({ t: "push", sealed });
    cursor.underWay += 1;
  }
  return frames;
}

function nextBatch(
  cursor: Cursor,
  chains: Chains,
  only: number | undefined,
): readonly Sealed[] {
  const batch: Sealed[] = [];
  let bytes = 0;
  const first = only ?? 0;
  const last = only ?? chains.origins.length - 1;
  for (let index = first; index <= last; index += 1) {
    const count = chains.count(index);
    for (let sent = cursor.sent[index] ?? 0; sent < count; sent += 1) {
      const sealed = chains.at(index, sent + 1);
      if (sealed === undefined) break;
      bytes += sealed.jws.length;
      if (
        batch.length >= MAX_BATCH ||
        (batch.length > 0 && bytes > MAX_BATCH_BYTES)
      )
        return batch;
      batch.push(sealed);
      cursor.sent[index] = sent + 1;
    }
  }
  return batch;
}

/** Both envelopes of every fork the member does not know of and can check, in frames of their own. */
export function forkPushes(
  cursor: Cursor,
  chains: Chains,
): readonly RoomFrame[] {
  if (!cursor.linked || !cursor.told || chains.forks() === undefined) return [];
  return chains.origins.flatMap((_, index): RoomFrame[] => {
    const fork = chains.fork(index);
    const shown = cursor.shown[index] ?? 0;
    if (
      fork === undefined ||
      (shown > 0 && shown <= fork.seq) ||
      (cursor.sent[index] ?? 0) < fork.seq - 1
    )
      return [];
    cursor.shown[index] = fork.seq;
    return [
      { t: "push", sealed: [fork.first] },
      { t: "push", sealed: [fork.second] },
    ];
  });
}

/** What is held here of origins of which the member holds another chain, at the place it told and a little below: whoever sees both has proof. */
export function contradictions(
  chains: Chains,
  have: Have,
  heads: Readonly<Record<string, string>>,
): readonly RoomFrame[] {
  return chains.origins.flatMap((origin, index): RoomFrame[] => {
    const seq = have[origin]?.[1] ?? 0;
    const head = heads[origin];
    const ours = chains.at(index, seq);
    if (ours === undefined || head === undefined || ours.hash === head)
      return [];
    const sealed: Sealed[] = [];
    let bytes = 0;
    for (let at = seq; at > 0 && sealed.length < SHOWN; at -= 1) {
      const one = chains.at(index, at);
      bytes += one?.jws.length ?? 0;
      if (one === undefined || (sealed.length > 0 && bytes > MAX_BATCH_BYTES))
        break;
      sealed.unshift(one);
    }
    return [{ t: "push", sealed }];
  });
}
