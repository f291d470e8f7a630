import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  sign,
} from "node:crypto";
import type { KeyObject } from "node:crypto";
import { rename } from "node:fs/promises";
import type { CardSigner, TextLog } from "../../ports.ts";
import { readPrivate, writePrivate, type PrivateFile } from "./privateFile.ts";

function base64url(text: string): string {
  return Buffer.from(text, "utf8").toString("base64url");
}

function secretIn(file: string): PrivateFile {
  return {
    file,
    what: "The key that signs agent cards",
    next: "Nothing was signed with it. Make the file yours alone (mode 600) or remove it; then a new key is made at the next start.",
  };
}

function parse(pem: string): KeyObject | undefined {
  try {
    const key = createPrivateKey(pem);
    const curve = key.asymmetricKeyDetails?.namedCurve;
    return key.asymmetricKeyType === "ec" && curve === "prime256v1"
      ? key
      : undefined;
  } catch {
    return undefined;
  }
}

async function make(file: string): Promise<KeyObject> {
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const pem = privateKey.export({ type: "pkcs8", format: "pem" });
  await writePrivate(secretIn(file), pem.toString());
  return privateKey;
}

async function keyOf(file: string, textLog: TextLog): Promise<KeyObject> {
  const pem = await readPrivate(secretIn(file));
  if (pem === undefined) return make(file);
  const key = parse(pem);
  if (key !== undefined) return key;
  await rename(file, `${file}.damaged`);
  textLog.warn(
    "The key that signs agent cards was damaged; it was set aside and a new one made. Who pinned the old one must fetch the new one.",
    { file: `${file}.damaged` },
  );
  return make(file);
}

/**
 * The hub's own key for agent cards: P-256, signatures ES256 (RFC 7518), `kid` the thumbprint of RFC 7638. It is kept in `file` (PKCS #8 PEM,
 * mode 0600) and made when there is none; one that cannot be read as such a key is set aside as `FILE.damaged`. Rejects with `hub-failed` when
 * the file is somebody else's or open to others.
 */
export async function openCardSigner(options: {
  readonly file: string;
  readonly textLog: TextLog;
}): Promise<CardSigner> {
  const key = await keyOf(options.file, options.textLog);
  const { x = "", y = "" } = createPublicKey(key).export({ format: "jwk" });
  const kid = createHash("sha256")
    .update(JSON.stringify({ crv: "P-256", kty: "EC", x, y }))
    .digest("base64url");
  const header = base64url(JSON.stringify({ alg: "ES256", kid, typ: "JOSE" }));
  return {
    sign(payload) {
      const input = Buffer.from(`${header}.${base64url(payload)}`, "ascii");
      const signature = sign("sha256", input, {
        key,
        dsaEncoding: "ieee-p1363",
      });
      return { protected: header, signature: signature.toString("base64url") };
    },
    publicKeys: [
      { kty: "EC", crv: "P-256", x, y, kid, alg: "ES256", use: "sig" },
    ],
  };
}
