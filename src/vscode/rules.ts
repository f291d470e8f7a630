import * as vscode from "vscode";
import { isProblem } from "../core/errors.ts";
import { unknownRoles } from "../core/rules/unknownRoles.ts";
import type { TextLog } from "../ports.ts";
import { RULES_FILE } from "../protocol/rulesPlace.ts";
import type { Behind, Disposes } from "./room.ts";
import { readSettings } from "./settings.ts";

/** Scheme of the document with the rules in force. */
const SCHEME = "roundtable-rules";

/** Serves the rules in force as a document, and tells of faults in a rules file as it is opened and saved. */
export function watchRules(
  context: vscode.ExtensionContext,
  behind: Behind,
  textLog: TextLog,
): Disposes {
  const trees = vscode.Uri.joinPath(context.globalStorageUri, "trees").fsPath;
  const media = vscode.Uri.joinPath(context.extensionUri, "media", "roles");
  const changed = new vscode.EventEmitter<vscode.Uri>();
  const found = vscode.languages.createDiagnosticCollection("roundtable-rules");

  const look = async (document: vscode.TextDocument): Promise<void> => {
    if (!isRules(document.uri)) return;
    const reading = await behind.readRules(document.getText());
    const faults = reading.ok
      ? unknownRoles(reading.rules, reading.lines, await roles())
      : reading.faults;
    found.set(
      document.uri,
      faults.map(({ line, column, what }) => {
        const place = new vscode.Position(line - 1, column - 1);
        const range =
          document.getWordRangeAtPosition(place) ??
          new vscode.Range(place, place.translate(0, 1));
        return new vscode.Diagnostic(range, `This file ${what}.`);
      }),
    );
    for (const shown of vscode.workspace.textDocuments)
      if (shown.uri.scheme === SCHEME) changed.fire(shown.uri);
  };

  const roles = async (): Promise<readonly string[]> => {
    const { agentFolders } = await readSettings();
    const all = await behind.roles([media.fsPath, ...agentFolders]);
    return [...new Set(all.map(({ role }) => role))];
  };

  const lookQuietly = (document: vscode.TextDocument): void => {
    look(document).catch((error: unknown) => {
      // Settings or agent files that cannot be used are told where they are used.
      textLog.warn("rules could not be checked", { reason: String(error) });
    });
  };

  const text = async (root: string): Promise<string> => {
    const settings = await readSettings();
    const { rulesMarkdown, rulesShown } =
      await import("../core/rules/shown.ts");
    if (root === "")
      return rulesMarkdown(
        rulesShown(settings),
        "No folder is open, so these are the settings alone.",
      );
    try {
      const file = await behind.rulesAt(root, trees, textLog);
      return rulesMarkdown(
        rulesShown(settings, file?.rules, file?.lines),
        file === undefined
          ? `\`${root}\` has no \`${RULES_FILE}\` in its last commit, so these are the settings alone.`
          : `From \`${RULES_FILE}\` in the last commit of \`${root}\`, over the settings. What is not committed is not in force; a review takes the rules of its base.`,
      );
    } catch (error) {
      if (!isProblem(error)) throw error;
      return `# No rules are in force\n\n${error.message}\n\n${error.next}\n`;
    }
  };

  vscode.workspace.textDocuments.forEach(lookQuietly);
  const parts: readonly Disposes[] = [
    changed,
    found,
    vscode.workspace.registerTextDocumentContentProvider(SCHEME, {
      onDidChange: changed.event,
      provideTextDocumentContent: ({ query }) => text(query),
    }),
    vscode.workspace.onDidOpenTextDocument(lookQuietly),
    vscode.workspace.onDidSaveTextDocument(lookQuietly),
    vscode.workspace.onDidCloseTextDocument(({ uri }) => {
      found.delete(uri);
    }),
  ];
  return {
    dispose: () => {
      for (const part of parts) part.dispose();
    },
  };
}

/** Opens the rules in force in the repository at `root` as a document; those of the settings alone without one. */
export async function showRules(root: string | null): Promise<void> {
  const uri = vscode.Uri.from({
    scheme: SCHEME,
    path: "/Rules.md",
    query: root ?? "",
  });
  await vscode.commands.executeCommand("markdown.showPreview", uri);
}

function isRules({ scheme, path }: vscode.Uri): boolean {
  return scheme === "file" && path.endsWith(`/${RULES_FILE}`);
}
