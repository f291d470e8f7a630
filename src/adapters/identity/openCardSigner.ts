import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  randomBytes,
  sign,
} from "node:crypto";
import type { KeyObject } from "node:crypto";
import { constants } from "node:fs";
import { mkdir, open, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { RoundtableError } from "../../core/errors.ts";
import type { CardSigner, TextLog } from "../../ports.ts";

/** A PKCS #8 P-256 key in PEM is 241 bytes. */
const MAX_FILE_BYTES = 4096;
/** Windows has no mode bits; there the profile's access list protects the folder. */
const HAS_MODES = process.platform !== "win32";

function base64url(text: string): string {
  return Buffer.from(text, "utf8").toString("base64url");
}

function isNoEntry(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ENOENT";
}

function troubled(file: string, why: string, cause?: unknown): RoundtableError {
  return new RoundtableError(
    "hub-failed",
    `The key that signs agent cards, ${file}, ${why}.`,
    "Nothing was signed with it. Make the file yours alone (mode 600) or remove it; then a new key is made at the next start.",
    { cause },
  );
}

/** The text of the key's file; undefined when there is none yet. */
async function read(file: string): Promise<string | undefined> {
  let handle;
  try {
    handle = await open(file, constants.O_RDONLY | constants.O_NOFOLLOW);
  } catch (cause) {
    if (isNoEntry(cause)) return undefined;
    throw troubled(file, "could not be opened", cause);
  }
  try {
    const stats = await handle.stat();
    if (!stats.isFile() || stats.size > MAX_FILE_BYTES)
      throw troubled(file, "is not a key file");
    if (HAS_MODES && stats.uid !== process.getuid?.())
      throw troubled(file, "belongs to somebody else");
    if (HAS_MODES && (stats.mode & 0o077) !== 0)
      throw troubled(file, "is open to other users of this machine");
    return await handle.readFile("utf8");
  } finally {
    await handle.close();
  }
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

/** Makes a key; it is whole on the disk, for its owner only, before it has its name. */
async function make(file: string): Promise<KeyObject> {
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const half = `${file}.${randomBytes(4).toString("hex")}.half`;
  try {
    await mkdir(dirname(file), { recursive: true, mode: 0o700 });
    const handle = await open(half, "wx", 0o600);
    try {
      await handle.writeFile(
        privateKey.export({ type: "pkcs8", format: "pem" }),
      );
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(half, file);
  } catch (cause) {
    await rm(half, { force: true });
    throw troubled(file, "could not be written", cause);
  }
  return privateKey;
}

async function keyOf(file: string, textLog: TextLog): Promise<KeyObject> {
  const pem = await read(file);
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
