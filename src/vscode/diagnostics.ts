import * as vscode from "vscode";
import { isGrave } from "../core/consensus/cluster.ts";
import type { Settings } from "../protocol/settings.ts";
import { raisers } from "./findingsWords.ts";
import type { Reviews, Shown } from "./reviews.ts";
import type { Disposes } from "./room.ts";

const SOURCE = "Roundtable";

/** Shows open findings in the Problems list as `roundtable.diagnostics` says, with quick fixes that act on them. */
export function watchDiagnostics(reviews: Reviews): Disposes {
  const collection = vscode.languages.createDiagnosticCollection("roundtable");
  const refresh = (): void => {
    const which = wanted();
    const byFile = new Map<string, [vscode.Uri, vscode.Diagnostic[]]>();
    for (const item of reviews.all()) {
      if (!isListed(item, which)) continue;
      const key = item.uri.toString();
      const entry = byFile.get(key) ?? [item.uri, []];
      entry[1].push(diagnostic(item));
      byFile.set(key, entry);
    }
    collection.clear();
    collection.set([...byFile.values()]);
  };
  const follows = [
    collection,
    reviews.onChange(refresh),
    vscode.workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration("roundtable.diagnostics")) refresh();
    }),
    vscode.languages.registerCodeActionsProvider(
      { scheme: "file" },
      {
        provideCodeActions: (document, range, asked) =>
          actions(reviews, document, range, asked),
      },
      { providedCodeActionKinds: [vscode.CodeActionKind.QuickFix] },
    ),
  ];
  return {
    dispose: () => {
      for (const one of follows) one.dispose();
    },
  };
}

function wanted(): Settings["diagnostics"] {
  return vscode.workspace
    .getConfiguration("roundtable")
    .get<Settings["diagnostics"]>("diagnostics", "grave");
}

function isListed({ finding }: Shown, which: Settings["diagnostics"]): boolean {
  return (
    finding.state.kind === "open" &&
    (which === "all" || (which === "grave" && isGrave(finding.severity)))
  );
}

function diagnostic(item: Shown): vscode.Diagnostic {
  const { finding, uri } = item;
  const { claim, severity, rule, blocks, verified } = finding;
  const shown = new vscode.Diagnostic(
    rangeOf(item),
    `${claim.replaceAll("`", "'")} (${raisers(finding)})`,
    blocks
      ? vscode.DiagnosticSeverity.Error
      : severity === "low"
        ? vscode.DiagnosticSeverity.Information
        : vscode.DiagnosticSeverity.Warning,
  );
  shown.source = SOURCE;
  if (rule !== undefined) shown.code = rule;
  shown.relatedInformation = (verified?.quotes ?? [])
    .filter(({ path }) => !path.split(/[\\/]/u).includes(".."))
    .map(
      ({ path, line, text }) =>
        new vscode.DiagnosticRelatedInformation(
          new vscode.Location(
            fileOf(item, uri, path),
            new vscode.Position(line - 1, 0),
          ),
          text.trim(),
        ),
    );
  return shown;
}

/** The whole line: reviewers name lines, not columns. */
function rangeOf({ line }: Shown): vscode.Range {
  const at = Math.max(0, line - 1);
  return new vscode.Range(at, 0, at, Number.MAX_SAFE_INTEGER);
}

/** A file of the repository that the finding's own file is in. */
function fileOf({ finding }: Shown, uri: vscode.Uri, path: string): vscode.Uri {
  const depth = finding.path.split("/").length;
  const up = Array.from({ length: depth }, () => "..");
  return vscode.Uri.joinPath(uri, ...up, path);
}

function actions(
  reviews: Reviews,
  document: vscode.TextDocument,
  range: vscode.Range,
  { diagnostics }: vscode.CodeActionContext,
): vscode.CodeAction[] {
  const ours = diagnostics.filter(({ source }) => source === SOURCE);
  if (ours.length === 0) return [];
  return reviews
    .at(document.uri, range.start.line)
    .filter(({ finding }) => finding.state.kind === "open")
    .flatMap(({ finding }) => {
      const act = (
        title: string,
        command: string,
        isPreferred = false,
      ): vscode.CodeAction => {
        const action = new vscode.CodeAction(
          title,
          vscode.CodeActionKind.QuickFix,
        );
        action.command = {
          title,
          command,
          arguments: [finding.missionId, finding.findingId],
        };
        action.diagnostics = ours;
        action.isPreferred = isPreferred;
        return action;
      };
      return [
        ...(finding.fix === undefined
          ? []
          : [
              act(
                `Apply the fix: ${shortened(finding.claim)}`,
                "roundtable.applyFix",
                true,
              ),
            ]),
        act(
          `Dismiss with reason: ${shortened(finding.claim)}`,
          "roundtable.dismissFinding",
        ),
        act(`Ask why: ${shortened(finding.claim)}`, "roundtable.askWhy"),
      ];
    });
}

function shortened(text: string): string {
  return text.length > 60 ? `${text.slice(0, 59)}…` : text;
}
