import * as vscode from "vscode";
import { toProblem } from "../core/errors.ts";
import { watchAttention } from "./attention.ts";
import { registerCommands } from "./commands.ts";
import { complain } from "./complain.ts";
import { CONVERSATION_VIEW, createConversation } from "./conversation.ts";
import { watchDiagnostics } from "./diagnostics.ts";
import { documentsOf, SCHEME } from "./documents.ts";
import { editorModels } from "./editorModels.ts";
import { lensesOf, PLANS } from "./lenses.ts";
import { watchNeeds } from "./needs.ts";
import { watchReviews } from "./reviews.ts";
import { watchPeers } from "./peers.ts";
import { watchSharing } from "./peersAttention.ts";
import { watchPeerNeeds } from "./peersNeeds.ts";
import { servePeerPages } from "./peersPages.ts";
import { peersTree } from "./peersTree.ts";
import { offerRecords } from "./records.ts";
import { createRoom, type Behind } from "./room.ts";
import { watchRules } from "./rules.ts";
import { apiKeyIn } from "./secrets.ts";
import { channelLog } from "./textLog.ts";
import { watchThreads } from "./threads.ts";
import { agentsTree, decisionsTree } from "./trees.ts";
import { handleLinks } from "./uri.ts";

/** Registers everything a user can reach, and goes on with missions that a reload interrupted. What it returns lets go of the log. */
export function openEditor(
  context: vscode.ExtensionContext,
  behind: Behind,
): () => Promise<void> {
  const channel = vscode.window.createOutputChannel("Roundtable", {
    log: true,
  });
  const textLog = channelLog(channel);
  const key = apiKeyIn(context.secrets);
  const room = createRoom(
    context,
    behind,
    textLog,
    () => key.get(),
    editorModels,
  );
  const conversation = createConversation(context, room);
  const documents = documentsOf(room);
  const lenses = lensesOf(room);
  const reviews = watchReviews(context, room);
  const threads = watchThreads(reviews);
  const peers = watchPeers(room, context.workspaceState);
  const takeUp = (): void => {
    room.reopen().catch(complain);
  };
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
    peers,
    vscode.window.registerTreeDataProvider(
      "roundtable.peers",
      peersTree(peers),
    ),
    watchSharing(peers),
    watchPeerNeeds(peers),
    servePeerPages(peers),
    handleLinks(peers),
    vscode.workspace.registerTextDocumentContentProvider(SCHEME, documents),
    vscode.languages.registerCodeLensProvider(PLANS, lenses),
    watchRules(context, behind, textLog),
    offerRecords(room),
    watchAttention(room),
    watchNeeds(room, conversation),
    reviews,
    threads,
    watchDiagnostics(reviews),
    vscode.workspace.onDidChangeConfiguration((event) => {
      if (affectsApp(context, event)) takeUp();
    }),
    key.onChange(takeUp),
  );
  registerCommands({
    context,
    room,
    conversation,
    behind,
    key,
    channel,
    textLog,
    findings: { room, reviews, threads },
    peers,
  });
  for (const [what, resume] of [
    ["missions", () => room.resume()],
    ["links to teammates' hubs", () => peers.resume()],
  ] as const)
    resume().catch((error: unknown) => {
      textLog.warn(`${what} could not be resumed`, {
        reason: toProblem(error).message,
      });
    });
  return () => room.close();
}

/** Whether a change of the configuration is of a setting the app runs under; what only the editor shows is followed where it is shown. */
function affectsApp(
  { extension }: vscode.ExtensionContext,
  event: vscode.ConfigurationChangeEvent,
): boolean {
  const { contributes } = extension.packageJSON as {
    readonly contributes: {
      readonly configuration: { readonly properties: object };
    };
  };
  return Object.keys(contributes.configuration.properties).some(
    (key) =>
      key !== "roundtable.diagnostics" && event.affectsConfiguration(key),
  );
}
