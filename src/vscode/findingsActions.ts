/** What people do with a finding, from its thread, its quick fixes or the palette. */
import * as vscode from "vscode";
import type { App } from "../app.ts";
import { placeFix } from "../core/review/placeFix.ts";
import type { DismissalReason } from "../protocol/findings.ts";
import { DISMISSED, oneLine, raisers } from "./findingsWords.ts";
import type { Reviews, Shown } from "./reviews.ts";
import type { Room } from "./room.ts";
import type { Threads } from "./threads.ts";

/** What these commands act on. */
export interface FindingTools {
  readonly room: Room;
  readonly reviews: Reviews;
  readonly threads: Threads;
}

/** Applies the finding's fix to the file in the editor, which can be undone there, when its lines still are what the finding was about; says so when they are not. */
export async function applyFix(
  tools: FindingTools,
  ...args: readonly unknown[]
): Promise<void> {
  const { room, reviews } = tools;
  const item = await findingFor(tools, args, {
    title: "Apply which fix?",
    fits: ({ finding }) => finding.fix !== undefined,
    none: "No open finding has a fix to apply.",
  });
  if (item?.finding.fix === undefined) return;
  const { finding, uri } = item;
  const app = await room.app();
  const document = await vscode.workspace.openTextDocument(uri);
  const edit = placeFix(
    item.finding.fix,
    await reviews.reviewedText(finding),
    document.getText(),
  );
  if (edit === undefined) {
    void vscode.window.showWarningMessage(
      "These lines are not what the finding was about any more, so nothing was changed. Review again to see where it stands.",
    );
    return;
  }
  const { from, to, text } = edit;
  // Taking lines out takes their line break along.
  const range =
    text === "" && to < document.lineCount
      ? new vscode.Range(from - 1, 0, to, 0)
      : new vscode.Range(
          document.lineAt(from - 1).range.start,
          document.lineAt(to - 1).range.end,
        );
  const change = new vscode.WorkspaceEdit();
  change.replace(uri, range, text);
  if (!(await vscode.workspace.applyEdit(change))) {
    void vscode.window.showWarningMessage(
      "The editor did not take the change; the file may be read-only. Nothing was recorded.",
    );
    return;
  }
  const at = new vscode.Position(from - 1, 0);
  await vscode.window.showTextDocument(document, {
    selection: new vscode.Range(at, at),
  });
  await settle(app, item);
}

async function settle(
  app: App,
  { finding: { missionId, findingId } }: Shown,
): Promise<void> {
  await app.perform({ kind: "settleFinding", missionId, findingId }, "human");
}

/** Sets a finding aside with the human's reason, which trust is learned from. */
export async function dismissFinding(
  tools: FindingTools,
  ...args: readonly unknown[]
): Promise<void> {
  const item = await findingFor(tools, args, {
    title: "Dismiss which finding?",
    fits: () => true,
    none: "There is no open finding to dismiss.",
  });
  if (item === undefined) return;
  const { missionId, findingId, claim } = item.finding;
  const why = await vscode.window.showQuickPick(
    Object.entries(WHY).map(([id, detail]) => ({
      label: DISMISSED[id as DismissalReason].replace(/^./, (letter) =>
        letter.toUpperCase(),
      ),
      description: detail,
      id: id as DismissalReason,
    })),
    {
      title: `Dismiss: ${claim}`,
      placeHolder: "What is it about this finding?",
    },
  );
  if (why === undefined) return;
  const reason =
    typedIn(args) ??
    (await vscode.window.showInputBox({
      title: `Dismiss as ${DISMISSED[why.id]}`,
      prompt: "Why? It stays on record, and later reviews of the same show it.",
      ignoreFocusOut: true,
      validateInput: (text) => (text.trim() === "" ? "Say why." : undefined),
    }));
  if (reason === undefined) return;
  await (
    await tools.room.app()
  ).perform(
    { kind: "dismissFinding", missionId, findingId, why: why.id, reason },
    "human",
  );
}

const WHY: Readonly<Record<DismissalReason, string>> = {
  wrong: "it is not true; who raised it is trusted a little less",
  wontFix: "it is true, and stays as it is",
  outOfScope: "it is not about this change",
};

