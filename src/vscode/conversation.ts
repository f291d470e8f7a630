import * as vscode from "vscode";
import { toProblem } from "../core/errors.ts";
import type { PanelSnapshot, ToPage } from "../protocol/panel.ts";
import { openFile } from "./openFile.ts";
import { page } from "./page.ts";
import { createReplaying } from "./replaying.ts";
import type { Room } from "./room.ts";

/** Id of the conversation view. */
export const CONVERSATION_VIEW = "roundtable.conversation";

/** Longest wait for the app before the page shows something else, ms. */
const PATIENCE_MS = 1_000;

/** Speed a replay begins with: as it happened is slower than anybody reads. */
const REPLAY_SPEED = 10;

/** The panel: a page that shows snapshots and sends actions; it holds no truth and no secret. */
export interface Conversation extends vscode.WebviewViewProvider {
  /** Brings the panel to the front with this mission open; the latest without one. */
  show(missionId?: string): Promise<void>;
  /** Brings the panel to the front and plays this mission again from its first event. Rejects with `bad-intent` when there is none of that id. */
  replay(missionId: string): Promise<void>;
  visible(): boolean;
  /** Fires when something changed in the app, and when another mission was opened. */
  readonly onChange: vscode.Event<void>;
  /** Mission shown in full; null when none is. */
  open(): string | null;
}

/** Provides the panel. A snapshot is posted at most once per frame while it is visible, and nothing while it is hidden. */
export function createConversation(
  context: vscode.ExtensionContext,
  room: Room,
): Conversation {
  const changed = new vscode.EventEmitter<void>();
  let view: vscode.WebviewView | undefined;
  /** What the user picked; undefined = the latest mission. */
  let picked: string | null | undefined;
  let queued = false;
  /** Whether the page has said that it listens. */
  let ready = false;
  /** Whether the app has had its time to open; then the page is told what keeps it. */
  let patient = true;

  const openNow = (): string | null => {
    if (picked !== undefined) return picked;
    return room.peek()?.snapshot(null).missions[0]?.missionId ?? null;
  };

  const post = (message: ToPage): void => {
    if (ready && view?.visible === true) void view.webview.postMessage(message);
  };

  const replaying = createReplaying((missionId) => room.eventsOf(missionId));
  const replay = async (
    missionId: string,
    step: number,
    speed: number,
  ): Promise<void> => {
    await replaying.go(missionId, step, speed);
    picked = missionId;
    changed.fire();
  };

  const open = (missionId: string | null): void => {
    replaying.leave();
    picked = missionId;
    changed.fire();
  };

  const update = (): void => {
    if (view === undefined) return;
    const app = room.peek();
    const waiting = app?.needsYou().length ?? 0;
    view.badge =
      waiting > 0
        ? { value: waiting, tooltip: `${String(waiting)} waiting for you` }
        : undefined;
    if (queued || (patient && room.peek() === undefined)) return;
    queued = true;
    setTimeout(() => {
      queued = false;
      post({ type: "snapshot", snapshot: snapshot() });
    }, 16);
  };

  const snapshot = (): PanelSnapshot => {
    const app = room.peek();
    const base = app?.snapshot(openNow()) ?? EMPTY;
    return replaying.on({
      ...base,
      workspace: {
        ready: noteOn(room) === "",
        note: noteOn(room),
      },
    });
  };

  const take = async (raw: unknown): Promise<void> => {
    // With its schemas it is too big to be loaded in windows that never show the page.
    const { FromPage } = await import("../protocol/panel.ts");
    const parsed = FromPage.safeParse(raw);
    if (!parsed.success) return;
    const message = parsed.data;
    try {
      switch (message.type) {
        case "ready":
          ready = true;
          update();
          break;
        case "open":
          open(message.missionId);
          break;
        case "older": {
          const { missionId, before } = message;
          const items =
            replaying.missionId() === missionId
              ? replaying.older(before)
              : (await room.app()).older(missionId, before);
          post({ type: "older", missionId, items });
          break;
        }
        case "replay": {
          const { missionId, step, speed } = message;
          if (step === null) open(missionId);
          else await replay(missionId, step, speed);
          break;
        }
        case "path": {
          const { missionId } = message;
          const path = await (await room.app()).path(missionId);
          post({ type: "path", missionId, path });
          break;
        }
        case "intent": {
          const app = await room.app();
          const { missionId } = await app.perform(message.intent, "human");
          if (missionId !== null) open(missionId);
          break;
        }
        case "command":
          await vscode.commands.executeCommand(
            message.command,
            message.missionId,
            message.findingId,
          );
          break;
        case "openFile":
          await openFile(room, openNow(), message.path, message.line);
          break;
      }
    } catch (error) {
      const { code, message: what, next } = toProblem(error);
      post({ type: "failed", problem: { code, message: what, next } });
    }
  };

  /** Opens the app while the page loads. Nobody waits long for it: another window may hold the log. */
  const wake = (): void => {
    patient = true;
    const late = setTimeout(() => {
      patient = false;
      update();
    }, PATIENCE_MS);
    room
      .app()
      .catch(() => undefined)
      .finally(() => {
        clearTimeout(late);
        patient = false;
        update();
      });
  };

  context.subscriptions.push(
    changed,
    changed.event(update),
    room.onChange(() => {
      changed.fire();
    }),
    room.onTyping((typing) => {
      if (typing.missionId === openNow() && replaying.missionId() === null)
        post({ type: "typing", ...typing });
    }),
  );

  return {
    resolveWebviewView: (resolved) => {
      view = resolved;
      ready = false;
      wake();
      const { webview } = resolved;
      webview.options = {
        enableScripts: true,
        enableCommandUris: false,
        localResourceRoots: [vscode.Uri.joinPath(context.extensionUri, "dist")],
      };
      webview.html = page(
        webview,
        vscode.Uri.joinPath(context.extensionUri, "dist", "panel.js"),
      );
      webview.onDidReceiveMessage((raw) => void take(raw));
      resolved.onDidChangeVisibility(() => {
        // A page that was hidden is loaded anew and says so.
        if (resolved.visible) wake();
        else ready = false;
      });
      resolved.onDidDispose(() => {
        view = undefined;
      });
    },
    show: async (missionId) => {
      if (missionId !== undefined) open(missionId);
      await vscode.commands.executeCommand(`${CONVERSATION_VIEW}.focus`);
      update();
    },
    replay: async (missionId) => {
      await replay(missionId, 1, REPLAY_SPEED);
      await vscode.commands.executeCommand(`${CONVERSATION_VIEW}.focus`);
      update();
    },
    visible: () => view?.visible === true,
    onChange: changed.event,
    open: openNow,
  };
}

/** What keeps the team from working here; empty when nothing does. */
function noteOn(room: Room): string {
  const problem = room.problem();
  if (problem !== null) return `${problem.message} ${problem.next}`;
  if (room.root() === null)
    return "Open a folder with a git repository to let the team work on it.";
  return room.peek() === undefined
    ? "The log of this workspace is being opened; another window may still hold it."
    : "";
}

const EMPTY: PanelSnapshot = {
  seq: 0,
  provider: { name: "none", ready: false, note: "" },
  workspace: { ready: true, note: "" },
  stopped: false,
  missions: [],
  open: null,
};
