import * as vscode from "vscode";
import type { App } from "../app.ts";
import { mapLines, type LineNow } from "../core/review/lineMap.ts";
import type { ReviewFinding } from "../protocol/findings.ts";
import type { MissionDetail } from "../protocol/panel.ts";
import { complain } from "./complain.ts";
import type { Disposes, Room } from "./room.ts";

/** A finding at its place in the files as they are now. */
export interface Shown {
  readonly finding: ReviewFinding;
  readonly uri: vscode.Uri;
  /** 1-based; 0 for the whole file. */
  readonly line: number;
  /** Its line was edited or taken out since the review. */
  readonly isStale: boolean;
}

/** The findings of the latest review of each repository, at their places now. */
export interface Reviews extends Disposes {
  all(): readonly Shown[];
  /** The finding of that id, if it is shown. */
  named(findingId: string): Shown | undefined;
  /** Findings on that line (from 0) of the document, open ones first. */
  at(uri: vscode.Uri, line: number): readonly Shown[];
  /** The latest review with an outcome; of the repository the document is in, when one is given. */
  latest(uri?: vscode.Uri): string | undefined;
  /** Text of the file as it was reviewed. */
  reviewedText(finding: ReviewFinding): Promise<string>;
  readonly onChange: vscode.Event<void>;
}

/** Findings that get a thread; the conversation lists the others. */
const MAX_SHOWN = 200;
/** Reviews that are looked through for the latest of each repository. */
const MAX_LOOKED_AT = 20;
/** Files of at most this size are followed, bytes. */
const MAX_FILE = 1_000_000;
/** Quiet time before the places are worked out anew, ms. */
const CALM_MS = 150;
/** Key of the workspace state that says there are findings to show after a reload. */
const FINDINGS_KEY = "roundtable.findings";

/** Follows the log and the documents. When the window had findings to show, the app is opened for them. */
export function watchReviews(
  context: vscode.ExtensionContext,
  room: Room,
): Reviews {
  const changed = new vscode.EventEmitter<void>();
  const roots = new Map<string, string>();
  const texts = new Map<string, Promise<string>>();
  /** The review that was latest before, by repository: what it had and the next one found gone is shown as settled. */
  const before = new Map<string, { latest: string; previous?: string }>();
  let shown: readonly Shown[] = [];
  let latest: readonly MissionDetail[] = [];
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> = Promise.resolve();

  const reviewedText = async ({
    missionId,
    path,
  }: ReviewFinding): Promise<string> => {
    const key = `${missionId}/${path}`;
    const known =
      texts.get(key) ?? (await room.app()).fileOf(missionId, "after", path);
    texts.set(key, Promise.resolve(known));
    return known;
  };

  const refresh = async (): Promise<void> => {
    const app = room.peek();
    if (app === undefined) return;
    latest = latestReviews(app, roots);
    const wanted = latest
      .flatMap((mission) => {
        const { repoRoot, missionId } = mission;
        const was = before.get(repoRoot);
        const previous = was?.latest === missionId ? was.previous : was?.latest;
        before.set(repoRoot, {
          latest: missionId,
          ...(previous !== undefined && { previous }),
        });
        return [
          ...mission.findings,
          ...(previous === undefined ? [] : goneIn(app, previous, mission)),
        ]
          .filter(({ path }) => staysIn(path))
          .map((finding) => ({ finding, root: repoRoot }));
      })
      .toSorted((a, b) => order(a.finding) - order(b.finding))
      .slice(0, MAX_SHOWN);
    const used = new Set(
      wanted.map(({ finding }) => `${finding.missionId}/${finding.path}`),
    );
    for (const key of texts.keys()) if (!used.has(key)) texts.delete(key);
    const maps = new Map<string, Promise<((line: number) => LineNow) | null>>();
    const next: Shown[] = [];
    for (const { finding, root } of wanted) {
      const uri = vscode.Uri.joinPath(vscode.Uri.file(root), finding.path);
      const key = `${finding.missionId}/${finding.path}`;
      const following = maps.get(key) ?? follow(finding, uri);
      maps.set(key, following);
      const map = await following;
      // A file that is not here, of a branch that is not checked out, has no line to stand on.
      if (map === null) continue;
      const { line, changed: isStale } = map(finding.line);
      next.push({ finding, uri, line, isStale: isStale && finding.line > 0 });
    }
    shown = next;
    const any = next.some(({ finding }) => finding.state.kind === "open");
    if ((context.workspaceState.get(FINDINGS_KEY) === true) !== any)
      await context.workspaceState.update(FINDINGS_KEY, any);
    changed.fire();
  };

  const follow = async (
    finding: ReviewFinding,
    uri: vscode.Uri,
  ): Promise<((line: number) => LineNow) | null> => {
    const now = await textNow(uri);
    return now === undefined
      ? null
      : mapLines(await reviewedText(finding), now);
  };

  const soon = (): void => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      running = running.then(refresh).catch(complain);
    }, CALM_MS);
  };
  const touched = (document: vscode.TextDocument): void => {
    const name = document.uri.toString();
    if (shown.some(({ uri }) => uri.toString() === name)) soon();
  };
  const follows = [
    room.onChange(soon),
    vscode.workspace.onDidChangeTextDocument(({ document }) => {
      touched(document);
    }),
    vscode.workspace.onDidOpenTextDocument(touched),
    vscode.workspace.onDidSaveTextDocument(touched),
  ];
  if (context.workspaceState.get(FINDINGS_KEY) === true)
    room.app().catch(() => undefined);

  return {
    all: () => shown,
    named: (findingId) =>
      shown.find(({ finding }) => finding.findingId === findingId),
    at: (uri, line) => {
      const name = uri.toString();
      return shown.filter(
        (item) =>
          item.uri.toString() === name && Math.max(0, item.line - 1) === line,
      );
    },
    latest: (uri) =>
      (uri === undefined
        ? undefined
        : latest.find(({ repoRoot }) => isIn(repoRoot, uri))
      )?.missionId ?? latest[0]?.missionId,
    reviewedText,
    onChange: changed.event,
    dispose: () => {
      clearTimeout(timer);
      for (const one of follows) one.dispose();
      changed.dispose();
    },
  };
}