/** Asks who raised a finding; the answer appears in its thread and in the conversation. */
export async function askWhy(
  tools: FindingTools,
  ...args: readonly unknown[]
): Promise<void> {
  const item = await findingFor(tools, args, {
    title: "Ask about which finding?",
    fits: () => true,
    none: "There is no open finding to ask about.",
  });
  if (item === undefined) return;
  const { missionId, findingId } = item.finding;
  const question =
    typedIn(args) ??
    (await vscode.window.showInputBox({
      title: `Ask ${raisers(item.finding)}`,
      prompt: oneLine(item.finding),
      value: "Why is this a problem here?",
      ignoreFocusOut: true,
      validateInput: (text) =>
        text.trim() === "" ? "Ask something." : undefined,
    }));
  if (question === undefined) return;
  const app = await tools.room.app();
  tools.threads.asking(findingId, question);
  try {
    await vscode.window.withProgress(
      {
        location: vscode.ProgressLocation.Window,
        title: `Asking ${raisers(item.finding)}`,
      },
      () =>
        app.perform(
          { kind: "explainFinding", missionId, findingId, question },
          "human",
        ),
    );
  } finally {
    tools.threads.answered(findingId);
  }
}

/** Starts a review of the same scope as the latest of the repository at hand; undefined when there was none. */
export async function reviewAgain({
  room,
  reviews,
}: FindingTools): Promise<string | undefined> {
  const app = await room.app();
  const latest = reviews.latest(vscode.window.activeTextEditor?.document.uri);
  const missionId = latest ?? newestReview(app);
  if (missionId === undefined) {
    void vscode.window.showInformationMessage(
      "There is no review yet that could be repeated. Review your changes first.",
    );
    return undefined;
  }
  const again = await app.perform({ kind: "reviewAgain", missionId }, "human");
  return again.missionId ?? undefined;
}

function newestReview(app: App): string | undefined {
  return app
    .snapshot(null)
    .missions.find(
      ({ kind, status, sharedBy }) =>
        kind === "review" && status === "closed" && sharedBy === undefined,
    )?.missionId;
}

interface Wanted {
  readonly title: string;
  readonly fits: (item: Shown) => boolean;
  readonly none: string;
}

/** The finding a command is for: that of the thread or comment it was called on, the one at the cursor, else the one picked. Undefined when there is none or the user backed out. */
async function findingFor(
  { room, reviews, threads }: FindingTools,
  args: readonly unknown[],
  { title, fits, none }: Wanted,
): Promise<Shown | undefined> {
  await room.app();
  const [first, second] = args;
  const id = typeof second === "string" ? second : threads.findingOf(first);
  if (id !== undefined) {
    const named = reviews.named(id);
    if (named === undefined)
      void vscode.window.showInformationMessage(
        "This finding is not of the latest review of an open folder, so it cannot be acted on in the editor. Review the change again.",
      );
    return named;
  }
  const open = reviews
    .all()
    .filter((item) => item.finding.state.kind === "open" && fits(item));
  const editor = vscode.window.activeTextEditor;
  const here =
    editor === undefined
      ? []
      : reviews
          .at(editor.document.uri, editor.selection.active.line)
          .filter((item) => open.includes(item));
  const choice = here.length > 0 ? here : open;
  if (choice.length === 0) void vscode.window.showInformationMessage(none);
  if (choice.length < 2 && (here.length > 0 || choice.length === 0))
    return choice[0];
  const picked = await vscode.window.showQuickPick(
    choice.map((item) => ({
      label: item.finding.claim,
      description: `${item.finding.path}:${String(item.line)}`,
      detail: `${item.finding.severity}, ${raisers(item.finding)}`,
      item,
    })),
    { title, matchOnDescription: true },
  );
  return picked?.item;
}

/** What was typed below the thread, if anything. */
function typedIn([first]: readonly unknown[]): string | undefined {
  if (typeof first !== "object" || first === null || !("text" in first))
    return undefined;
  const { text } = first;
  return typeof text === "string" && text.trim() !== "" ? text : undefined;
}
