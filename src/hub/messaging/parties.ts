import type { Outgoing } from "./outgoing.ts";
import type { Wire } from "./wire.ts";

/** Whoever can get a message. */
export interface Taker {
  /** False when it was not taken: the reader is gone, too far behind, or cannot be given this. */
  take(outgoing: Outgoing): boolean;
  /** Whether the message has a form that it understands; without this method any has. */
  canBeGiven?(outgoing: Outgoing): boolean;
  readonly wire?: Wire | undefined;
}

/** Whoever sends: a member, or the hub itself. */
export interface Sender {
  readonly name: string;
  /** Where answers to its requests go. */
  readonly taker: Taker;
  /** Ids of the agents that speak here; what is for one of their kind is for another. */
  readonly seats: ReadonlySet<string>;
}
