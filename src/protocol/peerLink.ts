/** What two hubs say to each other before a link is open: who they are, and how they pair. */
import * as z from "zod";
import { CertificatePin, HubId, Scope } from "./peer.ts";

/** TLS application protocols (RFC 7301): links of hubs that know each other, and pairing, which is answered only while an invitation is open. */
export const PEER_ALPN = "roundtable-peer/1";
export const PAIR_ALPN = "roundtable-pair/1";
/** Label of the exported keying material (RFC 8446, 7.5) that binds what is signed to its TLS channel; 32 bytes, without context. */
export const CHANNEL_LABEL = "EXPORTER-roundtable-peer";
/** Longest frame before a link is open, bytes. */
export const MAX_HELLO = 8192;

const PublicKey = z.object({
  kty: z.literal("OKP"),
  crv: z.literal("Ed25519"),
  x: z.string().max(64),
});

/** Payload of the JWS that each side sends first: who it is, to whom it speaks, and on which channel. */
export const Hello = z.object({
  typ: z.literal("hello"),
  /** Versions of the link it speaks. */
  versions: z.array(z.number().int()).min(1).max(16),
  /** Version of its program, for people. */
  software: z.string().max(32),
  hubId: HubId,
  publicKey: PublicKey,
  to: HubId,
  /** SHA-256 of the certificate it shows on this channel. */
  pin: CertificatePin,
  /** base64 of the channel's exported keying material. */
  channel: z.string().max(64),
  name: z.string().max(64),
  /** Epoch of its log. */
  epoch: z.number().int().min(1),
});
export type Hello = z.infer<typeof Hello>;

/** Payload of the JWS in which a person's answer crosses: whether both saw the same words. */
export const PairAnswer = z.object({
  typ: z.literal("pair-answer"),
  to: HubId,
  channel: z.string().max(64),
  same: z.boolean(),
});
export type PairAnswer = z.infer<typeof PairAnswer>;

/** Frames of a pairing, in their order: the joiner's `join`, the inviter's `welcome`, then an `answer` from both, and `paired` from both once it is on disk. */
export const PairFrame = z.discriminatedUnion("t", [
  z.object({
    t: z.literal("join"),
    hello: z.string().max(MAX_HELLO),
    /** base64url of the 128 bits of the invitation. */
    secret: z.string().max(64),
    /** What the inviter may do at the joiner. */
    scopes: z.array(Scope).max(4),
  }),
  z.object({ t: z.literal("welcome"), hello: z.string().max(MAX_HELLO) }),
  z.object({ t: z.literal("answer"), jws: z.string().max(MAX_HELLO) }),
  z.object({ t: z.literal("paired") }),
]);
export type PairFrame = z.infer<typeof PairFrame>;

/** What an invitation's code holds. */
export const InvitationCode = z.object({
  a: z.tuple([z.string().max(64), z.number().int().min(1).max(65_535)]),
  p: CertificatePin,
  h: HubId,
  s: z.string().regex(/^[A-Za-z0-9_-]{22}$/),
  c: z.array(Scope).max(4),
  e: z.number().int(),
  n: z.string().max(64),
});
export type InvitationCode = z.infer<typeof InvitationCode>;
