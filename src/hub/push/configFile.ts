import { randomBytes } from "node:crypto";
import { constants } from "node:fs";
import { mkdir, open, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";
import type { StoredPush } from "../../protocol/push.ts";
import { PushFile } from "../../protocol/push.ts";

/** Windows has no mode bits; there the profile's access list protects the folder. */
const HAS_MODES = process.platform !== "win32";

/** Keeps configurations with their secrets in one file that only its owner can read. */
export interface ConfigFile {
  /** What was saved last; empty when there is nothing. A file that cannot be read is set aside under `.broken`, which `onBroken` is told. */
  load(onBroken: () => void): Promise<readonly StoredPush[]>;
  /** Resolves once what `current` gave after the call is on disk; calls that come meanwhile share one writing. */
  save(): Promise<void>;
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

/** Whole or not at all: a new file of mode 0600, synced, then renamed. */
async function replace(file: string, text: string): Promise<void> {
  const dir = dirname(file);
  await mkdir(dir, { recursive: true, mode: 0o700 });
  const draft = `${file}.${randomBytes(8).toString("hex")}.tmp`;
  const handle = await open(draft, "wx", 0o600);
  try {
    await handle.writeFile(text);
    await handle.sync();
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  } finally {
    await handle.close();
  }
  await rename(draft, file);
  await syncFolder(dir);
}

/** Undefined where there is none. A link is not followed. */
async function readText(file: string): Promise<string | undefined> {
  const flags = constants.O_RDONLY | (HAS_MODES ? constants.O_NOFOLLOW : 0);
  try {
    const handle = await open(file, flags);
    try {
      return await handle.readFile("utf8");
    } finally {
      await handle.close();
    }
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT")
      return undefined;
    throw error;
  }
}

/** Opens the file at `file`, made when something is first saved; `current` gives what is to be saved. */
export function openConfigFile(
  file: string,
  current: () => readonly StoredPush[],
): ConfigFile {
  let writing: Promise<void> = Promise.resolve();
  let next: Promise<void> | undefined;

  return {
    async load(onBroken) {
      try {
        const text = await readText(file);
        return text === undefined
          ? []
          : PushFile.parse(JSON.parse(text)).configs;
      } catch {
        onBroken();
        // Where even that fails, saving fails too, and says so.
        await rename(file, `${file}.broken`).catch(() => undefined);
        return [];
      }
    },
    save() {
      next ??= writing
        .catch(() => undefined)
        .then(() => {
          next = undefined;
          const whole: PushFile = { v: 1, configs: [...current()] };
          writing = replace(file, `${JSON.stringify(whole)}\n`);
          return writing;
        });
      return next;
    },
  };
}
