import * as vscode from "vscode";
import type { App } from "../app.ts";
import { RoundtableError, toProblem } from "../core/errors.ts";
import type { Problem } from "../protocol/event.ts";
import { Settings } from "../protocol/settings.ts";
import type { Models, TextLog } from "../ports.ts";

/** What the extension's door hands in: how to open the app behind it. */
export interface Behind {
  /** Opens log, adapters and app; called on first use, never at activation. */
  open(options: {
    readonly storage: string;
    readonly trees: string;
    readonly media: string;
    readonly root: string | null;
    readonly settings: Settings;
    readonly textLog: TextLog;
    readonly apiKey: () => Promise<string>;
    readonly editorModels: () => Promise<Models | undefined>;
    readonly paceMs: number;
    readonly waitForLog: AbortSignal;
  }): Promise<{ readonly app: App; dispose(): Promise<void> }>;
  /** Makes the sample repository in the empty folder `dir`. */
  makeSample(options: {
    readonly dir: string;
    readonly trees: string;
    readonly textLog: TextLog;
  }): Promise<{ readonly goal: string }>;
}

/** The app as the editor holds it: opened on first use, told about to whoever shows something. */
export interface Room extends vscode.Disposable {
  /** Opens the app if it is not open yet. Rejects with a `RoundtableError`. */
  app(): Promise<App>;
  /** The app, if it is open. */
  peek(): App | undefined;
  /** Fires when the app was opened, after every change, and when a problem came or went. */
  readonly onChange: vscode.Event<void>;
  readonly onTyping: vscode.Event<{
    readonly missionId: string;
    readonly agentId: string;
    readonly delta: string;
  }>;
  /** Why the app could not be opened, if so. */
  problem(): Problem | null;
  /** Folder of the workspace; null without one. */
  root(): string | null;
  /** Closes the app so that the next use opens it with the settings as they are then. Missions are interrupted and resume. */
  reopen(): Promise<void>;
}

/** Key of the workspace state that says missions were running when the window closed. */
export const RUNNING_KEY = "roundtable.running";

/** Longest wait for the window before this one to let go of the log, ms. */
const RELOAD_MS = 15_000;
/** Time between pieces of the sample's speech, ms: readable, and still over in about a minute. */
const PACE_MS = 12;

/** Builds the room around what the door hands in. */
export function createRoom(
  context: vscode.ExtensionContext,
  behind: Behind,
  textLog: TextLog,
  apiKey: () => Promise<string>,
  editorModels: () => Promise<Models | undefined>,
): Room {
  const changed = new vscode.EventEmitter<void>();
  const typed = new vscode.EventEmitter<{
    missionId: string;
    agentId: string;
    delta: string;
  }>();
  let opening: Promise<App> | undefined;
  let open: App | undefined;
  let close: () => Promise<void> = () => Promise.resolve();
  let trouble: Problem | null = null;

  const root = (): string | null =>
    vscode.workspace.workspaceFolders?.find(({ uri }) => uri.scheme === "file")
      ?.uri.fsPath ?? null;

  const start = async (): Promise<App> => {
    const opened = await behind.open({
      storage: (context.storageUri ?? context.globalStorageUri).fsPath,
      trees: vscode.Uri.joinPath(context.globalStorageUri, "trees").fsPath,
      media: vscode.Uri.joinPath(context.extensionUri, "media").fsPath,
      root: root(),
      settings: readSettings(),
      textLog,
      apiKey,
      editorModels,
      paceMs: PACE_MS,
      // A window that is just reloading lets go of the log within seconds.
      waitForLog: AbortSignal.timeout(RELOAD_MS),
    });
    const { app } = opened;
    close = () => opened.dispose();
    app.onChange(() => {
      const running = app
        .snapshot(null)
        .missions.some(
          ({ status }) => status === "running" || status === "waiting",
        );
      void context.workspaceState.update(RUNNING_KEY, running);
      changed.fire();
    });
    app.onTyping((missionId, agentId, delta) => {
      typed.fire({ missionId, agentId, delta });
    });
    return app;
  };

  return {
    app: () => {
      opening ??= start().then(
        (app) => {
          open = app;
          trouble = null;
          changed.fire();
          return app;
        },
        (error: unknown) => {
          opening = undefined;
          const { code, message, next } = toProblem(error);
          trouble = { code, message, next };
          changed.fire();
          throw error;
        },
      );
      return opening;
    },
    peek: () => open,
    onChange: changed.event,
    onTyping: typed.event,
    problem: () => trouble,
    root,
    reopen: async () => {
      const closing = opening;
      opening = undefined;
      open = undefined;
      if (closing !== undefined) {
        await closing;
        await close();
      }
      changed.fire();
    },
    dispose: () => {
      changed.dispose();
      typed.dispose();
      if (opening !== undefined) void close();
    },
  };
}

function readSettings(): Settings {
  const config = vscode.workspace.getConfiguration("roundtable");
  const values = Object.fromEntries(
    Object.keys(Settings.shape).map((key) => [key, config.get(key)]),
  );
  const parsed = Settings.safeParse(values);
  if (parsed.success) return Object.freeze(parsed.data);
  const [issue] = parsed.error.issues;
  throw new RoundtableError(
    "bad-settings",
    `The setting roundtable.${issue?.path.join(".") ?? ""} is not usable: ${issue?.message ?? "unknown"}.`,
    "Nothing was started. Correct it in the settings, then try again.",
  );
}
