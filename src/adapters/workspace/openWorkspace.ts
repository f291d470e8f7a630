import { realpathSync } from "node:fs";
import { rulePath } from "../../core/policy.ts";
import type { OpenWorkspace, Workspace } from "../../ports.ts";
import { descend } from "./folder.ts";
import { compileGlob } from "./glob.ts";
import { locate } from "./locate.ts";
import { lineMatcher } from "./matchLines.ts";
import {
  createText,
  decode,
  readBytes,
  readText,
  removeFile,
  writeText,
} from "./textFile.ts";
import { denied, systemCode, translate } from "./trouble.ts";
import { walk } from "./walk.ts";

const MAX_LISTED = 2000;
const MAX_HITS = 200;
const MAX_SEARCHED_BYTES = 256 * 2 ** 20;

/** Files below `root` through the file system; text of at most 1 MiB, lists of at most 2,000 paths and searches of at most 200 lines. */
export const openWorkspace: OpenWorkspace = (root, { writable }) => {
  const real = realRoot(root);

  const change = async (
    path: string,
    act: () => Promise<void>,
  ): Promise<void> => {
    if (!writable) throw denied(path, "this folder is open for reading only");
    await named(path, act);
  };

  return {
    root: real,

    read: (path) =>
      named(path, async () => {
        const { folders, name } = await locate(real, path, "read");
        await using folder = await descend(real, folders);
        return await readText(folder, name, path);
      }),

    write: (path, text) =>
      change(path, async () => {
        const { folders, name } = await locate(real, path, "write");
        await using folder = await descend(real, folders, true);
        await writeText(folder, name, text, path);
      }),

    create: (path, text) =>
      change(path, async () => {
        const { folders, name } = await locate(real, path, "write", "itself");
        await using folder = await descend(real, folders, true);
        await createText(folder, name, text, path);
      }),

    remove: (path) =>
      change(path, async () => {
        const { folders, name } = await locate(real, path, "write", "itself");
        await using folder = await descend(real, folders);
        await removeFile(folder, name, path);
      }),

    list: (glob) => named(glob, () => list(real, glob)),
    search: (pattern, glob) => named(glob, () => search(real, pattern, glob)),
  };
};

async function list(root: string, glob: string): Promise<readonly string[]> {
  const fits = compileGlob(glob);
  const paths: string[] = [];
  for await (const { path } of walk(root)) {
    if (rulePath(path, "read").ruling === "deny" || !fits(path)) continue;
    if (paths.push(path) >= MAX_LISTED) break;
  }
  return paths;
}

async function search(
  root: string,
  pattern: string,
  glob: string,
): ReturnType<Workspace["search"]> {
  const fits = compileGlob(glob);
  const find = lineMatcher(pattern);
  const hits: { path: string; line: number; text: string }[] = [];
  let bytesLeft = MAX_SEARCHED_BYTES;
  for await (const { folder, name, path } of walk(root)) {
    // What a person would be asked about before it is read is not shown on the side.
    if (rulePath(path, "read").ruling !== "allow" || !fits(path)) continue;
    const bytes = await readIfThere(() => readBytes(folder, name));
    if (!Buffer.isBuffer(bytes)) continue;
    if ((bytesLeft -= bytes.length) < 0) break;
    const text = decode(bytes);
    if (text === undefined) continue;
    for (const hit of find(text, MAX_HITS - hits.length))
      hits.push({ path, ...hit });
    if (hits.length >= MAX_HITS) break;
  }
  return hits;
}

/** Files come and go while a search runs. */
async function readIfThere<R>(read: () => Promise<R>): Promise<R | undefined> {
  try {
    return await read();
  } catch (error) {
    const code = systemCode(error) ?? "";
    if (["ENOENT", "ELOOP", "EACCES", "ENXIO"].includes(code)) return undefined;
    throw error;
  }
}

async function named<R>(path: string, act: () => Promise<R>): Promise<R> {
  try {
    return await act();
  } catch (error) {
    throw translate(path, error);
  }
}

function realRoot(root: string): string {
  try {
    return realpathSync.native(root);
  } catch (error) {
    throw translate(root, error);
  }
}
