import * as vscode from "vscode";
import { watchAttention } from "./attention.ts";
import { registerCommands } from "./commands.ts";
import { CONVERSATION_VIEW, createConversation } from "./conversation.ts";
import { documentsOf, lensesOf, SCHEME } from "./documents.ts";
import { editorModels } from "./editorModels.ts";
import { createRoom, RUNNING_KEY, type Behind } from "./room.ts";
import { apiKeyIn } from "./secrets.ts";
import { channelLog } from "./textLog.ts";
import { agentsTree, decisionsTree } from "./trees.ts";

/** Registers everything a user can reach, and goes on with missions that a reload interrupted. */
export function openEditor(
  context: vscode.ExtensionContext,
  behind: Behind,
): void {
  const channel = vscode.window.createOutputChannel("Roundtable", {
    log: true,
  });
  const textLog = channelLog(channel);
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
  registerCommands({
    context,
    room,
    conversation,
    behind,
    key,
    channel,
    textLog,
  });
  if (context.workspaceState.get(RUNNING_KEY) === true)
    room
      .app()
      .then((app) => app.resumeAll())
      .catch((error: unknown) => {
        channel.warn(`missions could not be resumed: ${String(error)}`);
      });
}
