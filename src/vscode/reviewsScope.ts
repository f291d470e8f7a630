import * as vscode from "vscode";
import type { App } from "../app.ts";
import { branchScope, pullRequestScope } from "../core/review/scope.ts";
import type { Branches } from "../ports/git.ts";
import type { ReviewScope } from "../protocol/event.ts";

/** Which changes of the repository to review; undefined when the user backed out. Rejects with `bad-revision` where a branch has nothing to be compared with. */
export async function pickScope(
  app: App,
  repo: string,
): Promise<ReviewScope | undefined> {
  const known = await app.branches(repo);
  const into = known.into ?? "another branch";
  const picked = await vscode.window.showQuickPick(
    [
      {
        label: "$(edit) Working tree",
        description: "everything not committed yet",
        id: "working" as const,
      },
      {
        label: "$(add) Staged",
        description: "what the next commit would hold",
        id: "staged" as const,
      },
      {
        label: "$(git-branch) Branch…",
        description: `what it has on top of ${into}`,
        id: "branch" as const,
      },
      {
        label: "$(git-pull-request) Pull request…",
        description: "a branch that was fetched, by its number",
        id: "pullRequest" as const,
      },
      {
        label: "$(git-commit) Range of commits…",
        description: "from one revision to another",
        id: "range" as const,
      },
    ],
    { title: "Review My Changes", placeHolder: "What shall be reviewed?" },
  );
  switch (picked?.id) {
    case undefined:
      return undefined;
    case "working":
    case "staged":
      return { kind: picked.id };
    case "branch":
      return pickBranch(known);
    case "pullRequest":
      return pickPullRequest(known);
    case "range":
      return askForRange();
  }
}

async function pickBranch(known: Branches): Promise<ReviewScope | undefined> {
  const base = known.into ?? (await pickBase(known));
  if (base === undefined) return undefined;
  const picked = await vscode.window.showQuickPick(
    known.names
      .filter((name) => name !== base)
      .toSorted(
        (a, b) => Number(b === known.current) - Number(a === known.current),
      )
      .map((name) => ({
        label: name,
        description: name === known.current ? "checked out" : "",
      })),
    {
      title: `Review a Branch Against ${base}`,
      placeHolder:
        known.names.length > 1
          ? "Which branch? The newest commits come first."
          : `There is no branch but ${base}.`,
    },
  );
  return picked && branchScope(known, picked.label, base);
}

async function pickBase({ names }: Branches): Promise<string | undefined> {
  return vscode.window.showQuickPick([...names], {
    title: "Review a Branch",
    placeHolder: "Which branch does the work go to?",
  });
}

async function pickPullRequest(
  known: Branches,
): Promise<ReviewScope | undefined> {
  const fetched = known.pullRequests.map(({ number, ref }) => ({
    label: `#${String(number)}`,
    description: ref.replace(/^refs\/(?:heads\/|remotes\/)?/, ""),
    which: String(number),
  }));
  const other = {
    label: "$(edit) Another…",
    description: "by its number or its branch",
    which: undefined,
  };
  const picked =
    fetched.length === 0
      ? other
      : await vscode.window.showQuickPick([...fetched, other], {
          title: "Review a Pull Request",
          placeHolder: "Which one? Only those that were fetched are listed.",
        });
  if (picked === undefined) return undefined;
  const which = picked.which ?? (await askForPullRequest());
  return which === undefined ? undefined : pullRequestScope(known, which);
}

function askForPullRequest(): Thenable<string | undefined> {
  return vscode.window.showInputBox({
    title: "Review a Pull Request",
    prompt: "Its number, or the name of its branch in this repository",
    placeHolder: "42",
    ignoreFocusOut: true,
    validateInput: (text) =>
      text.trim() === "" ? "Name a pull request." : undefined,
  });
}

async function askForRange(): Promise<ReviewScope | undefined> {
  const range = await vscode.window.showInputBox({
    title: "Review a Range of Commits",
    prompt: "BASE..HEAD; a base alone compares it with HEAD",
    value: "HEAD~1..HEAD",
    ignoreFocusOut: true,
    validateInput: (text) =>
      /^[^.\s]/.test(text.trim()) ? undefined : "Name a base.",
  });
  const [base, head] = (range ?? "").trim().split(/\.{2,3}/);
  if (base === undefined || base === "") return undefined;
  return {
    kind: "range",
    base,
    head: head === undefined || head === "" ? "HEAD" : head,
  };
}
