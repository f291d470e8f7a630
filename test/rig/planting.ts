import { pathToFileURL } from "node:url";
import type { Plant } from "../plants/plant.ts";
import { inRoot, runNode } from "./project.ts";

/** Test files that run at once. */
const AT_ONCE = 2;
/** What one test may take with a bug before it counts as failed, ms: some bugs keep a test waiting for ever. */
const TEST_MS = 40_000;

/** What became of one test file: the names of its failed tests, and whether it ended as test files do. */
export interface Outcome {
  readonly failed: readonly string[];
  readonly code: number;
  readonly output: string;
}

/** Runs a test file, or only those of its tests whose names match `only`, with a bug planted in the product, or without. */
export async function runTest(
  file: string,
  options: { readonly plant?: Plant; readonly only?: string } = {},
): Promise<Outcome> {
  const env = {
    // Hundreds of processes start from the same sources, which need to be compiled once only.
    NODE_COMPILE_CACHE: inRoot("out", "compile-cache"),
    ...process.env,
  } as NodeJS.ProcessEnv;
  const args = ["--test-reporter=tap"];
  if (options.only !== undefined)
    args.push(`--test-name-pattern=${options.only}`);
  if (options.plant !== undefined) {
    env["ROUNDTABLE_PLANT"] = options.plant.name;
    // What a test starts has the bug too.
    env["NODE_OPTIONS"] =
      `${env["NODE_OPTIONS"] ?? ""} --import=${pathToFileURL(inRoot("test/plants/register.ts")).href}`;
    // A test that failed half way may leave sockets behind.
    args.push(`--test-timeout=${String(TEST_MS)}`, "--test-force-exit");
  }
  const { code, output } = await runNode([...args, inRoot(file)], { env });
  const failed = Array.from(
    output.matchAll(/^ *not ok \d+ - (.*)$/gm),
    ([, name = ""]) => name,
  );
  return { failed, code, output };
}

/** Acts on all, two at a time. */
export async function each<T>(
  items: readonly T[],
  act: (item: T) => Promise<void>,
): Promise<void> {
  const rest = items[Symbol.iterator]();
  const lane = async (): Promise<void> => {
    for (const item of rest) await act(item);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, lane));
}
