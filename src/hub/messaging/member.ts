import type { RpcError } from "../../protocol/jsonRpc.ts";
import type { Identity } from "../outside/identity.ts";
import { callerOf } from "../outside/identity.ts";
import { toRpcError } from "../wireError.ts";
import type { Allowance } from "./allowance.ts";
import { opening } from "./encode.ts";
import type { Reader } from "./frame.ts";
import { createReader } from "./frame.ts";
import type { Outgoing } from "./outgoing.ts";
import type { Sender, Taker } from "./parties.ts";
import type { Wire } from "./wire.ts";

/** Envelope frames that cannot be read before their sender is cut off. */
const MAX_BAD_FRAMES = 32;

/** How a member is reached. */
export interface Channel {
  /** Sends a JSON-RPC frame. */
  send(text: string): void;
  close(why: string): void;
  /** The way out of a socket; nothing for a channel in the process. */
  readonly wire?: Wire;
  /** Whether it understands envelope frames. */
  readonly envelopes?: boolean;
  /** Stops and goes on reading what the member sends. */
  pause?(): void;
  resume?(): void;
}

/** A connection as the messages see it: who speaks on it, and what it is told. */
export class Member implements Sender, Taker {
  readonly channel: Channel;
  readonly identity: Identity;
  /** Ids of the agents that sit here. */
  readonly seats = new Set<string>();
  /** Patterns of its live subscriptions. */
  topics: Set<string> | undefined;
  /** Ends of the mailboxes that are emptied here, by mailbox. */
  mailboxes: Map<string, () => void> | undefined;
  /** The connection has ended. */
  gone = false;
  readonly reader: Reader = createReader();
  /** Its durable messages that are on their way to the disk, and their bytes. */
  underWay = 0;
  underWayBytes = 0;
  /** Held because there are too many of them. */
  waitsForDisk = false;
  readonly #allowance: Allowance;
  #name: string;
  #start: Buffer | undefined;
  #accepted: string[] | undefined;
  #badFrames = 0;
  #holds = 0;

  constructor(channel: Channel, identity: Identity, allowance: Allowance) {
    this.channel = channel;
    this.#allowance = allowance;
    this.identity = identity;
    this.#name = callerOf(identity).name;
  }

  get wire(): Wire | undefined {
    return this.channel.wire;
  }

  /** Who sends what names no sender: the first agent that sat down here, else the client. */
  get name(): string {
    return this.#name;
  }

  get taker(): this {
    return this;
  }

  /** Takes so many bytes from its share of the moment; false when it is used up. */
  mayTake(bytes: number): boolean {
    return this.#allowance.takes(bytes);
  }

  /** Whether it may send under that name. */
  speaksAs(name: string): boolean {
    return name === this.#name || this.seats.has(name);
  }

  /** Beginning of the frames that are passed on from here. */
  get start(): Buffer {
    return (this.#start ??= opening({ from: this.#name }));
  }

  seat(agentId: string): void {
    if (this.seats.size === 0) this.#rename(agentId);
    this.seats.add(agentId);
  }

  unseat(agentId: string): void {
    if (!this.seats.delete(agentId)) return;
    const [next = callerOf(this.identity).name] = this.seats;
    this.#rename(next);
  }

  take(outgoing: Outgoing): boolean {
    const { wire, envelopes } = this.channel;
    if (wire === undefined) {
      const text = outgoing.text();
      if (text !== undefined) this.channel.send(text);
      return text !== undefined;
    }
    const frame = envelopes === true ? outgoing.frame() : outgoing.textFrame();
    return (
      frame !== undefined &&
      wire.message(frame, outgoing.priority, outgoing.expiresAt)
    );
  }

  /** Whether the message has a form that this member understands. */
  canBeGiven(outgoing: Outgoing): boolean {
    return this.channel.envelopes === true || outgoing.text() !== undefined;
  }

  /** Its durable message is on disk; told together with others of the same moment. */
  accepted(id: string): void {
    if (this.#accepted === undefined) {
      this.#accepted = [];
      process.nextTick(() => {
        this.#notify("envelope/accepted", { ids: this.#accepted });
        this.#accepted = undefined;
      });
    }
    this.#accepted.push(id);
  }

  /** Its message led to nothing. */
  refused(id: string | null, error: unknown): void {
    const told: RpcError = toRpcError(error);
    this.#notify("envelope/refused", { id, error: told });
  }

  /** It sent what cannot be read. */
  sentRubbish(): void {
    this.#badFrames += 1;
    if (this.#badFrames >= MAX_BAD_FRAMES)
      this.channel.close("too many bad frames");
  }

  /** Whether what it sends is not read at the moment. */
  get held(): boolean {
    return this.#holds > 0;
  }

  /** Stops reading what it sends until {@link release} was called as often. */
  hold(): void {
    this.#holds += 1;
    if (this.#holds === 1) this.channel.pause?.();
  }

  release(): void {
    this.#holds -= 1;
    if (this.#holds === 0) this.channel.resume?.();
  }

  #rename(name: string): void {
    this.#name = name;
    this.#start = undefined;
  }

  #notify(method: string, params: unknown): void {
    this.channel.send(JSON.stringify({ jsonrpc: "2.0", method, params }));
  }
}
