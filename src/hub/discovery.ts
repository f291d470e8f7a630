import { randomBytes } from "node:crypto";
import { constants } from "node:fs";
import { lstat, mkdir, open, readdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { RoundtableError } from "../core/errors.ts";
import { HubAddress } from "../protocol/hub.ts";

/** Address and token of a running hub, as its discovery file holds them. */
export interface Discovered extends HubAddress {
  readonly token: string;
}

const NAME = /^hub-(\d{1,10})-[0-9a-f]{8}\.json$/;
const MAX_FILE_BYTES = 16_384;
/** Windows has no mode bits; there the profile's access list protects the folder. */
const HAS_MODES = process.platform !== "win32";

function refuse(path: string, why: string): RoundtableError {
  return new RoundtableError(
    "hub-failed",
    `${path} ${why}, so it is not trusted with the hub's token.`,
    "Nothing was read or written. Remove it, or make it yours alone (folder mode 700, file mode 600), then try again.",
  );
}

function isNoEntry(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ENOENT";
}

/** What must hold of a file or folder before a secret goes in or comes out. */
function checkPrivate(
  path: string,
  stats: { readonly uid: number; readonly mode: number },
): void {
  if (!HAS_MODES) return;
  if (stats.uid !== process.getuid?.())
    throw refuse(path, "belongs to somebody else");
  if ((stats.mode & 0o077) !== 0)
    throw refuse(path, "is open to other users of this machine");
}

async function checkFolder(dir: string): Promise<void> {
  const stats = await lstat(dir);
  if (!stats.isDirectory()) throw refuse(dir, "is not a plain folder");
  checkPrivate(dir, stats);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}

/** Removes files of hubs whose process is gone. */
async function sweep(dir: string): Promise<void> {
  for (const name of await readdir(dir)) {
    const pid = NAME.exec(name)?.[1];
    if (pid !== undefined && !isAlive(Number(pid)))
      await rm(join(dir, name), { force: true });
  }
}

async function syncFolder(dir: string): Promise<void> {
  if (!HAS_MODES) return;
  const handle = await open(dir, constants.O_RDONLY);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** A path of its own for this start's discovery file. Makes the folder (0700) if need be, refuses one that others can reach, and clears what dead hubs left. */
export async function prepareDiscovery(runDir: string): Promise<string> {
  await mkdir(runDir, { recursive: true, mode: 0o700 });
  await checkFolder(runDir);
  await sweep(runDir);
  const suffix = randomBytes(4).toString("hex");
  return join(runDir, `hub-${String(process.pid)}-${suffix}.json`);
}

/** Writes the file whole or not at all: a new file of mode 0600 (an existing one is never opened), synced, then renamed. Returns how to remove it. */
export async function writeDiscovery(
  address: HubAddress,
  token: string,
): Promise<() => Promise<void>> {
  const { tokenFile } = address;
  const dir = join(tokenFile, "..");
  const draft = `${tokenFile}.${randomBytes(8).toString("hex")}.tmp`;
  const handle = await open(draft, "wx", 0o600);
  try {
    await handle.writeFile(`${JSON.stringify({ ...address, token })}\n`);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(draft, tokenFile);
  await syncFolder(dir);
  return async () => {
    await rm(tokenFile, { force: true });
  };
}

/** Reads a discovery file after checking that it and its folder are ours alone; rejects with `hub-failed`. */
export async function readDiscovery(tokenFile: string): Promise<Discovered> {
  try {
    await checkFolder(join(tokenFile, ".."));
    if (!(await lstat(tokenFile)).isFile())
      throw refuse(tokenFile, "is not a plain file");
    // No following of links: what was looked at is what is opened.
    const flags = constants.O_RDONLY | (HAS_MODES ? constants.O_NOFOLLOW : 0);
    const handle = await open(tokenFile, flags);
    try {
      const stats = await handle.stat();
      if (!stats.isFile() || stats.nlink !== 1 || stats.size > MAX_FILE_BYTES)
        throw refuse(tokenFile, "is not a plain file of a hub");
      checkPrivate(tokenFile, stats);
      return parse(tokenFile, await handle.readFile("utf8"));
    } finally {
      await handle.close();
    }
  } catch (error) {
    if (error instanceof RoundtableError) throw error;
    throw new RoundtableError(
      "hub-failed",
      isNoEntry(error)
        ? `There is no hub at ${tokenFile}.`
        : `${tokenFile} could not be read.`,
      "Nothing was changed. Start a hub, or name the file it printed.",
      { cause: error },
    );
  }
}

/** The hub that last began to listen among those that run and keep their discovery files in this folder; undefined when none does. */
export async function findHub(runDir: string): Promise<Discovered | undefined> {
  const names = await readdir(runDir).catch(() => []);
  const alive = names.filter((name) => {
    const pid = NAME.exec(name)?.[1];
    return pid !== undefined && isAlive(Number(pid));
  });
  const dated = await Promise.all(
    alive.map(async (name) => {
      const file = join(runDir, name);
      const { mtimeMs } = await lstat(file);
      return { file, mtimeMs };
    }),
  );
  const [newest] = dated.sort((a, b) => b.mtimeMs - a.mtimeMs);
  return newest === undefined ? undefined : readDiscovery(newest.file);
}

function parse(tokenFile: string, text: string): Discovered {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw new RoundtableError(
      "hub-failed",
      `${tokenFile} is not a hub's discovery file.`,
      "Nothing was changed. Start the hub again and use the file it prints.",
      { cause: error },
    );
  }
  const address = HubAddress.safeParse(json);
  const token =
    json !== null && typeof json === "object" && "token" in json
      ? json.token
      : undefined;
  if (!address.success || typeof token !== "string" || token === "")
    throw refuse(tokenFile, "is not a hub's discovery file");
  return { ...address.data, token };
}
