import { isProblem } from "../core/errors.ts";
import { viewFindings } from "../core/views/findings.ts";
import { mapLines, sharedLines } from "../core/review/lineMap.ts";
import { matchReview, type PlaceNow } from "../core/review/match.ts";
import type { ChangeSet, Recorded } from "../protocol/event.ts";
import type { ReviewFinding } from "../protocol/findings.ts";
import type { Line } from "./line.ts";

/** Share of a file's lines that another must have to be the same file under a new name, per cent. */
const SAME_FILE = 50;
/** Changed files that are looked at for one that was renamed. */
const MAX_RENAMES = 50;

/**
 * Where this review repeats an earlier one, records which of its findings are still there and keeps their names, dismissals and explanations;
 * what is gone is settled in the earlier review. Does nothing for a first review.
 */
export async function matchEarlier(
  line: Line,
  change: ChangeSet,
): Promise<void> {
  const previous = line.opened.again;
  if (previous === undefined) return;
  const { log } = line.ports;
  const before = foldReview(log.mission(previous));
  const { gone } = await line.journal.step("FindingsMatched", 1, async () => {
    const now = foldReview(line.journal.events());
    const placeNow = await follow(line, before, change);
    const matched = matchReview(before.findings, now.findings, {
      placeNow,
      hasRun: (tool) => now.tools.has(tool),
    });
    return { previous, ...matched };
  });
  await log.appendAll(
    gone.map((findingId) => ({
      missionId: previous,
      type: "FindingSettled" as const,
      data: { findingId, how: "gone" as const, by: "hub" },
      by: "hub",
      key: `FindingSettled/${findingId}`,
    })),
  );
}

/** A review as far as a later one needs it. */
interface Reviewed {
  readonly findings: readonly ReviewFinding[];
  readonly change: ChangeSet | undefined;
  /** Tools that came to a result. */
  readonly tools: ReadonlySet<string>;
}

function foldReview(events: readonly Recorded[]): Reviewed {
  const [first] = events;
  if (first?.type !== "MissionOpened")
    return { findings: [], change: undefined, tools: new Set() };
  const view = viewFindings(first);
  let change: ChangeSet | undefined;
  const tools = new Set<string>();
  for (const event of events) {
    view.apply(event);
    if (event.type === "ChangeProposed") change = event.data.change;
    if (
      event.type === "EvidenceRecorded" &&
      ["PASS", "FAIL"].includes(event.data.evidence.status)
    )
      tools.add(event.data.evidence.tool);
  }
  return { findings: view.list(), change, tools };
}

/** Follows places from the tree reviewed before to the one reviewed now, renamed files included. */
async function follow(
  { ports: { git }, opened: { repo } }: Line,
  { findings, change: was }: Reviewed,
  now: ChangeSet,
): Promise<(path: string, line: number) => PlaceNow | null> {
  if (was === undefined) return () => null;
  const paths = [...new Set(findings.map(({ path }) => path))];
  const read = async (
    tree: string,
    of: readonly string[],
  ): Promise<ReadonlyMap<string, string>> =>
    new Map(
      (await git.texts(repo.root, tree, of)).flatMap((file) =>
        "text" in file ? [[file.path, file.text] as const] : [],
      ),
    );
  // Nothing keeps the tree of a working copy for ever; without it, places are taken for what they were.
  const before = await read(was.tree, paths).catch((error: unknown) => {
    if (isProblem(error, "bad-revision")) return undefined;
    throw error;
  });
  if (before === undefined)
    return (path, line) => ({ path, line, changed: false });
  const after = await read(now.tree, paths);
  const arrived = now.files
    .filter(({ status }) => status === "added" || status === "renamed")
    .map(({ path }) => path)
    .filter((path) => !before.has(path))
    .slice(0, MAX_RENAMES);
  const isMoved = paths.some((path) => before.has(path) && !after.has(path));
  const candidates = await read(now.tree, isMoved ? arrived : []);
  const maps = new Map<
    string,
    { readonly path: string; readonly map: ReturnType<typeof mapLines> }
  >();
  for (const [path, text] of before) {
    const same = after.get(path);
    const found =
      same === undefined ? renamed(text, candidates) : { path, text: same };
    if (found !== undefined)
      maps.set(path, { path: found.path, map: mapLines(text, found.text) });
  }
  return (path, line) => {
    const file = maps.get(path);
    if (file !== undefined) return { path: file.path, ...file.map(line) };
    // A file that cannot be read as text stands for itself while it is there.
    return before.has(path) || !now.files.some((item) => item.path === path)
      ? null
      : { path, line, changed: false };
  };
}

function renamed(
  text: string,
  candidates: ReadonlyMap<string, string>,
): { readonly path: string; readonly text: string } | undefined {
  let best: { path: string; text: string; share: number } | undefined;
  for (const [path, other] of candidates) {
    const share = sharedLines(text, other);
    if (share >= SAME_FILE && share > (best?.share ?? 0))
      best = { path, text: other, share };
  }
  return best;
}
