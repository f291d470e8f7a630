/** Facts about other hubs; part of the one list in `event.ts`. Those of a room are in the room's own stream, the others in the hub's. */
import * as z from "zod";
import {
  BlobRef,
  CertificatePin,
  HubId,
  RoomId,
  RoomKind,
  Scope,
} from "./peer.ts";

const Scopes = z.array(Scope);

/** Data of each event type; types are past tense. */
export const PeerEventData = {
  /** This log speaks for this identity: what it signs is numbered here and nowhere else. */
  HubIdentified: z.object({ hubId: HubId, pin: CertificatePin }),
  /** The listener for teammates is wanted, from now on and after a restart. */
  SharingOpened: z.object({ host: z.string(), port: z.number().int() }),
  SharingClosed: z.object({}),
  /** Somebody may pair with this hub, once; only the SHA-256 of the secret is kept. */
  InvitationMade: z.object({
    invitationId: z.string(),
    digest: z.string(),
    scopes: Scopes,
    host: z.string(),
    port: z.number().int(),
    expiresAt: z.number().int(),
  }),
  /** A wrong secret was shown. The fifth burns every invitation that is open. */
  InvitationTried: z.object({ from: z.string() }),
  InvitationEnded: z.object({
    invitationId: z.string(),
    why: z.enum(["used", "expired", "burned", "withdrawn", "refused"]),
  }),
  /** Both people said yes. `dials`: this hub calls the other, at these addresses. */
  PeerPaired: z.object({
    hubId: HubId,
    name: z.string(),
    /** Its Ed25519 key (JWK as JSON). */
    publicKey: z.string(),
    pin: CertificatePin,
    addresses: z.array(z.object({ host: z.string(), port: z.number().int() })),
    dials: z.boolean(),
    /** What it may do here. */
    scopes: Scopes,
  }),
  PeerScopesChanged: z.object({ hubId: HubId, scopes: Scopes }),
  /** A link to it opened; at most once a day, so that a pin that nobody uses can lapse. */
  PeerSeen: z.object({ hubId: HubId }),
  /** From now on it is a stranger; what it said is kept. */
  PeerRevoked: z.object({ hubId: HubId, why: z.string() }),
  /** It is no longer listed. */
  PeerForgotten: z.object({ hubId: HubId }),
  /** A card of a peer's agent, as it is trusted from now on. */
  PeerCardPinned: z.object({
    hubId: HubId,
    agentId: z.string(),
    /** SHA-256 of the card as canonical JSON. */
    digest: z.string(),
    /** Public key (JWK as JSON) that signed it; left out for an unsigned card. */
    key: z.string().optional(),
  }),

  /** This hub takes part in a room. */
  RoomJoined: z.object({
    room: RoomId,
    kind: RoomKind,
    home: HubId,
    title: z.string(),
    members: z.array(z.object({ hubId: HubId, name: z.string() })),
  }),
  /** An envelope that was checked, byte by byte as it was signed; one of our own before it is sent. */
  PeerSaid: z.object({
    room: RoomId,
    origin: HubId,
    epoch: z.number().int(),
    seq: z.number().int(),
    /** SHA-256 of `jws`. */
    hash: z.string(),
    /** JWS in compact form (RFC 7515), `alg` EdDSA. */
    jws: z.string(),
    /** Why it counts for nothing here: its origin had no scope for it when it came. It keeps its place in its origin's chain. */
    refused: z.string().max(200).optional(),
  }),
  /** An origin signed two different things for one place: from that place on nothing it says in the room counts. */
  PeerForked: z.object({
    room: RoomId,
    origin: HubId,
    seq: z.number().int(),
    /** Both, as they were signed: proof for everybody. */
    first: z.string(),
    second: z.string(),
  }),
  /** The vote of this hub in a term, on disk before it is given; null when it only moved on to the term. */
  TermVoted: z.object({
    room: RoomId,
    term: z.number().int(),
    candidate: HubId.nullable(),
  }),
  RoomLeft: z.object({ room: RoomId, why: z.string() }),

  /** A peer asks for work on a repository, which a person answers; with `repo`, this hub asked the peer. */
  PeerTaskAsked: z.object({
    taskId: z.string(),
    hubId: HubId,
    title: z.string(),
    intent: z.string(),
    /** Of work that was asked of the peer: the repository here, and the commit the result goes on top of. */
    repo: z.string().optional(),
    base: z.string().optional(),
    /** What the bundle holds: one commit without a parent. */
    commit: z.string().optional(),
    bundle: BlobRef.optional(),
    checks: z.array(z.array(z.string())).optional(),
  }),
  PeerTaskAnswered: z.object({
    taskId: z.string(),
    accepted: z.boolean(),
    by: z.string(),
  }),
  /** Where work that was asked of a peer, or by one, has come to. */
  PeerTaskMoved: z.object({
    taskId: z.string(),
    state: z.string(),
    note: z.string(),
    /** Branch with the result, once it is here. */
    branch: z.string().optional(),
    commit: z.string().optional(),
    /** The result as it goes, or came, over the link. */
    patch: BlobRef.optional(),
    microUsd: z.number().int().optional(),
    /** The review of the result. */
    missionId: z.string().optional(),
  }),
} as const;
