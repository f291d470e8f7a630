import { execFileSync, spawn } from "node:child_process";
import { mkdir, mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { makeSample } from "../../src/world.ts";

/** A folder with the sample repository in `repo`. */
export async function sampleIn(prefix: string): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), prefix));
  const repo = join(dir, "repo");
  await mkdir(repo);
  const quiet = (): void => undefined;
  await makeSample({
    dir: repo,
    trees: join(dir, "trees"),
    textLog: { info: quiet, warn: quiet, error: quiet },
  });
  return dir;
}

/** Runs git in the sample repository as its owner would. */
export function gitIn(dir: string, ...args: readonly string[]): string {
  return execFileSync("git", ["-C", join(dir, "repo"), ...args], {
    encoding: "utf8",
  }).trim();
}

/** How a child process ended. */
export interface ChildEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a script of ours in a process of its own, to its end. */
export function runChild(
  script: string,
  args: readonly string[],
): Promise<ChildEnd> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [script, ...args], {
      stdio: ["ignore", "pipe", "pipe"],
      // Compiled once, by the first that comes to its end: hundreds of short lives follow.
      env: {
        ...process.env,
        NODE_COMPILE_CACHE: join(dirname(script), "compiled"),
      },
    });
    let stdout = "";
    let stderr = "";
    child.stdout.on("data", (chunk: Buffer) => (stdout += chunk.toString()));
    child.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
    child.on("error", reject);
    child.on("close", (code, signal) => {
      resolve({ code, signal, stdout, stderr });
    });
  });
}
