/** What a command may read that somebody else asked for: the system's programs, and what it was given. */
import { existsSync } from "node:fs";
import { realpath } from "node:fs/promises";
import { basename, delimiter, dirname, join } from "node:path";

/** Folders of programs and what they need to run; the rest of the machine is the user's. */
const SYSTEM = [
  "/bin",
  "/sbin",
  "/lib",
  "/lib32",
  "/lib64",
  "/libx32",
  "/usr",
  "/etc",
  "/opt",
  "/nix",
  "/dev",
  "/proc",
  "/sys",
  "/System",
  "/Library",
  "/private/etc",
  "/private/var/db",
  "/private/var/select",
];

/** Where the library keeps the program that it starts inside: beside the bundle, or in its package. */
const HELD_BY = [
  "vendor",
  "../vendor",
  "../../../node_modules/@anthropic-ai/sandbox-runtime/vendor",
].map((folder) => join(import.meta.dirname, folder));

/** Folders that may be read when everything else may not: the system's, `own`, and those the programs on the PATH lie in with their libraries. */
export async function readableApart(
  own: readonly string[],
): Promise<readonly string[]> {
  const onPath = (process.env["PATH"] ?? "")
    .split(delimiter)
    .filter((folder) => folder.startsWith("/") && existsSync(folder));
  const running = await realpath(process.execPath);
  const programs = [...onPath, dirname(running)].flatMap((folder) =>
    basename(folder) === "bin"
      ? [folder, join(dirname(folder), "lib")]
      : [folder],
  );
  return [...new Set([...SYSTEM, ...HELD_BY, ...own, ...programs])].filter(
    (folder) => existsSync(folder),
  );
}
