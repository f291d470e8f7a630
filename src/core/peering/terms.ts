/**
 * Who coordinates a room, term by term: votes of a majority of all members, kept before they are given, and a lease on the holder's own
 * monotonic clock. After Raft (Ongaro, "Consensus: Bridging Theory and Practice", 2014: elections §3.4, leadership transfer §3.10, leases
 * §6.4.1, PreVote §9.6); the wall clock is never read.
 */
import type { Have, TermFrame } from "../../protocol/peer.ts";
import { createChance } from "./chance.ts";
import { createLease, majorityOf, type Lease } from "./lease.ts";
import type { Office, RoomLinks } from "./office.ts";
import type { RoomEffect, RoomKept, RoomRules } from "./room.ts";

/** Part of a lease its holder does not use: clocks may run at rates that differ by this much, 1 / n. */
const MARGIN = 10;
/** Terms one frame may skip; a number further off is no term. */
const MAX_SKIP = 1_000_000;
/** Leases a newly elected holder has to get what its voters have; then it lets somebody else try. */
const CATCH_UP_LEASES = 2;

type Of<K extends TermFrame["kind"]> = Extract<TermFrame, { kind: K }>;

/** `asking`: whether votes would be given; `standing`: for the term, its own vote given. */
type Role = "following" | "asking" | "standing" | "holding";

