/** The adapters both doors share, opened once and closed in reverse. */
import { mkdir } from "node:fs/promises";
import { hostname } from "node:os";
import { basename, dirname, join } from "node:path";
import { createApp, type App, type AppPorts } from "./app.ts";
import { openClaude } from "./adapters/claude/openClaude.ts";
import { sha256 } from "./adapters/clock/sha256.ts";
import { systemChance } from "./adapters/clock/systemChance.ts";
import { systemClock } from "./adapters/clock/systemClock.ts";
import { ADVISORIES_FILE } from "./adapters/evidence/advisoriesFile.ts";
import { findChecks } from "./adapters/evidence/findChecks.ts";
import { openEvidence } from "./adapters/evidence/openEvidence.ts";
import { openGit } from "./adapters/git/openGit.ts";
import { openCardSigner } from "./adapters/identity/openCardSigner.ts";
import { openLog } from "./adapters/log/openLog.ts";
import { keepTidy } from "./adapters/log/tidy.ts";
import { readMcpConfigs } from "./adapters/mcp/config.ts";
import { openMcp } from "./adapters/mcp/openMcp.ts";
import {
  startRehearsal,
  type Rehearsal,
} from "./adapters/rehearsal/startRehearsal.ts";
import { SAMPLE_FILES, SAMPLE_GOAL } from "./adapters/rehearsal/sample.ts";
import { openRemoteAgents } from "./adapters/remoteAgent/openRemoteAgents.ts";
import { loadRoles } from "./adapters/roles/loadRoles.ts";
import { houseRulesIn } from "./adapters/rules/houseRules.ts";
import { openSandbox } from "./adapters/sandbox/openSandbox.ts";
import { openWorkspace } from "./adapters/workspace/openWorkspace.ts";
import { RoundtableError, toProblem } from "./core/errors.ts";
import type { Models, TextLog } from "./ports.ts";
import type { Traces } from "./ports/monitoring.ts";
import type { Identities, SecretStore } from "./ports/peering.ts";
import type { Settings } from "./protocol/settings.ts";

/** What a door knows and the rest is made of. */
export interface WorldOptions {
  /** Folder for what belongs to one repository or workspace: log and discovery file. */
  readonly storage: string;
  /** Folder for worktrees and written-out trees, outside every repository. */
  readonly trees: string;
  /** Folder with the files that ship with the product. */
  readonly media: string;
  /** Folder whose MCP servers and own agents are used; null where none is open. */
  readonly root: string | null;
  readonly settings: Settings;
  readonly textLog: TextLog;
  /** The Anthropic key; empty when there is none. */
  readonly apiKey: () => Promise<string>;
  /** Tokens of A2A servers elsewhere, by name, where there is a place for secrets. */
  readonly secret?: (name: string) => Promise<string | undefined>;
  /** Where this hub's identity is kept; files of mode 0600 in the storage folder when left out. */
  readonly secrets?: SecretStore;
  /** What this hub calls itself to teammates; FOLDER@MACHINE when left out. */
  readonly hubName?: string;
  /** Models of the editor, where there is one. */
  readonly editorModels?: () => Promise<Models | undefined>;
  /** Time between pieces of the rehearsal's speech, ms. */
  readonly paceMs?: number;
  /** Waits for another process to let go of the log until aborted; without it a held log is an error at once. */
  readonly waitForLog?: AbortSignal;
}

/** The app with the world around it; disposing it closes both. */
export interface Roundtable {
  readonly app: App;
  readonly ports: AppPorts;
  dispose(): Promise<void>;
}

/** Name of the file with the mailboxes, in the storage folder; the log's lock covers that. */
const MAILBOX_FILE = "mailbox.db";

/** Version of the product, for agent cards. */
export const VERSION = "0.1.0";

