/** What a room says, as everybody who has the same of it sees it: a pure fold, in whatever order things came. */
import type { Elector } from "../../protocol/consensus.ts";
import type { PeerBodyOf } from "../../protocol/peer.ts";
import { compareText } from "../consensus/order.ts";
import { countBallots, type Equivocation, type Place } from "./roomBallots.ts";
import { pollsOf, type PollView } from "./roomPolls.ts";
import type { Sealed } from "./room.ts";

/** A room at one moment, without what only a job has: that is `foldJob`. */
export interface RoomView {
  /** Undefined before the opening is known, and in the room of a pair. */
  readonly opening: PeerBodyOf<"roomOpened"> | undefined;
  readonly title: string;
  readonly kind: "pair" | "mission" | "job";
  /** Its home first; empty without an opening. */
  readonly members: readonly {
    readonly hubId: string;
    readonly name: string;
  }[];
  /** Why its home closed it. */
  readonly closed: string | undefined;
  /** Ballots that count: of each agent at most one for each decision and round, by decision, round and agent. */
  readonly ballots: readonly (Place & PeerBodyOf<"ballot">)[];
  readonly equivocations: readonly Equivocation[];
  /** By decision. */
  readonly polls: readonly PollView[];
}

/**
 * The room of everything that counts. `home` is the hub whose opening it is; where it is left out, a first envelope counts that opens the room
 * and names its origin first. Of two words on a poll that of the higher term counts, then that of the lower origin and place; whether a hub really
 * held the term it names cannot be seen here.
 */
export function viewRoom(
  said: readonly Sealed[],
  forked: readonly { readonly origin: string; readonly seq: number }[],
  home?: string,
): RoomView {
  const all = inOrder(said);
  const opening = openingOf(all, home);
  const electorate = opening?.electorate ?? [];
  const { ballots, equivocations } = countBallots(all, forked, electorate);
  return {
    opening,
    title: opening?.title ?? "",
    kind: opening?.room ?? "pair",
    members: opening?.members ?? [],
    closed: closedBy(all, opening?.members[0]?.hubId),
    ballots,
    equivocations,
    polls: pollsOf(all, forked, seenFrom(electorate, opening), ballots),
  };
}

/** By origin and place. */
function inOrder(said: readonly Sealed[]): readonly Sealed[] {
  const order = (a: Sealed, b: Sealed): number =>
    compareText(a.envelope.origin, b.envelope.origin) ||
    a.envelope.seq - b.envelope.seq;
  const isSorted = said.every((one, index) => {
    const before = said[index - 1];
    return before === undefined || order(before, one) <= 0;
  });
  return isSorted ? said : said.toSorted(order);
}

function openingOf(
  all: readonly Sealed[],
  home: string | undefined,
): PeerBodyOf<"roomOpened"> | undefined {
  for (const { envelope } of all) {
    const { body, origin, seq } = envelope;
    if (
      body.kind === "roomOpened" &&
      seq === 1 &&
      origin === (home ?? body.members[0]?.hubId)
    )
      return body;
  }
  return undefined;
}

/** Votes weigh as they do at home: its own electors are the local ones. */
function seenFrom(
  electorate: readonly Elector[],
  opening: PeerBodyOf<"roomOpened"> | undefined,
): readonly (Elector & { readonly of: string })[] {
  const home = opening?.members[0]?.hubId;
  return electorate.map((elector) => ({
    ...elector,
    of: elector.hub,
    hub: elector.hub === home ? "local" : elector.hub,
  }));
}

function closedBy(
  all: readonly Sealed[],
  home: string | undefined,
): string | undefined {
  for (const { envelope } of all)
    if (envelope.body.kind === "roomClosed" && envelope.origin === home)
      return envelope.body.why;
  return undefined;
}
