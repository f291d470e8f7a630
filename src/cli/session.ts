import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { App } from "../app.ts";
import { createApp } from "../app.ts";
import { RoundtableError } from "../core/errors.ts";
import { Settings } from "../protocol/settings.ts";
import { openGit } from "../adapters/git/openGit.ts";
import { openWorld, type World } from "../world.ts";
import { stderrLog } from "./stderrLog.ts";
import { storageFor } from "./places.ts";

/** What the terminal's flags say about a run. */
export interface SessionOptions {
  readonly repo: string;
  readonly model?: string;
  readonly budget?: string;
  readonly check?: readonly string[];
  readonly verbose?: boolean;
}

/** An app over one repository, as the terminal holds it. */
export interface Session {
  readonly app: App;
  readonly world: World;
  readonly root: string;
  dispose(): Promise<void>;
}

/** Folder with the files that ship beside the program. */
export const MEDIA = join(
  fileURLToPath(new URL(".", import.meta.url)),
  import.meta.url.includes("/src/") ? "../../media" : "../media",
);

/** Opens log, adapters and app for the repository at `repo`; whoever opens it disposes it. */
export async function openSession(options: SessionOptions): Promise<Session> {
  const textLog = stderrLog(options.verbose === true);
  const settings = settingsOf(options);
  const root = await rootOf(options.repo);
  const world = await openWorld({
    storage: storageFor(root),
    media: MEDIA,
    root,
    settings,
    textLog,
    apiKey: () => Promise.resolve(process.env["ANTHROPIC_API_KEY"] ?? ""),
  });
  try {
    const app = createApp(world.ports);
    return {
      app,
      world,
      root,
      dispose: async () => {
        await app.dispose();
        await world.dispose();
      },
    };
  } catch (error) {
    await world.dispose();
    throw error;
  }
}

/** The repository's root, found before anything is written. */
async function rootOf(dir: string): Promise<string> {
  const git = openGit({ home: "", textLog: stderrLog(false) });
  return (await git.inspect(dir)).root;
}

function settingsOf({ model, budget, check }: SessionOptions): Settings {
  const parsed = Settings.safeParse({
    ...(model !== undefined && { model }),
    ...(budget !== undefined && { budgetUsd: Number(budget) }),
    ...(check !== undefined && {
      checks: check.map((line) =>
        line.split(" ").filter((word) => word !== ""),
      ),
    }),
  });
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new RoundtableError(
    "bad-settings",
    `The option for ${issue?.path.join(".") ?? "a setting"} is not usable: ${issue?.message ?? "unknown"}.`,
    "Nothing was started. Correct the option; `roundtable --help` lists them.",
  );
}