/** Opens everything. When a part cannot be opened, those before it are closed again and the reason is thrown. */
export async function openRoundtable(
  options: WorldOptions,
): Promise<Roundtable> {
  const { storage, root, settings, textLog } = options;
  const closers: (() => Promise<void>)[] = [];
  const dispose = async (): Promise<void> => {
    // Each is closed whatever becomes of the others: the log's lock must not outlive a hub that would not end.
    const ends = [];
    for (const close of closers.splice(0).reverse())
      ends.push(...(await Promise.allSettled([close()])));
    const failed = ends.find(({ status }) => status === "rejected");
    if (failed?.status === "rejected") throw toProblem(failed.reason);
  };
  try {
    await mkdir(storage, { recursive: true, mode: 0o700 });
    const roles = await loadRoles([
      join(options.media, "roles"),
      ...settings.agentFolders,
    ]);
    let committed: (tookMs: number) => void = () => undefined;
    const log = await openLog({
      file: join(storage, "log.db"),
      clock: systemClock,
      onProblem: ({ message, next }) => {
        textLog.error(message, { next });
      },
      onCommit: (tookMs) => {
        committed(tookMs);
      },
      ...(options.waitForLog && { waitUntil: options.waitForLog }),
    });
    closers.push(() => log.dispose());
    const tidy = keepTidy(log, settings, { clock: systemClock, textLog });
    closers.push(() => tidy.dispose());
    const signer = await openCardSigner({
      file: join(storage, "card-key.pem"),
      textLog,
    });
    const mcp = openMcp({
      configs: settings.mcp && root !== null ? await readMcpConfigs(root) : [],
      clientInfo: { name: "roundtable", version: VERSION },
      textLog,
    });
    closers.push(() => mcp.dispose());
    const traces = await tracesOf(settings.otlpEndpoint, textLog);
    if (traces !== undefined) closers.push(() => traces.dispose());
    const git = openGit({ home: options.trees, textLog });
    const sandbox = openSandbox({ textLog, hidden: [storage] });
    closers.push(() => sandbox.dispose());
    const models = modelsOf(options);
    closers.push(() => models.dispose());
    const ports: AppPorts = {
      log,
      clock: systemClock,
      chance: systemChance(systemClock),
      hash: sha256,
      textLog,
      signer,
      remoteAgents: openRemoteAgents({
        clock: systemClock,
        textLog,
        env: process.env,
        secret: options.secret ?? (() => Promise.resolve(undefined)),
      }),
      git,
      evidence: openEvidence({
        seconds: settings.evidenceSeconds,
        advisories:
          settings.advisories === ""
            ? join(dirname(options.trees), ADVISORIES_FILE)
            : settings.advisories,
      }),
      sandbox,
      openWorkspace,
      mcp,
      roles,
      settings,
      defaultProvider: models.defaultProvider,
      models: models.of,
      findChecks: async (repo, commit) =>
        findChecks(await git.files(repo, commit), (path) =>
          git.show(repo, commit, path),
        ),
      houseRules: houseRulesIn(git),
      mailboxes: async () => {
        const { openMailboxes } =
          await import("./adapters/mailbox/openMailboxes.ts");
        return openMailboxes({
          file: join(storage, MAILBOX_FILE),
          clock: systemClock,
          onProblem: ({ message, next }) => {
            textLog.error(message, { next });
          },
        });
      },
      identities: () => identitiesOf(options),
      // Teammates work on one repository: its name alone would not tell their hubs apart.
      hubName: (
        options.hubName ??
        (root === null ? hostname() : `${basename(root)}@${hostname()}`)
      ).slice(0, 64),
      peerFiles: join(storage, "peer-files"),
      guestRoot: async () => {
        const folder = join(storage, "guests");
        await mkdir(folder, { recursive: true, mode: 0o700 });
        return folder;
      },
      push: {
        targets: settings.pushTargets,
        file: join(storage, "push.json"),
      },
      runDir: join(storage, "run"),
      root: root ?? undefined,
      version: VERSION,
      monitoring: {
        expose: async (families) =>
          (await import("./adapters/metrics/prometheus.ts")).expose(families),
        onCommit: (listener) => {
          committed = listener;
        },
        ...(traces && { traces }),
      },
    };
    const app = await createApp(ports);
    closers.push(() => app.dispose());
    return { app, ports, dispose };
  } catch (error) {
    await dispose();
    throw error;
  }
}

