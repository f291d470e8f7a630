/**
 * Folders that are held while they are used, so that nobody can put a link in their place between the check and the use. On Linux a
 * held folder is a descriptor and names below it are resolved from there; elsewhere every step is checked right before it is taken.
 */
import type { Stats } from "node:fs";
import { constants } from "node:fs";
import { lstat, mkdir, open } from "node:fs/promises";
import { join } from "node:path";
import { denied, systemCode } from "./trouble.ts";

const HOLDS = process.platform === "linux";

/** A folder that is held until disposed. */
export interface Folder extends AsyncDisposable {
  /** A path to `name` in this very folder; `name` is one segment. */
  at(name: string): string;
}

/** Holds a folder by an absolute path without links in it. */
export async function openFolder(path: string): Promise<Folder> {
  if (!HOLDS) {
    refuseLink(path, await lstat(path));
    return {
      at: (name) => join(path, name),
      [Symbol.asyncDispose]: () => Promise.resolve(),
    };
  }
  const handle = await open(
    path,
    constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW,
  );
  return {
    at: (name) => `/proc/self/fd/${String(handle.fd)}/${name}`,
    [Symbol.asyncDispose]: () => handle.close(),
  };
}

/** Goes down from `root`, never through a link. With `create`, folders that are missing are made. */
export async function descend(
  root: string,
  segments: readonly string[],
  create = false,
): Promise<Folder> {
  let folder = await openFolder(root);
  for (const segment of segments) {
    await using parent = folder;
    if (create) await makeFolder(parent.at(segment));
    folder = await openFolder(parent.at(segment));
  }
  return folder;
}

async function makeFolder(path: string): Promise<void> {
  try {
    await mkdir(path);
  } catch (error) {
    if (systemCode(error) !== "EEXIST") throw error;
  }
}

/** What `name` in the folder is, itself and not what it points to; undefined where there is nothing. */
export async function statIn(
  folder: Folder,
  name: string,
): Promise<Stats | undefined> {
  try {
    return await lstat(folder.at(name));
  } catch (error) {
    if (systemCode(error) === "ENOENT") return undefined;
    throw error;
  }
}

function refuseLink(path: string, stats: Stats): void {
  if (stats.isSymbolicLink()) throw denied(path, "it is a link");
}
