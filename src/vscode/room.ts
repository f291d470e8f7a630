import * as vscode from "vscode";
import type { App } from "../app.ts";
import { toProblem } from "../core/errors.ts";
import type { Problem, Recorded } from "../protocol/event.ts";
import type { Settings } from "../protocol/settings.ts";
import type { EventLog, Models, TextLog } from "../ports.ts";
import type { LogDesk } from "../ports/logDesk.ts";
import type { HouseFile, RulesReading } from "../core/rules/house.ts";
import type { SecretStore } from "../ports/peering.ts";
import { hubSecretsIn, serverTokenKey } from "./secrets.ts";
import { readSettings } from "./settings.ts";
import { storageOf } from "./storage.ts";

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
    readonly secret: (name: string) => Promise<string | undefined>;
    readonly secrets: SecretStore;
    readonly editorModels: () => Promise<Models | undefined>;
    readonly paceMs: number;
    readonly waitForLog: AbortSignal;
  }): Promise<{
    readonly app: App;
    readonly ports: { readonly log: Pick<EventLog, "mission"> };
    dispose(): Promise<void>;
  }>;
  /** What can be done with the log in `storage` as a whole, beside whoever writes it. */
  desk(storage: string): Promise<LogDesk>;
  /** The rules that repository has at its HEAD; undefined where it has none. Rejects with `bad-rules`. */
  rulesAt(
    root: string,
    trees: string,
    textLog: TextLog,
  ): Promise<HouseFile | undefined>;
  /** Reads the text of a rules file. */
  readRules(text: string): Promise<RulesReading>;
  /** The agents that these folders hold. Rejects with `bad-role`. */
  roles(
    folders: readonly string[],
  ): Promise<readonly { readonly role: string }[]>;
  /** Addresses of this machine at which others on a network reach it. */
  addresses(): Promise<readonly LocalAddress[]>;
  /** Makes the sample repository in the empty folder `dir`. */
  makeSample(options: {
    readonly dir: string;
    readonly trees: string;
    readonly textLog: TextLog;
  }): Promise<{ readonly goal: string }>;
}

/** An address of this machine, and the name of the interface that has it. */
export interface LocalAddress {
  readonly name: string;
  readonly address: string;
}

/** What a subscription of the extension is. */
export interface Disposes {
  dispose(): void;
}

interface Opened {
  readonly app: App;
  readonly log: Pick<EventLog, "mission">;
  readonly close: () => Promise<void>;
}

/** The app as the editor holds it: opened on first use, told about to whoever shows something. */
export interface Room extends Disposes {
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
  /** What can be done with the log of this workspace as a whole. */
  desk(): Promise<LogDesk>;
  /** All events of a mission: of this log, of its archives, or imported; empty when there is none of that id. */
  eventsOf(missionId: string): Promise<readonly Recorded[]>;
  /** Folder of the workspace; null without one. */
  root(): string | null;
  /** Opens an open app anew, with the settings and the key as they are now; running missions are interrupted and go on. */
  reopen(): Promise<void>;
  /** Goes on with missions that were running when this workspace was last open, if there were any. */
  resume(): Promise<void>;
  /** Lets go of the log; missions are interrupted and go on in the next window. Resolves when another window may have it. */
  close(): Promise<void>;
}

/** Key of the workspace state that says missions were running when the window closed. */
const RUNNING_KEY = "roundtable.running";

