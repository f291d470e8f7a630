/**
 * Missions kept as files beside the log: `archive/` for our own that were moved out of it, `imported/` for those of another hub. One
 * mission per file, compressed; a file gets its name only once it is complete, on disk, and was read back.
 */
import { createHash } from "node:crypto";
import { createReadStream, createWriteStream } from "node:fs";
import { mkdir, open, readdir, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGunzip, createGzip } from "node:zlib";
import { isProblem, RoundtableError } from "../../core/errors.ts";
import { upcast } from "../../core/events.ts";
import type { Recorded } from "../../protocol/event.ts";
import type { LogFileHeader, LogFileMission } from "../../protocol/logFile.ts";
import type { LogFilePart } from "./logFile.ts";
import { linesOf, partsOf } from "./logFile.ts";
import type { Row } from "./row.ts";
import { fromRow } from "./row.ts";

/** Which of the two folders. */
export type Shelf = "archive" | "imported";

/** A mission that is kept as a file. */
export interface Shelved extends LogFileMission {
  readonly shelf: Shelf;
  readonly path: string;
  /** The hub it comes from; see `LogFileHeader`. */
  readonly hub: string;
}

const ENDING = ".jsonl.gz";
const GZIP = [0x1f, 0x8b] as const;

/** The folder of a shelf, beside the log `file`. */
export function shelfOf(file: string, shelf: Shelf): string {
  return join(dirname(file), shelf);
}

/** Name of a mission's file: its id where that is harmless in every file system, else a digest of it. */
export function shelfName(missionId: string): string {
  const name = /^[a-z0-9][a-z0-9-]{0,63}$/.test(missionId)
    ? missionId
    : `x-${createHash("sha256").update(missionId).digest("hex").slice(0, 32)}`;
  return `${name}${ENDING}`;
}

/** Writes one mission; a file of that name is replaced. Resolves once it is on disk under its name and was read back whole. */
export async function shelve(
  dir: string,
  header: LogFileHeader,
  rows: Iterable<Row>,
): Promise<{ readonly name: string; readonly sha256: string }> {
  const name = shelfName(header.missions[0]?.missionId ?? "");
  const path = join(dir, name);
  const draft = `${path}.writing`;
  await mkdir(dir, { recursive: true, mode: 0o700 });
  try {
    await pipeline(
      Readable.from(linesOf(header, rows)),
      createGzip(),
      // `flush` is an fsync before the file is closed.
      createWriteStream(draft, { mode: 0o600, flush: true }),
    );
    for await (const _ of partsIn(draft));
    const sha256 = await digestOf(draft);
    await rename(draft, path);
    await syncFolder(dir);
    return { name, sha256 };
  } finally {
    await rm(draft, { force: true });
  }
}

/** What is on the shelves beside the log `file`, oldest first; files that cannot be read are told to `onProblem`. */
export async function shelved(
  file: string,
  onProblem: (problem: RoundtableError) => void = () => undefined,
): Promise<readonly Shelved[]> {
  const found: Shelved[] = [];
  for (const shelf of ["archive", "imported"] as const) {
    const dir = shelfOf(file, shelf);
    const names = await readdir(dir).catch(() => []);
    for (const name of names.filter((one) => one.endsWith(ENDING)).sort())
      try {
        const path = join(dir, name);
        const { hub, missions } = await headerIn(path);
        for (const mission of missions)
          found.push({ ...mission, shelf, path, hub });
      } catch (error) {
        if (!isProblem(error)) throw error;
        onProblem(error);
      }
  }
  return found.sort((a, b) => a.openedAt - b.openedAt);
}

/** A mission of a shelf, every event checked; undefined where there is none of that id. */
export async function fromShelf(
  file: string,
  missionId: string,
): Promise<readonly Recorded[] | undefined> {
  for (const shelf of ["archive", "imported"] as const) {
    const path = join(shelfOf(file, shelf), shelfName(missionId));
    try {
      const events = (await rowsIn(path)).flatMap((row) => fromRow(row) ?? []);
      if (events[0]?.missionId === missionId) return events.map(upcast);
    } catch (error) {
      if (!isMissing(error)) throw error;
    }
  }
  return undefined;
}

/** Everything in a file of missions, compressed or not, checked line by line; see `partsOf`. */
export async function* partsIn(path: string): AsyncIterable<LogFilePart> {
  const handle = await open(path, "r");
  const first = Buffer.alloc(2);
  try {
    await handle.read(first, 0, 2, 0);
  } finally {
    await handle.close();
  }
  const source = createReadStream(path);
  if (!GZIP.every((byte, i) => first[i] === byte)) {
    yield* partsOf(source, path);
    return;
  }
  const plain = createGunzip();
  // An error of the file ends the reader too; the reader's own end is told by the loop.
  const read = pipeline(source, plain).catch(() => undefined);
  try {
    yield* partsOf(plain, path);
  } catch (error) {
    if (isProblem(error)) throw error;
    throw notWhole(path, error);
  } finally {
    plain.destroy();
    await read;
  }
}

/** The rows in a file of missions, checked to its end. */
export async function rowsIn(path: string): Promise<readonly Row[]> {
  const rows: Row[] = [];
  for await (const part of partsIn(path))
    if (part.kind === "row") rows.push(part.row);
  return rows;
}

/** The header of a file of missions. */
export async function headerIn(path: string): Promise<LogFileHeader> {
  for await (const part of partsIn(path))
    if (part.kind === "header") return part.header;
  throw notWhole(path);
}

/** SHA-256 of a file, lower-case hex. */
export async function digestOf(path: string): Promise<string> {
  const sum = createHash("sha256");
  for await (const chunk of createReadStream(path))
    sum.update(chunk as Uint8Array);
  return sum.digest("hex");
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ENOENT";
}

/** A file's new name is on disk only when its folder is. */
async function syncFolder(dir: string): Promise<void> {
  // Windows has no way to do this, and needs none.
  if (process.platform === "win32") return;
  const handle = await open(dir, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function notWhole(path: string, cause?: unknown): RoundtableError {
  return new RoundtableError(
    "bad-log-file",
    `${path} cannot be unpacked; it was damaged or cut.`,
    "Nothing was taken from it, and the log is unchanged. Use another copy of the file.",
    { cause },
  );
}
