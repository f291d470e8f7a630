import { RoundtableError, isProblem } from "../core/errors.ts";
import type { DataOf, Outcome } from "../protocol/event.ts";
import type { Line } from "./line.ts";

/** The merge, or that the branch moved before it could happen. */
export type MergeResult =
  | { readonly ok: true; readonly outcome: Outcome }
  | { readonly ok: false; readonly movedFrom: string };

/**
 * Moves the branch to the approved commit and nothing else: the ruling must name the tree this change has. Intent first, so that a
 * crash in between is seen; git is asked whether the commit is already in.
 */
export async function merge(
  line: Line,
  attempt: number,
  { change }: DataOf<"ChangeProposed">,
): Promise<MergeResult> {
  const { git } = line.ports;
  const { root, branch } = line.opened.repo;
  const { commit, tree, base } = change;
  if (commit === null || !approvedByHuman(line, tree))
    throw new RoundtableError(
      "stale-artifact",
      `No approval names the tree ${tree.slice(0, 12)}.`,
      "Nothing was merged. Resume the mission to decide on the change as it is.",
    );
  if (branch === null) {
    const name = `roundtable/${line.missionId}`;
    await git.keepBranch(root, name, commit);
    return {
      ok: true,
      outcome: {
        kind: "branchLeft",
        summary: `You are on no branch, so the approved change is on ${name}.`,
        commit,
        branch: name,
      },
    };
  }
  await line.journal.step("MergeIntended", attempt, () =>
    Promise.resolve({ attempt, tree, commit, branch, onto: base }),
  );
  try {
    await line.journal.step("Merged", attempt, async () => {
      await git.advance(root, { branch, onto: base, commit });
      return { attempt, tree, commit, branch };
    });
  } catch (error) {
    if (isProblem(error, "branch-moved")) return { ok: false, movedFrom: base };
    throw error;
  }
  await git.closeWorktree(root, line.missionId);
  return {
    ok: true,
    outcome: {
      kind: "merged",
      summary: `Merged into ${branch} as ${commit.slice(0, 10)}. To undo: git revert -m 1 ${commit.slice(0, 10)}`,
      commit,
      branch,
    },
  };
}

function approvedByHuman(line: Line, tree: string): boolean {
  return line.journal
    .events()
    .some(
      (event) =>
        event.type === "HumanRuled" &&
        event.data.artifactHash === tree &&
        (event.data.verdict === "approve" || event.data.verdict === "overrule"),
    );
}
