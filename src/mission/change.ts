import { RoundtableError } from "../core/errors.ts";
import type { ChangeSet, DataOf } from "../protocol/event.ts";
import type { Evidence } from "../protocol/consensus.ts";
import { artifactOf, excerptOf } from "./artifact.ts";
import type { Built } from "./build.ts";
import type { Lesson, Line } from "./line.ts";
import type { ReadFiles } from "./places.ts";
import type { Proposal } from "./proposal.ts";
import { requireEvidence } from "./rules.ts";

/** The change ready for review: the very commit the branch would move to; or why there is none. */
export type Proposed =
  | { readonly ok: true; readonly proposed: DataOf<"ChangeProposed"> }
  | { readonly ok: false; readonly lesson: Lesson };

/**
 * Merges what was built onto the branch as it is now, as a commit nothing points to yet. What is reviewed, approved and merged is this
 * one commit. A conflict or an empty change becomes a lesson for the next attempt.
 */
export async function proposeChange(
  line: Line,
  attempt: number,
  built: Built,
): Promise<Proposed> {
  const { git } = line.ports;
  const { repo, goal } = line.opened;
  const known = line.journal
    .events()
    .find(
      (event) =>
        event.type === "ChangeProposed" && event.data.attempt === attempt,
    );
  if (known?.type === "ChangeProposed")
    return { ok: true, proposed: known.data };
  const now = await git.inspect(repo.root);
  if (now.branch !== repo.branch)
    throw new RoundtableError(
      "branch-moved",
      `The checkout is on ${now.branch ?? "no branch"} now; this mission is for ${repo.branch ?? "the commit it started from"}.`,
      "Nothing was merged. Switch back, then resume the mission.",
    );
  const merge = await git.prepareMerge(repo.root, {
    commit: built.tip,
    onto: now.commit,
    message: `merge: ${firstLine(goal)}\n\nMission: ${line.missionId}`,
    at: line.openedAt,
  });
  if (!merge.ok)
    return {
      ok: false,
      lesson: {
        findings: merge.conflicts.map((path) => ({
          path,
          line: 0,
          claim: "conflicts with what is on the branch now",
          severity: "high",
        })),
        remarks: ["The branch has moved; the work conflicts with it."],
      },
    };
  if (merge.tree === now.tree)
    return {
      ok: false,
      lesson: {
        findings: [],
        remarks: ["The last attempt changed nothing at all."],
      },
    };
  const proposed = await line.journal.step(
    "ChangeProposed",
    attempt,
    async () => {
      const { change } = await git.change(repo.root, now.commit, merge.commit);
      return { attempt, change, authorIds: [...built.authorIds] };
    },
  );
  return { ok: true, proposed };
}

/** The change as something to decide on; electors read its diff, tools run on its files. */
export async function changeProposal(
  line: Line,
  { attempt, change, authorIds }: DataOf<"ChangeProposed">,
): Promise<Proposal> {
  const { git } = line.ports;
  const { root } = line.opened.repo;
  const { diff } = await git.change(
    root,
    change.base,
    change.commit ?? change.tree,
  );
  const dir = await git.checkout(root, change.tree, line.missionId);
  const { text, leftOut } = artifactOf(change.files, diff);
  return {
    decisionId: `change@${String(attempt)}:${change.tree.slice(0, 12)}`,
    subject: "change",
    title: changeTitle(change),
    artifactHash: change.tree,
    artifact: text,
    excerpt: (path) => excerptOf(change.files, diff, path),
    files: readFiles(line, change),
    authorIds,
    attempt,
    paths: change.files.flatMap(({ path, oldPath }) =>
      oldPath === undefined ? [path] : [path, oldPath],
    ),
    root: dir,
    evidence: async (from) => [
      ...(leftOut === undefined ? [] : [notRead(leftOut)]),
      ...(await gather(from, change, diff, dir)),
    ],
  };
}

/** Files as they are in the changed state; those the change takes away or renames also under their old names, as they were. */
function readFiles(line: Line, change: ChangeSet): ReadFiles {
  const { git } = line.ports;
  const { root } = line.opened.repo;
  const before = new Set(
    change.files.flatMap(({ path, oldPath, status }) => [
      ...(status === "deleted" ? [path] : []),
      ...(oldPath === undefined ? [] : [oldPath]),
    ]),
  );
  return async (paths) => {
    const now = await git.texts(root, change.tree, paths);
    const gone = now.flatMap((file) =>
      "unread" in file && file.unread === "missing" && before.has(file.path)
        ? [file.path]
        : [],
    );
    if (gone.length === 0) return now;
    const old = await git.texts(root, change.baseTree, gone);
    return now.map(
      (file) => old.find(({ path }) => path === file.path) ?? file,
    );
  };
}

/** Id of the evidence that says what of a change is too long to be read. */
export const READING = "reading";

/** On record with the decision: what nobody read, nobody vouches for. */
function notRead(summary: string): Evidence {
  return {
    id: READING,
    tool: READING,
    status: "NOT_RUN",
    required: false,
    summary,
    findings: [],
    durationMs: 0,
  };
}

async function gather(
  line: Line,
  change: ChangeSet,
  diff: string,
  dir: string,
): Promise<readonly Evidence[]> {
  const { evidence, git, runCheck } = line.ports;
  const { house, repo } = line.opened;
  const { root } = repo;
  const seconds = house?.evidence.seconds;
  const side = { base: change.baseTree, head: change.tree };
  const gathered = await evidence.gather(
    {
      repo: root,
      dir,
      change,
      diff,
      checks: line.opened.checks,
      reader: {
        files: () => git.files(root, change.tree),
        texts: (of, paths) => git.texts(root, side[of], paths),
        churn: (paths) => git.churn(root, change.base, paths),
      },
      baseDir: () =>
        git.checkout(root, change.baseTree, `${line.missionId}-base`),
      ...(seconds !== undefined && { seconds }),
    },
    runCheck,
    line.signal,
  );
  return requireEvidence(gathered, house);
}

function changeTitle({ files }: ChangeSet): string {
  const [first] = files;
  if (first !== undefined && files.length === 1)
    return `Change to ${first.path}`;
  return `Change to ${String(files.length)} files`;
}

function firstLine(text: string): string {
  const line = text.split("\n", 1)[0] ?? "";
  return line.length > 68 ? `${line.slice(0, 67)}…` : line;
}
