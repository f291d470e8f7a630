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
    readonly media: string;
    readonly root: string | null;
    readonly settings: Settings;
    readonly textLog: TextLog;
    readonly apiKey: () => Promise<string>;
    readonly editorModels: () => Promise<Models | undefined>;
  }): Promise<App>;
  /** Makes the sample repository in an empty folder and returns its goal. */
  makeSample(dir: string): Promise<{ readonly goal: string }>;
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
  let trouble: Problem | null = null;

  const root = (): string | null =>
    vscode.workspace.workspaceFolders?.find(({ uri }) => uri.scheme === "file")
      ?.uri.fsPath ?? null;

  const start = async (): Promise<App> => {
    const app = await behind.open({
      storage: (context.storageUri ?? context.globalStorageUri).fsPath,
      media: vscode.Uri.joinPath(context.extensionUri, "media").fsPath,
      root: root(),
      settings: readSettings(),
      textLog,
      apiKey,
      editorModels,
    });
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
      if (closing !== undefined) await (await closing).dispose();
      changed.fire();
    },
    dispose: () => {
      changed.dispose();
      typed.dispose();
      void open?.dispose();
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
