import { randomBytes } from "node:crypto";
import * as vscode from "vscode";
import { toProblem } from "../core/errors.ts";
import {
  FromPage,
  type PanelSnapshot,
  type ToPage,
} from "../protocol/panel.ts";
import type { Room } from "./room.ts";

/** Id of the conversation view. */
export const CONVERSATION_VIEW = "roundtable.conversation";

/** The panel: a page that shows snapshots and sends actions; it holds no truth and no secret. */
export interface Conversation extends vscode.WebviewViewProvider {
  /** Brings the panel to the front with this mission open; the latest without one. */
  show(missionId?: string): Promise<void>;
  visible(): boolean;
  /** Mission shown in full; null when none is. */
  open(): string | null;
}

/** Provides the panel. A snapshot is posted at most once per frame while it is visible, and nothing while it is hidden. */
export function createConversation(
  context: vscode.ExtensionContext,
  room: Room,
): Conversation {
  let view: vscode.WebviewView | undefined;
  /** What the user picked; undefined = the latest mission. */
  let picked: string | null | undefined;
  let queued = false;

  const openNow = (): string | null => {
    if (picked !== undefined) return picked;
    return room.peek()?.snapshot(null).missions[0]?.missionId ?? null;
  };

  const post = (message: ToPage): void => {
    if (view?.visible === true) void view.webview.postMessage(message);
  };

  const update = (): void => {
    if (view === undefined) return;
    const app = room.peek();
    const waiting = app?.needsYou().length ?? 0;
    view.badge =
      waiting > 0
        ? { value: waiting, tooltip: `${String(waiting)} waiting for you` }
        : undefined;
    if (queued) return;
    queued = true;
    setTimeout(() => {
      queued = false;
      post({ type: "snapshot", snapshot: snapshot() });
    }, 16);
  };

  const snapshot = (): PanelSnapshot => {
    const app = room.peek();
    const base = app?.snapshot(openNow()) ?? EMPTY;
    const problem = room.problem();
    return {
      ...base,
      workspace: {
        ready: room.root() !== null && problem === null,
        note: problem
          ? `${problem.message} ${problem.next}`
          : room.root() === null
            ? "Open a folder with a git repository to let the team work on it."
            : "",
      },
    };
  };

  const take = async (raw: unknown): Promise<void> => {
    const parsed = FromPage.safeParse(raw);
    if (!parsed.success) return;
    const message = parsed.data;
    try {
      switch (message.type) {
        case "ready":
          await room.app().catch(() => undefined);
          update();
          break;
        case "open":
          picked = message.missionId;
          update();
          break;
        case "older": {
          const app = await room.app();
          const { missionId, before } = message;
          post({
            type: "older",
            missionId,
            items: app.older(missionId, before),
          });
          break;
        }
        case "intent": {
          const app = await room.app();
          const { missionId } = await app.perform(message.intent, "human");
          if (missionId !== null) picked = missionId;
          break;
        }
        case "command":
          await vscode.commands.executeCommand(
            message.command,
            message.missionId,
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

  context.subscriptions.push(
    room.onChange(update),
    room.onTyping((typing) => {
      if (typing.missionId === openNow()) post({ type: "typing", ...typing });
    }),
  );

  return {
    resolveWebviewView: (resolved) => {
      view = resolved;
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
      resolved.onDidChangeVisibility(update);
      resolved.onDidDispose(() => {
        view = undefined;
      });
    },
    show: async (missionId) => {
      if (missionId !== undefined) picked = missionId;
      await vscode.commands.executeCommand(`${CONVERSATION_VIEW}.focus`);
      update();
    },
    visible: () => view?.visible === true,
    open: openNow,
  };
}

const EMPTY: PanelSnapshot = {
  seq: 0,
  provider: { name: "none", ready: false, note: "" },
  workspace: { ready: true, note: "" },
  stopped: false,
  missions: [],
  open: null,
};

async function openFile(
  room: Room,
  missionId: string | null,
  path: string,
  line: number,
): Promise<void> {
  const app = await room.app();
  const root =
    (missionId === null ? undefined : app.detail(missionId)?.repoRoot) ??
    room.root();
  // The page may only name files below the repository the mission is about.
  if (root === null || root === undefined || path.split(/[\\/]/).includes(".."))
    return;
  const uri = vscode.Uri.joinPath(vscode.Uri.file(root), path);
  const at = new vscode.Position(Math.max(0, line - 1), 0);
  await vscode.window.showTextDocument(uri, {
    selection: new vscode.Range(at, at),
    preview: true,
  });
}

/** The page: one script of ours, no other source of anything. */
export function page(webview: vscode.Webview, script: vscode.Uri): string {
  const nonce = randomBytes(16).toString("base64");
  const policy = [
    "default-src 'none'",
    `script-src 'nonce-${nonce}'`,
    `style-src ${webview.cspSource} 'nonce-${nonce}'`,
    `font-src ${webview.cspSource}`,
    `img-src ${webview.cspSource}`,
    "connect-src 'none'",
    "base-uri 'none'",
    "form-action 'none'",
  ].join("; ");
  return `<!DOCTYPE html>
<html lang="${vscode.env.language}">
<head>
<meta charset="UTF-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1.0">
<title>Roundtable</title>
</head>
<body>
<script type="module" nonce="${nonce}" src="${webview.asWebviewUri(script).toString()}"></script>
</body>
</html>`;
}
