import * as vscode from "vscode";
import { isGrave } from "../core/consensus/cluster.ts";
import {
  answerBody,
  DISMISSED,
  findingBody,
  raisers,
  textBody,
  threadLabel,
} from "./findingsWords.ts";
import type { Reviews, Shown } from "./reviews.ts";
import type { Disposes } from "./room.ts";

/** Threads on the lines that findings are about. */
export interface Threads extends Disposes {
  /** The id of the finding a thread shows. */
  findingOf(thread: unknown): string | undefined;
  /** Shows in the thread that an answer is on its way. */
  asking(findingId: string, question: string): void;
  /** Shows the thread as the log has it again. */
  answered(findingId: string): void;
}

/** A comment that tells menus which finding it is of. */
interface FindingComment extends vscode.Comment {
  readonly missionId: string;
  readonly findingId: string;
}

interface Standing {
  readonly thread: vscode.CommentThread;
  /** What it shows, to leave alone what has not changed. */
  content: string;
}

const ASKING = "asking";

/** Threads that are unfolded in one file when it is opened: more would bury the code. */
const MAX_UNFOLDED = 3;

/** Keeps one thread for each shown finding; nobody but Roundtable makes threads. */
export function watchThreads(reviews: Reviews): Threads {
  const controller = vscode.comments.createCommentController(
    "roundtable.review",
    "Roundtable Review",
  );
  controller.options = {
    prompt: "Ask why, or dismiss…",
    placeHolder: "Ask why, or say why it can be dismissed",
  };
  const threads = new Map<string, Standing>();

  const show = (item: Shown, unfold: boolean): void => {
    const { finding, uri } = item;
    const id = finding.findingId;
    const comments = commentsOn(item);
    const content = JSON.stringify([
      threadLabel(finding),
      finding.state.kind,
      comments.map(({ author, body }) => [
        author.name,
        typeof body === "string" ? body : body.value,
      ]),
    ]);
    let standing = threads.get(id);
    if (standing?.thread.uri.toString() !== uri.toString()) {
      standing?.thread.dispose();
      standing = {
        thread: controller.createCommentThread(uri, rangeOf(item), [
          ...comments,
        ]),
        content: "",
      };
      standing.thread.collapsibleState = unfold
        ? vscode.CommentThreadCollapsibleState.Expanded
        : vscode.CommentThreadCollapsibleState.Collapsed;
      threads.set(id, standing);
    }
    const { thread } = standing;
    const range = rangeOf(item);
    if (thread.range?.isEqual(range) !== true) thread.range = range;
    if (standing.content === content || standing.content === ASKING) return;
    const wasShown = standing.content !== "";
    standing.content = content;
    const isOpen = finding.state.kind === "open";
    thread.label = threadLabel(finding);
    thread.comments = comments;
    thread.contextValue = isOpen
      ? finding.fix === undefined
        ? "roundtableOpen"
        : "roundtableOpenFix"
      : "roundtableSettled";
    thread.canReply = isOpen;
    thread.state = isOpen
      ? vscode.CommentThreadState.Unresolved
      : vscode.CommentThreadState.Resolved;
    if (wasShown && !isOpen)
      thread.collapsibleState = vscode.CommentThreadCollapsibleState.Collapsed;
  };

  const refresh = (): void => {
    const unfolded = new Map<string, number>();
    const kept = new Set<string>();
    for (const item of reviews.all()) {
      const { finding, uri } = item;
      kept.add(finding.findingId);
      const count = unfolded.get(uri.toString()) ?? 0;
      const unfold =
        finding.state.kind === "open" &&
        isGrave(finding.severity) &&
        count < MAX_UNFOLDED;
      if (unfold) unfolded.set(uri.toString(), count + 1);
      show(item, unfold);
    }
    for (const [id, { thread }] of threads) {
      if (kept.has(id)) continue;
      thread.dispose();
      threads.delete(id);
    }
  };

  const follow = reviews.onChange(refresh);
  return {
    findingOf: (given) => {
      // The reply box hands over what was typed together with its thread.
      const thread =
        typeof given === "object" && given !== null && "thread" in given
          ? given.thread
          : given;
      return [...threads].find(
        ([, standing]) => standing.thread === thread,
      )?.[0];
    },
    asking: (findingId, question) => {
      const standing = threads.get(findingId);
      const item = reviews.named(findingId);
      if (standing === undefined || item === undefined) return;
      // Until the answer is there, the thread stays as it is.
      standing.content = ASKING;
      standing.thread.comments = [
        ...commentsOn(item),
        comment(item, "You", textBody(question)),
        comment(item, "Roundtable", textBody("Asking…")),
      ];
    },
    answered: (findingId) => {
      const standing = threads.get(findingId);
      const item = reviews.named(findingId);
      if (standing === undefined || item === undefined) return;
      standing.content = "answered";
      show(item, false);
    },
    dispose: () => {
      follow.dispose();
      controller.dispose();
    },
  };
}

function rangeOf({ line }: Shown): vscode.Range {
  const at = Math.max(0, line - 1);
  return new vscode.Range(at, 0, at, 0);
}

function commentsOn(item: Shown): readonly FindingComment[] {
  const { finding, isStale } = item;
  const { state, explanations } = finding;
  return [
    {
      ...comment(item, raisers(finding), findingBody(finding, isStale)),
      contextValue:
        state.kind === "open" ? "roundtableClaim" : "roundtableSettled",
    },
    ...explanations.flatMap(({ question, answer, by }) => [
      comment(item, "You", textBody(question)),
      comment(item, by === "hub" ? "Roundtable" : by, answerBody(answer)),
    ]),
    ...(state.kind === "dismissed"
      ? [
          comment(
            item,
            state.by === "human" ? "You" : state.by,
            textBody(`Dismissed as ${DISMISSED[state.why]}: ${state.reason}`),
          ),
        ]
      : []),
    ...(state.kind === "settled"
      ? [
          comment(
            item,
            "Roundtable",
            textBody(
              state.how === "fixApplied"
                ? "The fix was applied."
                : "A later review found it gone.",
            ),
          ),
        ]
      : []),
  ];
}

function comment(
  { finding: { missionId, findingId } }: Shown,
  name: string,
  body: vscode.MarkdownString,
): FindingComment {
  return {
    author: { name },
    body,
    mode: vscode.CommentMode.Preview,
    missionId,
    findingId,
  };
}
