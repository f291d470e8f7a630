/** Door 1: VS Code's ports in; commands and views out. Nothing is opened here: the app starts with its first use. */
import * as vscode from "vscode";
import { watchAttention } from "./vscode/attention.ts";
import { registerCommands } from "./vscode/commands.ts";
import {
  CONVERSATION_VIEW,
  createConversation,
} from "./vscode/conversation.ts";
import { documentsOf, lensesOf, SCHEME } from "./vscode/documents.ts";
import { editorModels } from "./vscode/editorModels.ts";
import { createRoom, RUNNING_KEY, type Behind } from "./vscode/room.ts";
import { apiKeyIn } from "./vscode/secrets.ts";
import { channelLog } from "./vscode/textLog.ts";
import { agentsTree, decisionsTree } from "./vscode/trees.ts";

const behind: Behind = {
  open: async (options) => (await import("./behind.ts")).openBehind(options),
  makeSample: async (dir) => (await import("./behind.ts")).makeSample(dir),
};

/** Registers everything a user can reach, and goes on with missions that a reload interrupted. */
export function activate(context: vscode.ExtensionContext): void {
  const channel = vscode.window.createOutputChannel("Roundtable", {
    log: true,
  });
  const key = apiKeyIn(context.secrets);
  const room = createRoom(
    context,
    behind,
    channelLog(channel),
    () => key.get(),
    editorModels,
  );
  const conversation = createConversation(context, room);
  const documents = documentsOf(room);
  const lenses = lensesOf(room);
  context.subscriptions.push(
    channel,
    room,
    documents,
    lenses,
    vscode.window.registerWebviewViewProvider(CONVERSATION_VIEW, conversation),
    vscode.window.registerTreeDataProvider(
      "roundtable.agents",
      agentsTree(room, conversation),
    ),
    vscode.window.registerTreeDataProvider(
      "roundtable.decisions",
      decisionsTree(room),
    ),
    vscode.workspace.registerTextDocumentContentProvider(SCHEME, documents),
    vscode.languages.registerCodeLensProvider({ scheme: SCHEME }, lenses),
    watchAttention(room, conversation),
  );
  registerCommands({ context, room, conversation, behind, key, channel });
  if (context.workspaceState.get(RUNNING_KEY) === true)
    room
      .app()
      .then((app) => app.resumeAll())
      .catch((error: unknown) => {
        channel.warn(`missions could not be resumed: ${String(error)}`);
      });
}