/** The newest review of each repository that has come to a tally and does not run any more, newest first. */
function latestReviews(
  app: App,
  roots: Map<string, string>,
): readonly MissionDetail[] {
  const found = new Map<string, MissionDetail>();
  const reviews = app
    .snapshot(null)
    .missions.filter(
      ({ kind, status, sharedBy }) =>
        kind === "review" &&
        sharedBy === undefined &&
        (status === "closed" || status === "waiting"),
    )
    .slice(0, MAX_LOOKED_AT);
  for (const { missionId } of reviews) {
    const known = roots.get(missionId);
    if (known !== undefined && found.has(known)) continue;
    const mission = app.detail(missionId);
    if (mission === null) continue;
    roots.set(missionId, mission.repoRoot);
    const isTallied = mission.decisions.some(
      ({ tallies }) => tallies.length > 0,
    );
    if (isTallied && !found.has(mission.repoRoot))
      found.set(mission.repoRoot, mission);
  }
  return [...found.values()];
}

function goneIn(
  app: App,
  previous: string,
  { findings }: MissionDetail,
): readonly ReviewFinding[] {
  const now = new Set(findings.map(({ findingId }) => findingId));
  return (app.detail(previous)?.findings ?? []).filter(
    ({ findingId, state }) =>
      state.kind === "settled" && state.how === "gone" && !now.has(findingId),
  );
}

/** Paths come from tools and agents: one that leads out of the repository is nobody's finding. */
function staysIn(path: string): boolean {
  return !path.split(/[\\/]/u).includes("..");
}

/** What is open first, the gravest first. */
function order({ state, severity }: ReviewFinding): number {
  return (
    (state.kind === "open" ? 0 : 4) +
    ["critical", "high", "medium", "low"].indexOf(severity)
  );
}

/** The text of a file as the editor has it; undefined where there is none that can be followed. */
async function textNow(uri: vscode.Uri): Promise<string | undefined> {
  const name = uri.toString();
  const open = vscode.workspace.textDocuments.find(
    (document) => document.uri.toString() === name,
  );
  if (open !== undefined) return open.getText();
  try {
    const { size } = await vscode.workspace.fs.stat(uri);
    if (size > MAX_FILE) return undefined;
    return new TextDecoder().decode(await vscode.workspace.fs.readFile(uri));
  } catch {
    return undefined;
  }
}

function isIn(root: string, uri: vscode.Uri): boolean {
  const { path } = vscode.Uri.file(root);
  return uri.path === path || uri.path.startsWith(`${path}/`);
}
