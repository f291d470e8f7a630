import { join } from "node:path";
import { openGit } from "../adapters/git/openGit.ts";
import { findHub, readDiscovery, type Discovered } from "../app.ts";
import { isProblem, RoundtableError } from "../core/errors.ts";
import { storageFor, treesHome } from "./places.ts";
import { stderrLog } from "./stderrLog.ts";

/** Which hub a command is about. */
export interface HubChoice {
  /** The repository whose hub it is. */
  readonly repo: string;
  /** A hub's discovery file, instead. */
  readonly hub?: string;
}

/** The hub that runs for a repository; undefined when none does. A discovery file that was named has to be there. */
export async function findRunning({
  repo,
  hub,
}: HubChoice): Promise<Discovered | undefined> {
  if (hub !== undefined) return readDiscovery(hub);
  const git = openGit({ home: treesHome(), textLog: stderrLog(false) });
  try {
    const { root } = await git.inspect(repo);
    return await findHub(join(storageFor(root), "run"));
  } catch (error) {
    if (isProblem(error, "not-a-repository", "unborn-head")) return undefined;
    throw error;
  }
}

/** Like {@link findRunning}; rejects with `hub-failed` when none runs. */
export async function runningHub(choice: HubChoice): Promise<Discovered> {
  const hub = await findRunning(choice);
  if (hub !== undefined) return hub;
  throw new RoundtableError(
    "hub-failed",
    `No hub of a terminal runs for ${choice.repo}.`,
    "Nothing was changed. Start one with `roundtable hub`, or name the discovery file of another (in VS Code: “Roundtable: Show Log” names it) with --hub.",
  );
}
