/** What peering needs from the world: who this hub is, and what it may do at its own table. */
import type { JsonObject } from "../core/json.ts";
import type { Message, Task } from "../protocol/a2a.ts";
import type { HubReport, PublishedAgent } from "../protocol/peer.ts";
import type { PeersShown } from "../protocol/peers.ts";

/** Who this hub is to others: an Ed25519 key that signs, and a P-256 certificate for TLS (RFC 8446), both its own. */
export interface HubIdentity {
  /** base32 of the SHA-256 of the public key. */
  readonly hubId: string;
  /** JWK (RFC 8037) of the key that signs. */
  readonly publicKey: JsonObject;
  /** PEM, self-signed, P-256. */
  readonly certificate: string;
  /** PEM (PKCS #8) of the certificate's key. */
  readonly certificateKey: string;
  /** SHA-256 of the certificate in DER, lower-case hex. */
  readonly pin: string;
  /** A JWS in compact form (RFC 7515), `alg` EdDSA, over UTF-8 text. */
  sign(payload: string): Promise<string>;
}

/** Identities of hubs: our own, and how others are checked. */
export interface Identities {
  /** This hub's, made when first asked for; `known` says whether this log speaks for a hub id already, and a stored identity this log does not know is set aside for a new one. Rejects with `hub-failed`. */
  own(known: (hubId: string) => boolean): Promise<HubIdentity>;
  /** The payload of a JWS that the key signed with EdDSA; undefined for everything else: any other algorithm, a header that names a key or an address, a signature that does not fit. */
  verify(jws: string, publicKey: JsonObject): Promise<string | undefined>;
  /** The hub id that belongs to a public Ed25519 JWK; undefined when it is none. */
  hubIdOf(publicKey: JsonObject): string | undefined;
  /** The words both people compare: six of the 2,048 of BIP 39, from the SHA-256 of what is given, in its order. */
  words(of: readonly string[]): readonly string[];
}

/** Keeps secrets by name: the editor's secret storage, or files of mode 0600. */
export interface SecretStore {
  get(name: string): Promise<string | undefined>;
  /** Resolves once it is kept for good. */
  set(name: string, value: string): Promise<void>;
}

/** What a peer can reach at the table of this hub. */
export interface PeerTable {
  /** Agents that peers may see. */
  published(): readonly PublishedAgent[];
  report(): HubReport;
  /** Called when other agents may be seen than before; returns the way to stop. */
  onAgents(listener: () => void): () => void;
  /** Gives a peer's message to an agent as a task without any tool, and waits for its end. Rejects with `hub-failed` when there is no such agent. */
  send(
    hubId: string,
    to: string,
    message: Message,
    signal: AbortSignal,
  ): Promise<Task>;
  /** Tells a topic here what a peer published. */
  publish(hubId: string, topic: string, payload: unknown): Promise<void>;
  /** Hears what is published here on topics that peers may hear. Returns the way to stop. */
  onPublished(
    listener: (topic: string, from: string, payload: unknown) => void,
  ): () => void;
}

/** Peering as doors hold it. */
export interface PeersDesk {
  /** Everything there is to show, as it is now. */
  shown(): PeersShown;
  /** Does what a method `peers/…` asks (`protocol/peers.ts`, docs/peering.md). Rejects with a `RoundtableError`. */
  ask(method: string, params: unknown, by: string): Promise<unknown>;
  /** Called when something that is shown changed, at most once per turn of the event loop; returns the way to stop. */
  onChange(listener: () => void): () => void;
}
