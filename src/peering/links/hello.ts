import { isProblem, type RoundtableError } from "../../core/errors.ts";
import { MAX_JSON_DEPTH, isDeeperThan } from "../../core/jsonDepth.ts";
import type { HubIdentity, Identities } from "../../ports/peering.ts";
import { PEER_VERSIONS } from "../../protocol/peer.ts";
import { Hello, MAX_HELLO } from "../../protocol/peerLink.ts";
import type { Channel } from "./channel.ts";
import { peerRefused } from "./trouble.ts";

/** JSON from outside, no deeper than what is read; undefined when it is none. */
export function readJson(text: string): unknown {
  if (isDeeperThan(text, MAX_JSON_DEPTH)) return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** Who speaks in a hello. */
export interface Speaker {
  readonly identity: HubIdentity;
  readonly name: string;
  readonly version: string;
  readonly epoch: number;
}

/** This hub's hello on a channel, signed. */
export function sayHello(
  { identity, name, version, epoch }: Speaker,
  to: string,
  channel: Channel,
): Promise<string> {
  const { kty, crv, x } = identity.publicKey as unknown as Hello["publicKey"];
  const hello: Hello = {
    typ: "hello",
    versions: [...PEER_VERSIONS],
    software: version.slice(0, 32),
    hubId: identity.hubId,
    publicKey: { kty, crv, x },
    to,
    pin: identity.pin,
    channel: channel.binding,
    name: name.slice(0, 64),
    epoch,
  };
  return identity.sign(JSON.stringify(hello));
}

/** What is claimed by a hello before anything of it is checked. */
function claimed(jws: string): Hello | undefined {
  if (jws.length > MAX_HELLO) return undefined;
  const [, payload = ""] = jws.split(".");
  const text = Buffer.from(payload, "base64url").toString("utf8");
  return Hello.safeParse(readJson(text)).data;
}

/**
 * Checks the hello of the other side: that its key signed it and is the key of the hub it names, that it speaks to us, on this very channel,
 * with the certificate it shows here, and in a version we speak. `pinned`: the hub and the key we know, where we know one. Rejects with `peer-refused`.
 */
export async function hearHello(
  jws: string,
  expected: {
    readonly identities: Identities;
    readonly speaker: Speaker;
    readonly channel: Channel;
    readonly hubId?: string;
    /** JWK as JSON. */
    readonly publicKey?: string;
  },
): Promise<Hello> {
  const { identities, speaker, channel } = expected;
  const hello = claimed(jws);
  if (hello === undefined)
    throw peerRefused("What the other side said first is no hello of a hub.");
  const { publicKey } = hello;
  const knownKey = expected.publicKey ?? JSON.stringify(publicKey);
  const isItself =
    JSON.stringify(publicKey) === knownKey &&
    identities.hubIdOf(publicKey) === hello.hubId &&
    (expected.hubId === undefined || expected.hubId === hello.hubId);
  if (!isItself)
    throw peerRefused(
      "The other side is not the hub it should be: its key is another one.",
    );
  const signed = await identities.verify(jws, publicKey);
  if (signed === undefined)
    throw peerRefused(
      "The hello of the other side is not signed by the key it names.",
    );
  if (
    hello.to !== speaker.identity.hubId ||
    hello.channel !== channel.binding ||
    hello.pin !== channel.pin
  )
    throw peerRefused(
      "The hello of the other side was made for another connection.",
    );
  if (hello.hubId === speaker.identity.hubId)
    throw peerRefused("The other side is this hub itself.");
  agree(hello, speaker.version);
  return hello;
}

/** Throws when there is no version both speak; says which each does. */
function agree(theirs: Hello, version: string): void {
  const ours: readonly number[] = PEER_VERSIONS;
  if (theirs.versions.some((one) => ours.includes(one))) return;
  throw peerRefused(
    `No common version: roundtable ${version} speaks ${ours.join(", ")}, ${theirs.software} speaks ${theirs.versions.join(", ")}`,
    "Nothing was shared. Update Roundtable on the side with the lower version.",
  );
}

/** Reason for the close frame of a refusal: the sentence, or for anything else nothing that tells about us. */
export function reasonOf(error: unknown): string {
  return isProblem(error, "peer-refused", "bad-invitation")
    ? (error satisfies RoundtableError).message
    : "something failed here";
}
