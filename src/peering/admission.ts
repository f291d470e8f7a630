import type { Sealed } from "../core/peering/room.ts";
import { MAX_JSON_DEPTH, isDeeperThan } from "../core/jsonDepth.ts";
import { mayTake } from "../core/peering/scopes.ts";
import type { Hash } from "../ports.ts";
import type { Identities } from "../ports/peering.ts";
import {
  MAX_ENVELOPE,
  PeerEnvelope,
  type PeerBody,
  type RoomKind,
} from "../protocol/peer.ts";
import type { PinnedPeer } from "./link.ts";
import { payloadOf } from "./rooms/kept.ts";

/** What became of an envelope at the door. */
export type Admission =
  /** It may be kept; with `refused` it counts for nothing. */
  | {
      readonly kind: "taken";
      readonly sealed: Sealed;
      readonly refused?: string;
    }
  /** Nothing of it is kept. `origin` where its signature was checked. */
  | {
      readonly kind: "dropped";
      readonly why: string;
      readonly origin?: string;
    };

/** What the door has to know. */
export interface AdmissionParts {
  readonly identities: Pick<Identities, "verify">;
  readonly hash: Hash;
  readonly self: { readonly hubId: string; readonly publicKey: string };
  /** Pinned now: a revoked hub is none. */
  readonly pinned: (hubId: string) => PinnedPeer | undefined;
}

/** Where an envelope came in. */
export interface Door {
  readonly id: string;
  readonly kind: RoomKind;
  readonly home: string;
}

const PAIR_ONLY: ReadonlySet<PeerBody["kind"]> = new Set([
  "cards",
  "report",
  "reportAsked",
  "message",
  "messageDone",
  "published",
  "taskAsked",
  "taskTold",
  "taskCanceled",
]);
const HOME_ONLY: ReadonlySet<PeerBody["kind"]> = new Set([
  "roomOpened",
  "roomClosed",
  "event",
  "ballotsAsked",
]);

/** Who signed it, as it says itself; nothing is checked yet. */
function claimedOrigin(jws: string): string | undefined {
  const text = payloadOf(jws);
  if (text === undefined || isDeeperThan(text, MAX_JSON_DEPTH))
    return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return value !== null &&
      typeof value === "object" &&
      "origin" in value &&
      typeof value.origin === "string"
      ? value.origin
      : undefined;
  } catch {
    return undefined;
  }
}

/** Opens an envelope with the key that was pinned for its origin, and with no other. `undefined`: not signed by it, or no envelope. */
async function open(
  jws: string,
  publicKey: string,
  identities: Pick<Identities, "verify">,
): Promise<PeerEnvelope | undefined> {
  const text = await identities.verify(
    jws,
    JSON.parse(publicKey) as Parameters<Identities["verify"]>[1],
  );
  if (text === undefined || isDeeperThan(text, MAX_JSON_DEPTH))
    return undefined;
  try {
    const parsed = PeerEnvelope.safeParse(JSON.parse(text));
    return parsed.success ? parsed.data : undefined;
  } catch {
    return undefined;
  }
}

/** Why a body counts for nothing in this room; undefined when it counts. Our own always does. */
function refusal(
  { body, origin }: PeerEnvelope,
  door: Door,
  self: string,
  peer: PinnedPeer | undefined,
): string | undefined {
  if (origin === self) return undefined;
  if (PAIR_ONLY.has(body.kind) !== (door.kind === "pair"))
    return `"${body.kind}" has no place in such a room`;
  if (HOME_ONLY.has(body.kind) && origin !== door.home)
    return `only the home of the room may say "${body.kind}"`;
  return mayTake(body, peer?.scopes ?? [])
    ? undefined
    : `it has no scope here for "${body.kind}"`;
}

/**
 * Checks an envelope: length, the signature of its origin by the key pinned here, that it was signed for this room, and whether its origin has
 * the scope for what it says. What lacks the scope keeps its place in its origin's chain and counts for nothing, also when the scope is granted later.
 */
export async function admit(
  jws: string,
  door: Door,
  parts: AdmissionParts,
): Promise<Admission> {
  const { self, identities, hash } = parts;
  if (jws.length > MAX_ENVELOPE)
    return { kind: "dropped", why: "it is too long" };
  const origin = claimedOrigin(jws);
  if (origin === undefined)
    return { kind: "dropped", why: "it is no envelope" };
  const peer = parts.pinned(origin);
  const key = origin === self.hubId ? self.publicKey : peer?.publicKey;
  if (key === undefined)
    return { kind: "dropped", why: "its origin is not paired with this hub" };
  const envelope = await open(jws, key, identities);
  if (envelope === undefined || envelope.origin !== origin)
    return { kind: "dropped", why: "its signature does not fit" };
  if (envelope.room !== door.id)
    return { kind: "dropped", why: "it was signed for another room", origin };
  // Revoked, or granted less, while its signature was checked.
  const still = parts.pinned(origin);
  if (peer !== undefined && still === undefined)
    return { kind: "dropped", why: "its origin is not paired with this hub" };
  const refused = refusal(envelope, door, self.hubId, still);
  return {
    kind: "taken",
    sealed: { jws, hash: hash(jws), envelope },
    ...(refused !== undefined && { refused }),
  };
}
