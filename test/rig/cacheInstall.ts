import { existsSync } from "node:fs";
import { mkdir, readdir, rename, rm, writeFile } from "node:fs/promises";
import path from "node:path";

import { cacheFolder } from "./project.ts";

/**
 * Returns the folder `name` of the cache, filling it first if it is not there yet; `cache` is `.vscode-test` unless given.
 * It is filled under another name and renamed when complete, so an interrupted or a parallel install never looks like a finished one.
 */
export async function cacheInstall(
  name: string,
  fill: (folder: string) => Promise<void>,
  cache = cacheFolder,
): Promise<string> {
  const complete = path.join(cache, name);
  if (existsSync(complete)) return complete;
  await removeAbandoned(cache, name);
  const partial = `${complete}.partial-${String(process.pid)}`;
  await mkdir(partial, { recursive: true });
  try {
    // Its own package.json keeps npm from installing into the repository around it.
    await writeFile(path.join(partial, "package.json"), '{"private":true}\n');
    await fill(partial);
    await rename(partial, complete).catch((cause: unknown) => {
      if (!existsSync(complete)) throw cause;
    });
  } finally {
    await rm(partial, { recursive: true, force: true });
  }
  return complete;
}

async function removeAbandoned(cache: string, name: string): Promise<void> {
  await mkdir(cache, { recursive: true });
  for (const entry of await readdir(cache)) {
    const pid = entry.startsWith(`${name}.partial-`)
      ? Number(entry.split("-").at(-1))
      : undefined;
    if (pid !== undefined && !isRunning(pid)) {
      await rm(path.join(cache, entry), { recursive: true, force: true });
    }
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