/** Makes the sample repository in the empty folder `dir`, and says what the team is asked to do with it. */
export async function makeSample(options: {
  readonly dir: string;
  readonly trees: string;
  readonly textLog: TextLog;
}): Promise<{ readonly goal: string }> {
  const { dir, trees, textLog } = options;
  const git = openGit({ home: trees, textLog });
  await git.create(
    dir,
    SAMPLE_FILES,
    "chore: the sample as it was found",
    systemClock.now(),
  );
  return { goal: SAMPLE_GOAL };
}

/** The way to the collector the settings name; undefined, and nothing loaded, where they name none. */
async function tracesOf(
  endpoint: string,
  textLog: TextLog,
): Promise<Traces | undefined> {
  if (endpoint === "") return undefined;
  const { openTraces } = await import("./adapters/telemetry/openTraces.ts");
  const service = { name: "roundtable", version: VERSION };
  return openTraces({ endpoint, service, clock: systemClock, textLog });
}

/** Who this hub is to teammates: nothing of it is loaded before it has any. */
async function identitiesOf(options: WorldOptions): Promise<Identities> {
  const [{ openIdentities }, { secretFiles }] = await Promise.all([
    import("./adapters/identity/openIdentities.ts"),
    import("./adapters/identity/secretFiles.ts"),
  ]);
  return openIdentities({
    store: options.secrets ?? secretFiles(join(options.storage, "secrets")),
    textLog: options.textLog,
    clock: systemClock,
  });
}

interface Providers {
  readonly of: AppPorts["models"];
  readonly defaultProvider: AppPorts["defaultProvider"];
  dispose(): Promise<void>;
}

/** Providers by name, each opened when first asked for. */
function modelsOf(options: WorldOptions): Providers {
  const { settings, apiKey } = options;
  let rehearsal: Promise<Rehearsal> | undefined;
  const opened = new Map<string, Promise<Models | undefined>>();

  const open = async (provider: string): Promise<Models | undefined> => {
    switch (provider) {
      case "none":
        return undefined;
      case "rehearsal": {
        rehearsal ??= startRehearsal({ paceMs: options.paceMs ?? 0 });
        const { baseUrl, apiKey: key, tiers } = await rehearsal;
        return openClaude({
          apiKey: key,
          baseUrl,
          tiers,
          clock: systemClock,
          provider: "rehearsal",
        });
      }
      case "claude": {
        const key = await apiKey();
        if (key === "") throw noKey();
        return openClaude({
          apiKey: key,
          baseUrl: settings.baseUrl,
          tiers: settings.tiers,
          clock: systemClock,
        });
      }
      case "vscode": {
        const models = await options.editorModels?.();
        if (models === undefined) throw noEditorModels();
        return models;
      }
      default:
        throw new RoundtableError(
          "no-model",
          `"${provider}" is no model provider that is known here.`,
          "Nothing was started. Choose claude, vscode, rehearsal or none.",
        );
    }
  };

  return {
    of: (provider) => {
      const known = opened.get(provider);
      if (known !== undefined) return known;
      const models = open(provider);
      opened.set(provider, models);
      // A provider that could not be opened is tried anew next time.
      models.catch(() => opened.delete(provider));
      return models;
    },
    defaultProvider: async () => {
      if (settings.model !== "auto") return settings.model;
      if ((await apiKey()) !== "") return "claude";
      const editor = await options.editorModels?.();
      return editor === undefined ? "none" : "vscode";
    },
    dispose: async () => {
      await (await rehearsal)?.dispose();
    },
  };
}

function noKey(): RoundtableError {
  return new RoundtableError(
    "bad-key",
    "There is no Anthropic API key.",
    "Nothing was started. Set one (“Set Anthropic API Key…” in VS Code, ANTHROPIC_API_KEY in a terminal), or choose another model.",
  );
}

function noEditorModels(): RoundtableError {
  return new RoundtableError(
    "no-model",
    "VS Code offers no language model.",
    "Nothing was started. Install a model provider for VS Code, or set an Anthropic key.",
  );
}
