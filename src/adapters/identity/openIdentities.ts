import {
  X509Certificate,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  hash,
} from "node:crypto";
import type { KeyObject } from "node:crypto";
import { wordlist } from "@scure/bip39/wordlists/english.js";
import type { JsonObject } from "../../core/json.ts";
import type { Clock, TextLog } from "../../ports.ts";
import type {
  HubIdentity,
  Identities,
  SecretStore,
} from "../../ports/peering.ts";
import { makeCertificate } from "./certificate.ts";
import { hubIdOf, proveEd25519, signJws, verifyJws } from "./jws.ts";

/** Name of the secret with the identity. */
const SECRET = "hub-identity";
/** Where one goes that this log does not know, or that cannot be read. */
const ASIDE = "hub-identity.old";
const WORDS = 6;
/** 2,048 words: 11 bits each. */
const BITS = 11;

/** The identity as it is kept: both keys PKCS #8 in PEM. */
interface Kept {
  readonly key: string;
  readonly certificate: string;
  readonly certificateKey: string;
}

function make(now: number): Kept {
  const { privateKey } = generateKeyPairSync("ed25519");
  return {
    key: privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
    ...makeCertificate(now),
  };
}

/** The identity in what was kept; undefined when it is damaged. */
function read(text: string): HubIdentity | undefined {
  try {
    const kept = JSON.parse(text) as Partial<Kept>;
    const { key, certificate, certificateKey } = kept;
    if (!key || !certificate || !certificateKey) return undefined;
    const tls = new X509Certificate(certificate);
    if (!tls.checkPrivateKey(createPrivateKey(certificateKey)))
      return undefined;
    return identity({ key, certificate, certificateKey }, tls);
  } catch {
    return undefined;
  }
}

function identity(kept: Kept, tls: X509Certificate): HubIdentity | undefined {
  const key: KeyObject = createPrivateKey(kept.key);
  const { x = "" } = createPublicKey(key).export({ format: "jwk" });
  const publicKey: JsonObject = { kty: "OKP", crv: "Ed25519", x };
  const hubId = hubIdOf(publicKey);
  if (hubId === undefined) return undefined;
  return {
    hubId,
    publicKey,
    certificate: kept.certificate,
    certificateKey: kept.certificateKey,
    pin: hash("sha256", tls.raw),
    sign: (payload) => signJws(payload, key),
  };
}

function words(of: readonly string[]): readonly string[] {
  // JSON keeps apart what joined text would not.
  const digest = hash("sha256", JSON.stringify(of), "buffer");
  const bits = [...digest]
    .map((byte) => byte.toString(2).padStart(8, "0"))
    .join("");
  return Array.from({ length: WORDS }, (_, at) => {
    const index = parseInt(bits.slice(at * BITS, (at + 1) * BITS), 2);
    return wordlist[index] ?? "";
  });
}

/**
 * This hub's identity in a place for secrets, under the name `hub-identity`, and how those of others are checked. A stored identity that this
 * log never spoke for, or that is damaged, is kept as `hub-identity.old`, and the text log says so: what it signed was numbered elsewhere.
 */
export function openIdentities(options: {
  readonly store: SecretStore;
  readonly textLog: TextLog;
  readonly clock: Clock;
}): Identities {
  const { store, textLog, clock } = options;

  async function load(known: (hubId: string) => boolean): Promise<HubIdentity> {
    await proveEd25519();
    const text = await store.get(SECRET);
    const found = text === undefined ? undefined : read(text);
    if (found !== undefined && known(found.hubId)) return found;
    if (text !== undefined) {
      await store.set(ASIDE, text);
      textLog.warn(
        found === undefined
          ? "The identity of this hub was damaged; it was set aside and a new one made. Teammates have to pair with this hub again."
          : "The identity that was stored belongs to another log, so it was set aside and a new one made. Teammates have to pair with this hub again.",
        found === undefined ? {} : { hubId: found.hubId },
      );
    }
    const fresh = JSON.stringify(make(clock.now()));
    const made = read(fresh);
    if (made === undefined)
      throw new Error("a new identity cannot be read back");
    await store.set(SECRET, fresh);
    return made;
  }

  return { own: load, verify: verifyJws, hubIdOf, words };
}
