import { randomBytes } from "node:crypto";
import { constants } from "node:fs";
import { mkdir, open, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { RoundtableError } from "../../core/errors.ts";

/** Longest secret that is read, bytes. */
const MAX_FILE_BYTES = 16_384;
/** Windows has no mode bits; there the profile's access list protects the folder. */
const HAS_MODES = process.platform !== "win32";

/** A file with a secret, and how it is spoken of to people. */
export interface PrivateFile {
  readonly file: string;
  /** Begins the sentence: `The key that signs agent cards`. */
  readonly what: string;
  /** What happened to nothing, and what to do. */
  readonly next: string;
}

function isNoEntry(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ENOENT";
}

function troubled(
  { file, what, next }: PrivateFile,
  why: string,
  cause?: unknown,
): RoundtableError {
  return new RoundtableError("hub-failed", `${what}, ${file}, ${why}.`, next, {
    cause,
  });
}

/** Why a file or folder is not its user's alone; undefined when it is. */
export function strangeness(stats: {
  readonly uid: number;
  readonly mode: number;
}): string | undefined {
  if (!HAS_MODES) return undefined;
  if (stats.uid !== process.getuid?.()) return "belongs to somebody else";
  return (stats.mode & 0o077) === 0
    ? undefined
    : "is open to other users of this machine";
}

/** The text of the file; undefined when there is none. Rejects with `hub-failed` when it is not a plain file of this user alone, or too long to be a secret. */
export async function readPrivate(
  secret: PrivateFile,
): Promise<string | undefined> {
  let handle;
  try {
    const flags = constants.O_RDONLY | (HAS_MODES ? constants.O_NOFOLLOW : 0);
    handle = await open(secret.file, flags);
  } catch (cause) {
    if (isNoEntry(cause)) return undefined;
    throw troubled(secret, "could not be opened", cause);
  }
  try {
    const stats = await handle.stat();
    if (!stats.isFile() || stats.size > MAX_FILE_BYTES)
      throw troubled(secret, "is not a key file");
    const strange = strangeness(stats);
    if (strange !== undefined) throw troubled(secret, strange);
    return await handle.readFile("utf8");
  } finally {
    await handle.close();
  }
}

/** Writes the file whole or not at all: it is on the disk, for its owner only, before it has its name. Rejects with `hub-failed`. */
export async function writePrivate(
  secret: PrivateFile,
  text: string,
): Promise<void> {
  const { file } = secret;
  const half = `${file}.${randomBytes(4).toString("hex")}.half`;
  try {
    await mkdir(dirname(file), { recursive: true, mode: 0o700 });
    const handle = await open(half, "wx", 0o600);
    try {
      await handle.writeFile(text);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(half, file);
    await syncFolder(dirname(file));
  } catch (cause) {
    await rm(half, { force: true });
    throw troubled(secret, "could not be written", cause);
  }
}

/** A new name is for good only when its folder is on the disk too. */
async function syncFolder(folder: string): Promise<void> {
  if (!HAS_MODES) return;
  const handle = await open(folder, constants.O_RDONLY);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
