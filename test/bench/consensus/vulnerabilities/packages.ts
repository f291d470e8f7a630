/** Published packages, fetched with npm into a folder outside the repository and kept there. */
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, rename, rm } from "node:fs/promises";
import path from "node:path";
import { run, runNpm } from "../../../rig/project.ts";

/** The folder of a package's files, named `NAME@VERSION` with `/` as `+`; it exists once {@link fetchPackage} has resolved. */
export function packageFolder(cache: string, spec: string): string {
  return path.join(cache, "packages", spec.replaceAll("/", "+"));
}

/** Where a registry cannot be reached, npm is told to give up soon: every package would wait for its tries else. */
const SOON = [
  "--fetch-retries=1",
  "--fetch-retry-mintimeout=500",
  "--fetch-retry-maxtimeout=1000",
  "--fetch-timeout=60000",
];

/** Puts the files of `NAME@VERSION` into its folder, unless they are there. Nothing of the package is run or installed. Rejects when the registry has no such version or cannot be reached. */
export async function fetchPackage(cache: string, spec: string): Promise<void> {
  const folder = packageFolder(cache, spec);
  if (existsSync(folder)) return;
  await mkdir(path.dirname(folder), { recursive: true });
  const aside = await mkdtemp(`${folder}.`);
  try {
    const destination = ["--pack-destination", aside];
    await runNpm(
      ["pack", spec, ...destination, "--ignore-scripts", ...SOON],
      aside,
    );
    const [tarball] = await readdir(aside);
    if (tarball === undefined) throw new Error(`npm packed nothing of ${spec}`);
    const files = path.join(aside, "files");
    await mkdir(files);
    const from = path.join(aside, tarball);
    await mustRun("tar", ["-xzf", from, "-C", files, "--strip-components=1"]);
    // Old packages hold folders that nobody may enter.
    await mustRun("chmod", ["-R", "u+rwX", files]);
    await rename(files, folder);
  } finally {
    await rm(aside, { recursive: true, force: true });
  }
}

/** Runs a program to its end; rejects with what it printed when it fails. */
export async function mustRun(
  program: string,
  args: readonly string[],
  options: { readonly cwd?: string; readonly env?: NodeJS.ProcessEnv } = {},
): Promise<string> {
  const { code, output } = await run(program, args, options);
  if (code === 0) return output;
  throw new Error(`${program} ${args[0] ?? ""} failed: ${output.slice(-500)}`);
}
