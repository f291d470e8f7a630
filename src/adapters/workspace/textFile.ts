import { randomBytes } from "node:crypto";
import { constants } from "node:fs";
import type { FileHandle } from "node:fs/promises";
import { link, open, rename, rm, unlink } from "node:fs/promises";
import type { Folder } from "./folder.ts";
import { statIn } from "./folder.ts";
import type { RoundtableError } from "../../core/errors.ts";
import { denied, failed, systemCode } from "./trouble.ts";

/** Largest file that is read or written, bytes. */
export const MAX_FILE_BYTES = 2 ** 20;

// Flags a system does not have are undefined, which counts as 0; there the checks before the call stand alone.

/** Bytes of a file as they are, never through a link, never waiting for a pipe; `special` for what is no plain file, `large` above 1 MiB. */
export async function readBytes(
  folder: Folder,
  name: string,
): Promise<Buffer | "special" | "large"> {
  await using handle = await open(
    folder.at(name),
    constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK,
  );
  const stats = await handle.stat();
  if (!stats.isFile()) return "special";
  if (stats.size > MAX_FILE_BYTES) return "large";
  return await readAtMost(handle, MAX_FILE_BYTES);
}

/** The text in `bytes`; undefined where they are not UTF-8 text. */
export function decode(bytes: Buffer): string | undefined {
  if (bytes.includes(0)) return undefined;
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(
      bytes,
    );
  } catch (error) {
    if (error instanceof TypeError) return undefined;
    throw error;
  }
}

/** Text of a file of at most 1 MiB. `path` is for people. */
export async function readText(
  folder: Folder,
  name: string,
  path: string,
): Promise<string> {
  const bytes = await readBytes(folder, name);
  if (bytes === "special")
    throw failed(path, "is a folder or not a plain file", "name a file in it");
  if (bytes === "large")
    throw failed(
      path,
      `is larger than ${String(MAX_FILE_BYTES)} bytes`,
      "search it instead of reading all of it",
    );
  const text = decode(bytes);
  if (text === undefined)
    throw failed(path, "is not UTF-8 text", "leave binary files as they are");
  return text;
}

/**
 * Puts `text` in place of what was there, all of it or nothing, and keeps the file's permissions. The file is a new one: other hard
 * links to the old one, wherever they are, keep the old text.
 */
export async function writeText(
  folder: Folder,
  name: string,
  text: string,
  path: string,
): Promise<void> {
  if (Buffer.byteLength(text) > MAX_FILE_BYTES) throw tooLarge(path);
  const old = await statIn(folder, name);
  if (old?.isDirectory() === true)
    throw failed(path, "is a folder", "name a file in it");
  if (old !== undefined && !old.isFile())
    throw denied(path, "it is not a plain file");
  const draft = `.${randomBytes(12).toString("hex")}.tmp`;
  try {
    await using handle = await open(
      folder.at(draft),
      constants.O_WRONLY |
        constants.O_CREAT |
        constants.O_EXCL |
        constants.O_NOFOLLOW,
    );
    await handle.writeFile(text, "utf8");
    if (old !== undefined) await handle.chmod(old.mode & 0o777);
    await rename(folder.at(draft), folder.at(name));
  } catch (error) {
    await rm(folder.at(draft), { force: true });
    throw error;
  }
}

/** Makes a file that is not there yet, whole or not at all; a link of that name counts as being there. */
export async function createText(
  folder: Folder,
  name: string,
  text: string,
  path: string,
): Promise<void> {
  if (Buffer.byteLength(text) > MAX_FILE_BYTES) throw tooLarge(path);
  const draft = `.${randomBytes(12).toString("hex")}.tmp`;
  try {
    await writeNew(folder, draft, text);
    // Unlike a rename, a hard link never takes the place of what is there.
    await link(folder.at(draft), folder.at(name));
  } catch (error) {
    if (systemCode(error) !== "EEXIST") throw error;
    throw failed(path, "is there already", "choose another name", error);
  } finally {
    await rm(folder.at(draft), { force: true });
  }
}

async function writeNew(
  folder: Folder,
  name: string,
  text: string,
): Promise<void> {
  await using handle = await open(
    folder.at(name),
    constants.O_WRONLY |
      constants.O_CREAT |
      constants.O_EXCL |
      constants.O_NOFOLLOW,
  );
  await handle.writeFile(text, "utf8");
}

function tooLarge(path: string): RoundtableError {
  return failed(
    path,
    `would be larger than ${String(MAX_FILE_BYTES)} bytes`,
    "split it into smaller files",
  );
}

/** Removes a file, or a link but not what it points to. */
export async function removeFile(
  folder: Folder,
  name: string,
  path: string,
): Promise<void> {
  if ((await statIn(folder, name))?.isDirectory() === true)
    throw failed(path, "is a folder", "remove its files one by one");
  await unlink(folder.at(name));
}

/** A file may grow while it is read. */
async function readAtMost(handle: FileHandle, most: number): Promise<Buffer> {
  const buffer = Buffer.alloc(most);
  let length = 0;
  while (length < most) {
    const { bytesRead } = await handle.read(buffer, length, most - length);
    if (bytesRead === 0) break;
    length += bytesRead;
  }
  return buffer.subarray(0, length);
}
