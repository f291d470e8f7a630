import { readdir } from "node:fs/promises";
import { isAbsolute, join } from "node:path";
import { openGit } from "../adapters/git/openGit.ts";
import { findHub, readDiscovery, type Discovered } from "../app.ts";
import { isProblem, RoundtableError } from "../core/errors.ts";
import { hubsOf, storageFor, storageOfHub, treesHome } from "./places.ts";
import { stderrLog } from "./stderrLog.ts";

/** Which hub a command is about. */
export interface HubChoice {
  /** The repository whose hub it is. */
  readonly repo: string;
  /** Its name, where it was started under one, or any hub's discovery file. */
  readonly hub?: string;
}

/** The hub that runs for a repository; undefined when none does. Of several the one without a name of its own; rejects with `hub-failed` where it cannot be told which one is meant, and for a discovery file that is not there. */
export async function findRunning({
  repo,
  hub,
}: HubChoice): Promise<Discovered | undefined> {
  if (hub !== undefined && isFile(hub)) return readDiscovery(hub);
  const root = await rootOf(repo);
  if (root === undefined) return undefined;
  if (hub !== undefined) return findHub(join(storageOfHub(root, hub), "run"));
  const own = await findHub(join(storageFor(root), "run"));
  if (own !== undefined) return own;
  const named = await findNamed(root);
  const [one, another] = named;
  if (another === undefined) return one;
  throw new RoundtableError(
    "hub-failed",
    `${String(named.length)} hubs run for ${repo}: ${named.map(({ name }) => name).join(", ")}.`,
    "Nothing was changed. Say which one is meant with --hub NAME.",
  );
}

/** Like {@link findRunning}; rejects with `hub-failed` when none runs. */
export async function runningHub(choice: HubChoice): Promise<Discovered> {
  const hub = await findRunning(choice);
  if (hub !== undefined) return hub;
  throw new RoundtableError(
    "hub-failed",
    choice.hub === undefined
      ? `No hub of a terminal runs for ${choice.repo}.`
      : `No hub called ${JSON.stringify(choice.hub)} runs for ${choice.repo}.`,
    "Nothing was changed. Start one with `roundtable hub`, or name the discovery file of another (in VS Code: “Roundtable: Show Log” names it) with --hub.",
  );
}

/** Hubs of a repository that have a name of their own and run, by their names. */
async function findNamed(root: string): Promise<readonly Discovered[]> {
  const folder = hubsOf(root);
  const names = await readdir(folder).catch(() => []);
  const found = await Promise.all(
    names.toSorted().map((name) => findHub(join(folder, name, "run"))),
  );
  return found.filter((hub) => hub !== undefined);
}

function isFile(hub: string): boolean {
  return isAbsolute(hub) || /[/\\]|\.json$/.test(hub);
}

async function rootOf(repo: string): Promise<string | undefined> {
  const git = openGit({ home: treesHome(), textLog: stderrLog(false) });
  try {
    return (await git.inspect(repo)).root;
  } catch (error) {
    if (isProblem(error, "not-a-repository", "unborn-head")) return undefined;
    throw error;
  }
}
