import { createPrivateKey, createPublicKey, hash } from "node:crypto";
import type { KeyObject } from "node:crypto";
import { CompactSign, compactVerify, decodeProtectedHeader } from "jose";
import { RoundtableError } from "../../core/errors.ts";
import type { JsonObject } from "../../core/json.ts";

const ALGORITHM = "EdDSA";
/** All that a header of ours ever holds. */
const HEADER = { alg: ALGORITHM, typ: "JOSE" } as const;
const BASE32 = "abcdefghijklmnopqrstuvwxyz234567";
const KEY_BYTES = 32;

/** Known answer of RFC 8037, appendix A.4 (the key is the first of RFC 8032, 7.1). */
const KNOWN = {
  d: "nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A",
  x: "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo",
  text: "Example of Ed25519 signing",
  jws: "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc.hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg",
} as const;

/** Decoded, when the text is the one spelling of its bytes (RFC 4648 leaves bits free at the end). */
function exactly(text: string): Buffer | undefined {
  const bytes = Buffer.from(text, "base64url");
  return bytes.toString("base64url") === text ? bytes : undefined;
}

/** The bytes of a public Ed25519 JWK (RFC 8037); undefined when it is anything else, or holds more than a public key. */
function publicBytes(jwk: JsonObject): Buffer | undefined {
  const { kty, crv, x, d } = jwk;
  if (kty !== "OKP" || crv !== "Ed25519" || typeof x !== "string") return;
  const bytes = d === undefined ? exactly(x) : undefined;
  return bytes?.length === KEY_BYTES ? bytes : undefined;
}

/** RFC 4648 base32, lower case, without padding. */
function base32(bytes: Buffer): string {
  let text = "";
  let held = 0;
  let bits = 0;
  for (const byte of bytes) {
    held = ((held << 8) | byte) & 0xfff;
    bits += 8;
    for (; bits >= 5; bits -= 5)
      text += BASE32[(held >> (bits - 5)) & 31] ?? "";
  }
  return bits === 0 ? text : text + (BASE32[(held << (5 - bits)) & 31] ?? "");
}

/** base32 of the SHA-256 of the key's 32 bytes; undefined when it is no public Ed25519 JWK. */
export function hubIdOf(jwk: JsonObject): string | undefined {
  const bytes = publicBytes(jwk);
  return bytes && base32(hash("sha256", bytes, "buffer"));
}

/** A JWS in compact form over UTF-8 text. */
export function signJws(payload: string, key: KeyObject): Promise<string> {
  return new CompactSign(Buffer.from(payload, "utf8"))
    .setProtectedHeader(HEADER)
    .sign(key);
}

/** The payload when the key signed it with EdDSA and the text is the only one that says so: nothing in the header but `alg` and `typ`, and base64url without a choice. Else undefined. */
export async function verifyJws(
  jws: string,
  jwk: JsonObject,
): Promise<string | undefined> {
  const x = publicBytes(jwk)?.toString("base64url");
  if (x === undefined || !hasOurHeader(jws)) return undefined;
  const key = createPublicKey({
    key: { kty: "OKP", crv: "Ed25519", x },
    format: "jwk",
  });
  try {
    const { payload } = await compactVerify(jws, key, {
      algorithms: [ALGORITHM],
    });
    return new TextDecoder("utf-8", { fatal: true }).decode(payload);
  } catch {
    // Whatever is wrong with it, it says nothing.
    return undefined;
  }
}

function hasOurHeader(jws: string): boolean {
  const parts = jws.split(".");
  if (parts.length !== 3 || !parts.every((part) => exactly(part))) return false;
  try {
    const { alg, typ, ...rest } = decodeProtectedHeader(jws);
    return (
      alg === HEADER.alg && typ === HEADER.typ && Object.keys(rest).length === 0
    );
  } catch {
    return false;
  }
}

/** Proves on a known answer that this build of Node or Electron signs and verifies Ed25519 as the standard says. Rejects with `hub-failed` when it does not. */
export async function proveEd25519(): Promise<void> {
  const { d, x, text, jws } = KNOWN;
  const right = await answer(d, x, text, jws).catch(() => false);
  if (!right)
    throw new RoundtableError(
      "hub-failed",
      "This build of Node cannot sign with Ed25519 as RFC 8032 says, so this hub cannot prove who it is.",
      "Nothing was shared and no key was made. Use the official build of Node or of VS Code; everything but teammates works as before.",
    );
}

async function answer(
  d: string,
  x: string,
  text: string,
  jws: string,
): Promise<boolean> {
  const jwk = { kty: "OKP", crv: "Ed25519", x };
  const key = createPrivateKey({ key: { ...jwk, d }, format: "jwk" });
  const signed = await new CompactSign(Buffer.from(text))
    .setProtectedHeader({ alg: ALGORITHM })
    .sign(key);
  const verifier = createPublicKey({ key: jwk, format: "jwk" });
  const held = (bad: string): Promise<boolean> =>
    compactVerify(bad, verifier, { algorithms: [ALGORITHM] }).then(
      () => true,
      () => false,
    );
  return (
    signed === jws &&
    (await held(jws)) &&
    !(await held(`${jws.slice(0, -6)}AAAAAA`))
  );
}
