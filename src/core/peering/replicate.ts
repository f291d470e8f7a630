/** Brings what is said in a room to all of its members: pushes along the coordinator, and asks of each other that close whatever stays open. */
import type { Have } from "../../protocol/peer.ts";
import { RoundtableError } from "../errors.ts";
import { createChance } from "./chance.ts";
import { createChains, type Chains, type Verdict } from "./chains.ts";
import {
  contradictions,
  createCursor,
  forkPushes,
  nextPushes,
  raise,
  relink,
  settle,
  statement,
  type Cursor,
} from "./cursors.ts";
import type {
  RoomEffect,
  RoomFrame,
  RoomKept,
  RoomRules,
  Sealed,
} from "./room.ts";

/** One linked member in turn is asked what it has, this often, ms. */
const ASK_EACH_MS = 2000;
/** An ask that is not answered for so long may be repeated, and a member that does not answer what it was sent is asked, ms. */
const ANSWER_MS = 1500;
/** Least time between two asks of one member because of a hole, ms; it is shown where its chains part from ours twice as often. */
const GAP_MS = 250;
/** Rooms so small acknowledge with everything there is. */
const SMALL = 8;
/** How often that is looked at, ms. */
const LOOK_MS = 500;
/** What others say is passed on at most this often for each member of the room, and at most this often at all, ms: a burst of n envelopes costs few frames to each. */
const RELAY_MS_EACH = 20;
const MAX_RELAY_MS = 1000;

/** The part of a room's machine that carries envelopes. */
export interface Replication {
  readonly chains: Chains;
  tick(mono: number, out: RoomEffect[]): void;
  linked(hubId: string, mono: number, out: RoomEffect[]): void;
  unlinked(hubId: string): void;
  frame(
    from: string,
    frame: Exclude<RoomFrame, { t: "term" }>,
    mono: number,
    out: RoomEffect[],
  ): void;
  /** This hub says something; throws `peering-failed` where it is not at its place. */
  say(sealed: Sealed, mono: number, out: RoomEffect[]): void;
  /** Asks a linked member for what it has, at most one ask at a time. */
  ask(hubId: string, mono: number, out: RoomEffect[]): void;
  /** Who passes on what is said; undefined: everybody tells everybody. */
  coordinatedBy(
    hubId: string | undefined,
    mono: number,
    out: RoomEffect[],
  ): void;
  isLinked(hubId: string): boolean;
  /** Linked members. */
  links(): readonly string[];
  heldBy(origin: string, seq: number): number;
}