/** How long after the start of this window the one before it may still hold the log, ms. */
const RELOAD_MS = 10_000;
/** Shortest wait for the log, ms. */
const BUSY_MS = 500;
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
  const startedAt = Date.now();
  let opening: Promise<Opened> | undefined;
  let open: App | undefined;
  /** The log can be opened again when the app before this one has let go of it. */
  let closed: Promise<void> = Promise.resolve();
  let trouble: Problem | null = null;
  let wasRunning = context.workspaceState.get(RUNNING_KEY) === true;

  const root = (): string | null =>
    vscode.workspace.workspaceFolders?.find(({ uri }) => uri.scheme === "file")
      ?.uri.fsPath ?? null;

  const remember = (running: boolean): void => {
    if (running === wasRunning) return;
    wasRunning = running;
    void context.workspaceState.update(RUNNING_KEY, running);
  };

  const start = async (): Promise<Opened> => {
    await closed;
    const storage = await storageOf(context, root());
    const opened = await behind.open({
      storage,
      trees: vscode.Uri.joinPath(context.globalStorageUri, "trees").fsPath,
      media: vscode.Uri.joinPath(context.extensionUri, "media").fsPath,
      root: root(),
      settings: await readSettings(),
      textLog,
      apiKey,
      secret: async (name) => context.secrets.get(serverTokenKey(name)),
      // The last part of the path is what tells workspaces apart.
      secrets: hubSecretsIn(context.secrets, storage.slice(-32)),
      editorModels,
      paceMs: PACE_MS,
      waitForLog: AbortSignal.timeout(
        Math.max(BUSY_MS, startedAt + RELOAD_MS - Date.now()),
      ),
    });
    const { app, ports } = opened;
    const unfollow = app.onChange(() => {
      remember(isRunning(app));
      changed.fire();
    });
    const unhear = app.onTyping((missionId, agentId, delta) => {
      typed.fire({ missionId, agentId, delta });
    });
    // Agents of this process do without a listener: a mission goes on when there is none.
    const listening = app
      .listen({ name: vscode.workspace.name ?? "roundtable" })
      .then(
        () => undefined,
        (error: unknown) => {
          const { message, next } = toProblem(error);
          textLog.warn(message, { next });
        },
      );
    const close = async (): Promise<void> => {
      unfollow();
      unhear();
      await listening;
      await opened.dispose();
    };
    return { app, log: ports.log, close };
  };

  const fail = (error: unknown): void => {
    const { code, message, next } = toProblem(error);
    trouble = { code, message, next };
    textLog.warn(message, { code });
    changed.fire();
  };

  const use = async (): Promise<App> => {
    if (opening === undefined) {
      const now = start();
      opening = now;
      now.then(
        ({ app }) => {
          if (opening !== now) return;
          open = app;
          trouble = null;
          changed.fire();
        },
        (error: unknown) => {
          if (opening !== now) return;
          opening = undefined;
          fail(error);
        },
      );
    }
    return (await opening).app;
  };

  const shut = (): Promise<void> => {
    const closing = opening;
    opening = undefined;
    open = undefined;
    if (closing !== undefined)
      closed = closing
        .then(({ close }) => close())
        .catch((error: unknown) => {
          textLog.warn("closing failed", { reason: toProblem(error).message });
        });
    return closed;
  };

  const desk = async (): Promise<LogDesk> =>
    behind.desk(await storageOf(context, root()));

  const resume = async (): Promise<void> => {
    if (wasRunning) await (await use()).resumeAll();
  };

  return {
    app: use,
    peek: () => open,
    onChange: changed.event,
    onTyping: typed.event,
    problem: () => trouble,
    desk,
    eventsOf: async (missionId) => {
      // The writer's own view: an SQLite too old to be read beside it needs no second reader for that.
      const own = (await opening?.catch(() => undefined))?.log.mission(
        missionId,
      );
      return own === undefined || own.length === 0
        ? (await desk()).events(missionId)
        : own;
    },
    root,
    resume,
    reopen: async () => {
      if (opening === undefined && trouble === null) return;
      await shut();
      await use();
      await resume();
    },
    close: shut,
    dispose: () => {
      changed.dispose();
      typed.dispose();
    },
  };
}

function isRunning(app: App): boolean {
  return app
    .snapshot(null)
    .missions.some(
      ({ status, sharedBy }) =>
        sharedBy === undefined &&
        (status === "running" || status === "waiting"),
    );
}