/** Terms over the last vote on disk; `start` is the time this hub begins at. */
export function createTerms(
  rules: RoomRules,
  kept: RoomKept,
  start: number,
  room: RoomLinks,
): Office {
  const { self, members, leaseMs, beatMs } = rules;
  const home = members[0] ?? self;
  const majority = majorityOf(members.length);
  const usable = leaseMs - Math.ceil(leaseMs / MARGIN);
  const chance = createChance(rules.seed);
  // The first term is its home's without a vote; whoever has ever voted is past that.
  const untouched = kept.vote.term <= 1 && kept.vote.candidate === null;
  let begins = untouched && kept.said.length === 0 && self === home;

  let term = Math.max(1, kept.vote.term);
  let votedFor = kept.vote.candidate;
  let role: Role = "following";
  let holder = untouched && !(self === home && !begins) ? home : undefined;
  /** No vote for a later term before this: promises made before a crash are not on disk, so a start counts as one. */
  let promisedUntil = start + leaseMs;
  let standAt = promisedUntil + delay();
  /** The holder let go in this term, and for whom. */
  let released: { readonly term: number; readonly to: string } | undefined;
  let yes = new Set<string>();
  let lease: Lease = createLease(members.length);
  let beatAt = start;
  /** What the voters of the holder had, until it is here. */
  let wanted: readonly { readonly from: string; readonly have: Have }[] = [];
  let wantedUntil = 0;

  function delay(): number {
    return self === home ? chance(beatMs) : beatMs + chance(leaseMs / 2);
  }

  function send(to: string, frame: TermFrame, out: RoomEffect[]): void {
    if (room.isLinked(to))
      out.push({ kind: "send", to, frame: { t: "term", term: frame } });
  }

  function sendAll(frame: TermFrame, out: RoomEffect[]): void {
    for (const to of room.links()) send(to, frame, out);
  }

  function hold(hubId: string | undefined, out: RoomEffect[]): void {
    if (holder === hubId) return;
    holder = hubId;
    out.push({ kind: "coordinator", hubId, term });
  }

  function vote(candidate: string | null, out: RoomEffect[]): void {
    votedFor = candidate;
    out.push({ kind: "keepVote", term, candidate });
  }

  /** Goes on to a later term, of which nothing is known yet. */
  function moveTo(
    later: number,
    candidate: string | null,
    mono: number,
    out: RoomEffect[],
  ): void {
    if (role === "holding") promisedUntil = promiseOf(mono);
    begins = false;
    term = later;
    role = "following";
    wanted = [];
    standAt = Math.max(mono, promisedUntil) + delay();
    vote(candidate, out);
    hold(undefined, out);
  }

  /** Until when this hub is bound to a holder. */
  function promiseOf(mono: number): number {
    return role === "holding" ? lease.from(mono) + leaseMs : promisedUntil;
  }

  function ask(mono: number, out: RoomEffect[]): void {
    standAt = mono + delay() + beatMs;
    // Who would not win does not stand: a hub that was cut off comes back in the term it left.
    role = "asking";
    yes = new Set([self]);
    sendAll({ kind: "voteAsked", term: term + 1, pre: true }, out);
    if (yes.size >= majority) stand(false, mono, out);
  }

  function stand(handedOver: boolean, mono: number, out: RoomEffect[]): void {
    moveTo(term + 1, self, mono, out);
    role = "standing";
    standAt = mono + delay() + beatMs;
    yes = new Set([self]);
    sendAll(
      { kind: "voteAsked", term, ...(handedOver ? { handedOver } : {}) },
      out,
    );
    if (yes.size >= majority) win(mono, out);
  }

  function win(mono: number, out: RoomEffect[]): void {
    role = "holding";
    lease = createLease(members.length);
    wantedUntil = mono + CATCH_UP_LEASES * leaseMs;
    hold(self, out);
    beat(mono, out);
    catchUp(mono, out);
  }

  function beat(mono: number, out: RoomEffect[]): void {
    beatAt = mono + beatMs;
    sendAll({ kind: "lead", term, beat: lease.beat(mono) }, out);
  }

  /** Whatever a majority had is known before anything is decided. */
  function catchUp(mono: number, out: RoomEffect[]): void {
    wanted = wanted.filter(({ have }) => !room.chains.holds(have));
    for (const { from } of wanted) room.ask(from, mono, out);
    if (wanted.length > 0 && mono >= wantedUntil) letGo(mono, out);
  }

  /** Stops, and lets others be elected first. */
  function letGo(mono: number, out: RoomEffect[]): void {
    role = "following";
    wanted = [];
    promisedUntil = mono + leaseMs;
    standAt = promisedUntil + delay();
    hold(undefined, out);
  }

  /** Whether the word of a hub counts in the room: who has none cannot coordinate it. */
  function counts(hubId: string): boolean {
    return room.chains.forks()?.[hubId] === undefined;
  }

  /** Whether a hub cannot be the holder of such a term, as far as is known here. */
  function isOver(from: string, of: number): boolean {
    return (
      of < term ||
      (of === term &&
        (role === "holding" || (holder !== undefined && holder !== from))) ||
      (of === 1 && from !== home)
    );
  }

  function lead(
    from: string,
    frame: Of<"lead">,
    mono: number,
    out: RoomEffect[],
  ): void {
    const heard: TermFrame = { kind: "leadHeard", term, beat: frame.beat };
    const isLate = frame.term === term && released?.term === term;
    if (isLate || isOver(from, frame.term)) {
      out.push({ kind: "refused", from, why: "stale" });
      if (frame.term < term) send(from, heard, out);
      return;
    }
    if (frame.term > term) moveTo(frame.term, null, mono, out);
    if (!counts(from)) {
      hold(undefined, out);
      return;
    }
    role = "following";
    promisedUntil = mono + leaseMs;
    standAt = promisedUntil + delay();
    hold(from, out);
    send(from, { ...heard, term }, out);
  }

  function mayVote(
    from: string,
    asked: Of<"voteAsked">,
    mono: number,
  ): boolean {
    const isFree =
      mono >= promiseOf(mono) ||
      (asked.handedOver === true &&
        released?.term === term &&
        released.to === from);
    if (!counts(from)) return false;
    if (asked.term > term) return isFree;
    return (
      asked.pre !== true &&
      asked.term === term &&
      (votedFor === from ||
        (votedFor === null && holder === undefined && term > 1 && isFree))
    );
  }

  function voteAsked(
    from: string,
    asked: Of<"voteAsked">,
    mono: number,
    out: RoomEffect[],
  ): void {
    const granted = mayVote(from, asked, mono);
    if (granted && asked.pre !== true) {
      if (asked.term > term) moveTo(asked.term, from, mono, out);
      else if (votedFor !== from) vote(from, out);
      standAt = mono + leaseMs + delay();
    }
    send(
      from,
      {
        kind: "vote",
        term: granted ? asked.term : term,
        granted,
        ...(asked.pre === true ? { pre: true } : {}),
        have: room.chains.have(),
      },
      out,
    );
  }

  function voted(
    from: string,
    { term: of, granted, pre = false, have }: Of<"vote">,
    mono: number,
    out: RoomEffect[],
  ): void {
    if (!granted) {
      if (of > term) moveTo(of, null, mono, out);
      return;
    }
    const counts = pre
      ? role === "asking" && of === term + 1
      : role === "standing" && of === term;
    if (!counts || yes.has(from)) return;
    yes.add(from);
    if (!pre) wanted = [...wanted, { from, have }];
    if (yes.size < majority) return;
    if (pre) stand(false, mono, out);
    else win(mono, out);
  }

  function handedOver(
    from: string,
    { term: of, to }: Of<"handOver">,
    mono: number,
    out: RoomEffect[],
  ): void {
    if (isOver(from, of)) {
      out.push({ kind: "refused", from, why: "stale" });
      return;
    }
    if (of > term) moveTo(of, null, mono, out);
    role = "following";
    released = { term, to };
    hold(undefined, out);
    if (to === self && counts(self)) stand(true, mono, out);
  }

  return {
    tick(mono, out) {
      if (begins) {
        begins = false;
        vote(self, out);
        role = "holding";
        beat(mono, out);
      }
      if (!counts(self)) {
        if (role === "holding") letGo(mono, out);
        standAt = Infinity;
      }
      if (role === "holding") {
        if (mono >= beatAt) beat(mono, out);
        if (wanted.length > 0) catchUp(mono, out);
        return;
      }
      if (mono < promisedUntil) return;
      if (holder !== undefined) hold(undefined, out);
      if (mono >= standAt) ask(mono, out);
    },
    linked(hubId, mono, out) {
      if (role === "holding")
        send(hubId, { kind: "lead", term, beat: lease.beat(mono) }, out);
    },
    frame(from, frame, mono, out) {
      if (!members.includes(from) || from === self) {
        out.push({ kind: "refused", from, why: "stranger" });
        return;
      }
      if (frame.term > term + MAX_SKIP) {
        out.push({ kind: "refused", from, why: "stale" });
        return;
      }
      switch (frame.kind) {
        case "lead":
          lead(from, frame, mono, out);
          break;
        case "leadHeard":
          if (frame.term > term) moveTo(frame.term, null, mono, out);
          else if (frame.term === term && role === "holding")
            lease.heard(from, frame.beat);
          break;
        case "voteAsked":
          voteAsked(from, frame, mono, out);
          break;
        case "vote":
          voted(from, frame, mono, out);
          break;
        case "handOver":
          handedOver(from, frame, mono, out);
      }
    },
    handOver(to, mono, out) {
      if (role !== "holding" || !room.isLinked(to) || !counts(to)) return;
      sendAll({ kind: "handOver", term, to }, out);
      released = { term, to };
      letGo(mono, out);
    },
    mayCoordinate(mono) {
      if (role !== "holding" || !counts(self)) return false;
      if (wanted.some(({ have }) => !room.chains.holds(have))) return false;
      return mono < lease.from(mono) + usable;
    },
    get term() {
      return term;
    },
    get coordinator() {
      return holder;
    },
  };
}