/** Replication over what disk holds. */
export function createReplication(
  rules: RoomRules,
  kept: RoomKept,
  mono: number,
): Replication {
  const chains = createChains(rules.members, kept);
  const { origins } = chains;
  const self = chains.indexOf(rules.self);
  const cursors = origins
    .filter((hubId) => hubId !== rules.self)
    .map((hubId) => createCursor(hubId, origins.length));
  const cursorOf = new Map(cursors.map((cursor) => [cursor.hubId, cursor]));
  const isSmall = origins.length <= SMALL;
  const relayMs = Math.min(MAX_RELAY_MS, RELAY_MS_EACH * origins.length);
  let coordinator: string | undefined;
  let turn = createChance(rules.seed)(origins.length);
  let askNext = mono + createChance(rules.seed ^ 0x5bd1e995)(ASK_EACH_MS);
  let lookNext = mono + LOOK_MS;
  /** What others said waits to be passed on. */
  let relaying = false;
  let relayedAt = mono - relayMs;

  function send(cursor: Cursor, frame: RoomFrame, out: RoomEffect[]): void {
    if (cursor.linked) out.push({ kind: "send", to: cursor.hubId, frame });
  }

  function pump(cursor: Cursor, mono: number, out: RoomEffect[]): void {
    if (cursor.owed === "nothing") return;
    for (const frame of nextPushes(cursor, chains, self)) {
      cursor.movedAt = mono;
      send(cursor, frame, out);
    }
  }

  function owe(cursor: Cursor, what: "own" | "all"): void {
    if (cursor.linked && cursor.owed !== "all") cursor.owed = what;
  }

  function relay(mono: number, out: RoomEffect[]): void {
    relaying = false;
    relayedAt = mono;
    const to = coordinator === rules.self ? cursors : [whoCoordinates()];
    for (const cursor of to) {
      if (cursor === undefined) continue;
      owe(cursor, "all");
      pump(cursor, mono, out);
    }
  }

  function whoCoordinates(): Cursor | undefined {
    const cursor = cursorOf.get(coordinator ?? "");
    return cursor?.linked === true ? cursor : undefined;
  }

  function ask(cursor: Cursor, mono: number, out: RoomEffect[]): void {
    const { linked, askedAt } = cursor;
    if (!linked || (askedAt !== undefined && mono - askedAt < ANSWER_MS))
      return;
    cursor.askedAt = mono;
    cursor.lastAsk = mono;
    cursor.lacks = false;
    send(cursor, statement(chains, true), out);
  }

  /** What never fits is not asked for as fast as it can be sent. */
  function mayAskNow({ askedAt, lastAsk }: Cursor, mono: number): boolean {
    return askedAt === undefined && mono - lastAsk >= GAP_MS;
  }

  /** Everybody converges on the lowest place, so everybody hears of it. */
  function tellForks(out: RoomEffect[]): void {
    for (const cursor of cursors)
      for (const frame of forkPushes(cursor, chains)) send(cursor, frame, out);
  }

  function pushed(
    cursor: Cursor,
    all: readonly Sealed[],
    mono: number,
    out: RoomEffect[],
  ): void {
    const told: Have = {};
    let more = false;
    let news = false;
    let forked = false;
    for (const sealed of all) {
      const { origin, seq, epoch, prev } = sealed.envelope;
      const index = chains.indexOf(origin);
      const verdict = chains.offer(sealed);
      if (verdict === "next") {
        out.push({ kind: "keepSaid", sealed });
        news = true;
      } else if (verdict === "fork") {
        const fork = index === undefined ? undefined : chains.fork(index);
        if (index === undefined || fork === undefined) continue;
        const { first, second } = fork;
        out.push({ kind: "keepFork", first, second });
        forked = true;
        // The two part ways further down.
        const before = chains.at(index, seq - 1)?.hash ?? "";
        if (prev !== before) more = true;
      } else {
        out.push({ kind: "refused", from: cursor.hubId, why: verdict });
        if (verdict === "gap" || verdict === "chain") more = true;
      }
      if (index === undefined) continue;
      if (verdict === "next" || verdict === "duplicate")
        raise(cursor, index, Math.min(seq, chains.count(index)));
      const count = chains.count(index);
      if (!isSmall && count > 0)
        told[origin] = [
          chains.at(index, count)?.envelope.epoch ?? epoch,
          count,
        ];
    }
    if (more && mayAskNow(cursor, mono)) ask(cursor, mono, out);
    else {
      if (more) cursor.lacks = true;
      const have = isSmall || all.length === 0 ? chains.have() : told;
      send(cursor, { t: "have", have, ask: false }, out);
    }
    if (forked) tellForks(out);
    if (news && cursor.hubId !== coordinator) relaying = true;
  }

  function stated(
    cursor: Cursor,
    frame: Extract<RoomFrame, { t: "have" }>,
    mono: number,
    out: RoomEffect[],
  ): void {
    cursor.movedAt = mono;
    if (!frame.ask && frame.heads === undefined) {
      for (const origin in frame.have) {
        const index = chains.indexOf(origin);
        if (index !== undefined)
          raise(cursor, index, frame.have[origin]?.[1] ?? 0);
      }
      if (cursor.underWay > 0) cursor.underWay -= 1;
      pump(cursor, mono, out);
      return;
    }
    settle(cursor, chains, frame.have, frame.forks, mono);
    // An ask that crosses our own is its answer, and ours is theirs.
    const answer = frame.ask && cursor.askedAt === undefined;
    cursor.askedAt = undefined;
    if (answer) send(cursor, statement(chains, false), out);
    if (frame.heads !== undefined && mono - cursor.comparedAt >= GAP_MS / 2)
      for (const shown of contradictions(chains, frame.have, frame.heads)) {
        cursor.comparedAt = mono;
        send(cursor, shown, out);
      }
    for (const shown of forkPushes(cursor, chains)) send(cursor, shown, out);
    owe(cursor, "all");
    pump(cursor, mono, out);
  }

  function askInTurn(mono: number, out: RoomEffect[]): void {
    for (const _ of cursors) {
      turn = (turn + 1) % cursors.length;
      const cursor = cursors[turn];
      if (cursor?.linked !== true) continue;
      ask(cursor, mono, out);
      return;
    }
  }

  return {
    chains,
    tick(mono, out) {
      if (relaying && mono - relayedAt >= relayMs) relay(mono, out);
      if (mono >= lookNext) {
        lookNext = mono + LOOK_MS;
        for (const cursor of cursors)
          if (
            cursor.linked &&
            (cursor.lacks ||
              ((cursor.underWay > 0 || !cursor.told) &&
                mono - cursor.movedAt > ANSWER_MS))
          )
            ask(cursor, mono, out);
      }
      if (mono < askNext) return;
      askNext = mono + ASK_EACH_MS;
      askInTurn(mono, out);
    },
    linked(hubId, mono, out) {
      const cursor = cursorOf.get(hubId);
      if (cursor === undefined) return;
      relink(cursor, true);
      cursor.movedAt = mono;
      ask(cursor, mono, out);
    },
    unlinked(hubId) {
      const cursor = cursorOf.get(hubId);
      if (cursor !== undefined) relink(cursor, false);
    },
    frame(from, frame, mono, out) {
      const cursor = cursorOf.get(from);
      if (cursor === undefined) {
        out.push({ kind: "refused", from, why: "stranger" });
        return;
      }
      if (frame.t === "have") stated(cursor, frame, mono, out);
      else pushed(cursor, frame.sealed, mono, out);
      if (relaying && mono - relayedAt >= relayMs) relay(mono, out);
    },
    say(sealed, mono, out) {
      const { origin, seq } = sealed.envelope;
      const isNext =
        self !== undefined &&
        origin === rules.self &&
        seq === chains.count(self) + 1;
      const verdict = isNext ? chains.offer(sealed) : "gap";
      if (verdict !== "next") throw unsayable(verdict);
      out.push({ kind: "keepSaid", sealed });
      if (coordinator === rules.self) {
        relay(mono, out);
        return;
      }
      const one = whoCoordinates();
      for (const cursor of one === undefined ? cursors : [one]) {
        owe(cursor, "own");
        pump(cursor, mono, out);
      }
    },
    ask(hubId, mono, out) {
      const cursor = cursorOf.get(hubId);
      if (cursor !== undefined) ask(cursor, mono, out);
    },
    coordinatedBy(hubId, mono, out) {
      coordinator = hubId;
      const cursor = whoCoordinates();
      if (cursor !== undefined) ask(cursor, mono, out);
    },
    isLinked: (hubId) => cursorOf.get(hubId)?.linked === true,
    links: () =>
      cursors.flatMap(({ linked, hubId }) => (linked ? [hubId] : [])),
    heldBy(origin, seq) {
      const index = chains.indexOf(origin);
      if (index === undefined) return 0;
      const here = chains.count(index) >= seq;
      let count = here ? 1 : 0;
      for (const cursor of cursors)
        if (
          (cursor.held[index] ?? 0) >= seq ||
          // Whoever said it had it before anybody else.
          (here && cursor.hubId === origin)
        )
          count += 1;
      return count;
    },
  };
}

function unsayable(verdict: Verdict): RoundtableError {
  return verdict === "forked"
    ? new RoundtableError(
        "peering-failed",
        "This hub signed two different things for one place of a room of peers, so its word no longer counts there.",
        "What it said before stays; where its identity was copied or an old backup put back, give the hub a new identity and pair again.",
      )
    : new RoundtableError(
        "peering-failed",
        "What this hub was about to say in a room of peers is not at its place there.",
        "Nothing was sent; open the room again to say it.",
      );
}
