/** What a peer must have been granted before its word counts here, and before it is shown something of ours. */
import type { PeerBody, Scope } from "../../protocol/peer.ts";

type Kind = PeerBody["kind"];

/** By the kind of what was said: the scope its origin needs at the receiver; null where an answer, or word of the speaker itself, needs none. */
const NEEDED: Readonly<Record<Kind, Scope | null>> = {
  cards: null,
  report: null,
  reportAsked: "observe",
  message: "message",
  messageDone: null,
  published: "message",
  taskAsked: "task",
  taskTold: null,
  taskCanceled: "task",
  roomOpened: "message",
  roomClosed: null,
  event: "message",
  ballotsAsked: "vote",
  ballot: "vote",
  ballotMissing: null,
  partGiven: "message",
  partDone: "message",
  pollOpened: "vote",
  pollClosed: "vote",
  jobDone: "message",
};

/** By the kind of what we would say: whether only a peer that may observe us gets it. */
const SHOWS_US: Readonly<Record<Kind, boolean>> = {
  cards: true,
  report: true,
  reportAsked: false,
  message: false,
  messageDone: false,
  published: false,
  taskAsked: false,
  taskTold: false,
  taskCanceled: false,
  roomOpened: true,
  roomClosed: false,
  event: true,
  ballotsAsked: false,
  ballot: false,
  ballotMissing: false,
  partGiven: false,
  partDone: false,
  pollOpened: false,
  pollClosed: false,
  jobDone: false,
};

/** The scope the origin of such a body must hold at its receiver; null: none. */
export function scopeNeeded(kind: Kind): Scope | null {
  return NEEDED[kind];
}

/** Whether a body counts here from an origin that was granted `granted`. A kind this version does not know never does. */
export function mayTake(
  body: Pick<PeerBody, "kind">,
  granted: readonly Scope[],
): boolean {
  if (!Object.hasOwn(NEEDED, body.kind)) return false;
  const needed = scopeNeeded(body.kind);
  return needed === null || granted.includes(needed);
}

/** Whether a body of ours may be shown to a peer we granted `granted`: who we are and what our missions do is only for those that may observe. */
export function maySend(
  body: Pick<PeerBody, "kind">,
  granted: readonly Scope[],
): boolean {
  if (!Object.hasOwn(SHOWS_US, body.kind)) return false;
  return !SHOWS_US[body.kind] || granted.includes("observe");
}
