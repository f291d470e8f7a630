import { join } from "node:path";
import { createApp, type App, type AppPorts } from "../../src/app.ts";
import { openClaude } from "../../src/adapters/claude/openClaude.ts";
import { systemClock } from "../../src/adapters/clock/systemClock.ts";
import { openLog } from "../../src/adapters/log/openLog.ts";
import { startRehearsal } from "../../src/adapters/rehearsal/startRehearsal.ts";
import type { Script } from "../../src/adapters/rehearsal/turn.ts";
import type { EventLog } from "../../src/ports.ts";
import { Settings } from "../../src/protocol/settings.ts";
import { openRoundtable } from "../../src/world.ts";
import { quiet, type TemporaryRepo } from "../adapters/git/temporaryRepo.ts";

/** The whole app over real adapters, with a model that speaks from a script. */
export interface World extends AsyncDisposable {
  readonly app: App;
  readonly log: EventLog;
}

/** What a test may set. */
export interface WorldOptions {
  readonly script?: Script;
  readonly settings?: Partial<Settings>;
  /** What every model call costs, micro-dollars; the script's own calls cost nothing. */
  readonly callMicroUsd?: number;
  /** Most pages the log may have; beyond it the disk counts as full. */
  readonly maxPages?: number;
  /** What the hub calls itself to teammates. */
  readonly hubName?: string;
  /** How long a teammate's hub may be away while its ballots are awaited, ms. */
  readonly peerGraceMs?: number;
}

const MEDIA = join(import.meta.dirname, "../../media");

/** Opens the app over a repository; opening it again goes on with the same log. */
export async function openWorld(
  repo: TemporaryRepo,
  {
    script,
    settings,
    callMicroUsd = 0,
    maxPages,
    hubName,
    peerGraceMs,
  }: WorldOptions = {},
): Promise<World> {
  const server = await startRehearsal(script === undefined ? {} : { script });
  // The log that the adapters come with stays empty; the one under test may be small.
  const outside = await openRoundtable({
    storage: join(repo.top, "unused"),
    trees: repo.home,
    media: MEDIA,
    root: null,
    settings: Settings.parse({ ...settings, model: "rehearsal" }),
    textLog: quiet,
    apiKey: () => Promise.resolve(""),
    ...(hubName !== undefined && { hubName }),
  });
  const log = await openLog({
    file: join(repo.top, "log.db"),
    clock: systemClock,
    ...(maxPages !== undefined && { maxPages }),
  });
  const models = openClaude({
    apiKey: server.apiKey,
    baseUrl: server.baseUrl,
    tiers: server.tiers,
    clock: systemClock,
  });
  const ports: AppPorts = {
    ...outside.ports,
    root: repo.root,
    log,
    ...(peerGraceMs !== undefined && { peerGraceMs }),
    models: () =>
      Promise.resolve({
        ...models,
        worstCase: () => Promise.resolve(callMicroUsd),
        turn: async (...args) => ({
          ...(await models.turn(...args)),
          microUsd: callMicroUsd,
        }),
      }),
  };
  const app = await createApp(ports);
  return {
    app,
    log,
    [Symbol.asyncDispose]: async () => {
      await app.dispose();
      await log.dispose();
      await outside.dispose();
      await server.dispose();
    },
  };
}

/** A signal that ends a test that would wait for ever. */
export function soon(): AbortSignal {
  return AbortSignal.timeout(60_000);
}
