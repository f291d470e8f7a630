import { join } from "node:path";
import { isThere } from "./isThere.ts";
import type { Look } from "./tool.ts";

/** A project of TypeScript to check. */
export interface TsProject {
  /** Path of its configuration in the repository. */
  readonly config: string;
  /** The command, for the folder with the repository's files. */
  readonly argv: readonly string[];
}

const COMPILER = "node_modules/typescript/bin/tsc";
const SOURCE = /\.[cm]?tsx?$/;

/** Projects that are checked at most; a change over more is checked in part. */
const MOST_PROJECTS = 4;

/** The projects the changed files are in; or a sentence that says why none can be checked. */
export async function tsProjects(
  look: Look,
): Promise<readonly TsProject[] | string> {
  const { input, files } = look;
  const there = new Set((await input.reader?.files()) ?? []);
  const nearest = files
    .filter(({ path }) => SOURCE.test(path))
    .map(({ path }) => nearestConfig(path, there));
  const configs = [...new Set(nearest.filter((config) => config !== ""))];
  if (configs.length === 0)
    return "No tsconfig.json covers the changed TypeScript.";
  if (!(await isThere(join(input.dir, COMPILER))))
    return "The workspace has no TypeScript of its own in node_modules; install its packages (npm ci) to have types checked.";
  const leaves = await Promise.all(
    configs.map((config) => withoutSolutions(config, look, there)),
  );
  return [...new Set(leaves.flat())].slice(0, MOST_PROJECTS).map((config) => ({
    config,
    argv: ["node", COMPILER, "--noEmit", "-p", config, "--pretty", "false"],
  }));
}

/** The tsconfig.json in the folder of a file or the next one above; empty where there is none. */
function nearestConfig(path: string, there: ReadonlySet<string>): string {
  const folders = path.split("/").slice(0, -1);
  for (let depth = folders.length; depth >= 0; depth -= 1) {
    const config = [...folders.slice(0, depth), "tsconfig.json"].join("/");
    if (there.has(config)) return config;
  }
  return "";
}

/** A configuration without files of its own that only names others stands for those. */
async function withoutSolutions(
  config: string,
  { input }: Look,
  there: ReadonlySet<string>,
): Promise<readonly string[]> {
  const [file] = (await input.reader?.texts("head", [config])) ?? [];
  const text = file !== undefined && "text" in file ? file.text : "";
  if (!/"files"\s*:\s*\[\s*\]/.test(text) || !text.includes('"references"'))
    return [config];
  const folder = config.split("/").slice(0, -1).join("/");
  return [...text.matchAll(/"path"\s*:\s*"([^"]+)"/g)].flatMap(
    ([, to = ""]) => {
      const path = join(folder, to).replaceAll("\\", "/");
      const named = path.endsWith(".json") ? path : `${path}/tsconfig.json`;
      return there.has(named) ? [named] : [];
    },
  );
}
