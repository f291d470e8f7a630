/** Processes that are there to be killed. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as delay } from "node:timers/promises";
import { build } from "esbuild";

/** Longer than any life here; a point that is never passed must not pass for a test that goes on, ms. */
const STUCK_MS = 60_000;

/** Makes one file of a child beside this one, so that it starts in a third of the time; returns where it is. */
export async function bundled(name: string, dir: string): Promise<string> {
  const outfile = join(dir, name.replace(/\.ts$/, ".mjs"));
  await build({
    entryPoints: [join(import.meta.dirname, name)],
    outfile,
    bundle: true,
    platform: "node",
    format: "esm",
    logLevel: "error",
    // Libraries that are CommonJS inside.
    banner: {
      js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
    },
  });
  return outfile;
}

/** How a life is to end: at a point of the child's own (`failPoints.ts`), or so long after its first word. */
export type End =
  | { readonly failPoint: string }
  | { readonly afterMs: number }
  | { readonly whenTold: Promise<undefined> };

/** Lets a child live until it is killed; every line it says is told to `hear` in order. Throws when it ends in another way. */
export async function live(
  script: string,
  args: readonly string[],
  end: End,
  hear: (line: string) => void,
  env: Readonly<Record<string, string>> = {},
): Promise<void> {
  const failPoint = "failPoint" in end ? { FAIL_POINT: end.failPoint } : {};
  const child = spawn(process.execPath, [script, ...args], {
    stdio: ["ignore", "pipe", "inherit"],
    env: { ...process.env, ...failPoint, ...env },
  });
  const gone = once(child, "exit");
  const stuck = setTimeout(() => child.kill("SIGABRT"), STUCK_MS);
  let ending = false;
  const kill = async (): Promise<void> => {
    if (ending || "failPoint" in end) return;
    ending = true;
    if ("afterMs" in end) await delay(end.afterMs);
    else await end.whenTold;
    child.kill("SIGKILL");
  };
  const point = "failPoint" in end ? end.failPoint.split(":")[0] : undefined;
  let reached = point === undefined;
  let last = "";
  let killing: Promise<void> | undefined;
  try {
    for await (const line of createInterface({ input: child.stdout })) {
      // The kill comes at a random time after the first word, whatever is said meanwhile.
      killing ??= kill();
      if (line === `at ${String(point)}`) reached = true;
      else hear(line);
      last = line;
    }
    const [, signal] = (await gone) as [unknown, string | null];
    if (signal !== "SIGKILL" || !reached)
      throw new Error(
        `A child (${JSON.stringify(end)}) ended with ${String(signal)} after "${last}"`,
      );
  } finally {
    clearTimeout(stuck);
    child.kill("SIGKILL");
    await killing;
  }
}
