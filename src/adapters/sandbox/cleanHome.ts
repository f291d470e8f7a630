/** A home for one command: empty, its own, and gone afterwards. */
import {
  chmod,
  mkdir,
  mkdtemp,
  realpath,
  rm,
  writeFile,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, delimiter, dirname, join } from "node:path";

export interface CleanHome {
  readonly dir: string;
  /** The whole environment of the command; holds no secret of the user's. */
  readonly env: Readonly<Record<string, string>>;
  remove(): Promise<void>;
}

/** Variables a program needs to find what is installed, and that say nothing about the user. */
const KEPT = ["SystemRoot", "SYSTEMROOT", "COMSPEC", "PATHEXT", "WINDIR"];

/** Makes the folder. The `node` first on the PATH is the one that runs this. */
export async function cleanHome(): Promise<CleanHome> {
  const dir = await realpath(
    await mkdtemp(join(tmpdir(), "roundtable-command-")),
  );
  const temporary = join(dir, "tmp");
  await mkdir(temporary);
  const env: Record<string, string> = {
    PATH: [await nodeFolder(dir), process.env["PATH"] ?? ""].join(delimiter),
    HOME: dir,
    USERPROFILE: dir,
    TMPDIR: temporary,
    TEMP: temporary,
    TMP: temporary,
    LANG: "C.UTF-8",
    CI: "1",
    NO_COLOR: "1",
    npm_config_update_notifier: "false",
  };
  for (const name of KEPT) {
    const value = process.env[name];
    if (value !== undefined) env[name] = value;
  }
  return {
    dir,
    env,
    remove: () => rm(dir, { recursive: true, force: true, maxRetries: 3 }),
  };
}

/** Inside VS Code the running program is the editor, which is Node only when asked to be. */
async function nodeFolder(home: string): Promise<string> {
  const running = process.execPath;
  if (/^node(?:\.exe)?$/iu.test(basename(running))) return dirname(running);
  if (process.platform === "win32") return dirname(running);
  const bin = join(home, "bin");
  await mkdir(bin);
  const quoted = `'${running.replaceAll("'", `'\\''`)}'`;
  await writeFile(
    join(bin, "node"),
    `#!/bin/sh\nELECTRON_RUN_AS_NODE=1 exec ${quoted} "$@"\n`,
  );
  await chmod(join(bin, "node"), 0o755);
  return bin;
}
