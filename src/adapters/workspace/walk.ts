import type { Dirent } from "node:fs";
import { readdir } from "node:fs/promises";
import type { Folder } from "./folder.ts";
import { openFolder } from "./folder.ts";
import { systemCode } from "./trouble.ts";

const SKIPPED = new Set([".git", "node_modules"]);
const MAX_VISITED = 50_000;

/** A file met on the way; its folder is held only until the next one is asked for. */
export interface Met {
  readonly folder: Folder;
  readonly name: string;
  /** Relative to the root, with `/`. */
  readonly path: string;
}

/** Plain files below a real path, sorted by name, folder by folder, without following links, `.git` and `node_modules`; at most 50,000 names are looked at. */
export async function* walk(root: string): AsyncGenerator<Met> {
  const budget = { left: MAX_VISITED };
  await using folder = await openFolder(root);
  yield* within(folder, "", budget);
}

async function* within(
  folder: Folder,
  prefix: string,
  budget: { left: number },
): AsyncGenerator<Met> {
  for (const entry of await entriesOf(folder)) {
    if ((budget.left -= 1) < 0) return;
    const path = prefix + entry.name;
    if (entry.isFile()) yield { folder, name: entry.name, path };
    if (!entry.isDirectory() || SKIPPED.has(entry.name.toLowerCase())) continue;
    const below = await enter(folder, entry.name);
    if (below === undefined) continue;
    await using held = below;
    yield* within(held, `${path}/`, budget);
  }
}

async function entriesOf(folder: Folder): Promise<Dirent[]> {
  const entries = await readdir(folder.at("."), { withFileTypes: true });
  return entries.sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Undefined for a folder that went, became a link, or may not be read. */
async function enter(
  folder: Folder,
  name: string,
): Promise<Folder | undefined> {
  try {
    return await openFolder(folder.at(name));
  } catch (error) {
    const code = systemCode(error) ?? "";
    if (["ENOENT", "ENOTDIR", "ELOOP", "EACCES"].includes(code))
      return undefined;
    throw error;
  }
}
