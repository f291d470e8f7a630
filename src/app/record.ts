import {
  recordable,
  recordMarkdown,
  recordName,
  recordTitle,
} from "../core/decisionRecord.ts";
import { isProblem, RoundtableError } from "../core/errors.ts";
import type { Workspace } from "../ports.ts";
import type { Stage } from "./stage.ts";
import { known } from "./views.ts";

/** Names that are tried when others write records at the same time. */
const TRIES = 5;

/**
 * Puts an approved answer on record in the checkout, as a new file in the folder the rules or settings name; what was put there before is found again.
 * Nothing that exists is ever replaced. Returns the path from the root. Rejects with `bad-intent` where nothing was approved, with `path-denied` or
 * `tool-failed` where the file cannot be made.
 */
export async function recordDecision(
  { ports, views }: Stage,
  missionId: string,
  by: string,
): Promise<string> {
  const mission = known(views, missionId).detail(0);
  if (mission.record !== null) return mission.record;
  const what = recordable(mission);
  if (what === undefined)
    throw new RoundtableError(
      "bad-intent",
      "There is no approved answer to put on record.",
      "Nothing was written. Ask the team a question and approve its answer first.",
    );
  const [first] = ports.log.read({ missionId, limit: 1 });
  const house = first?.type === "MissionOpened" ? first.data.house : undefined;
  const folder = house?.decisionRecords ?? ports.settings.decisionRecords;
  const workspace = ports.openWorkspace(mission.repoRoot, { writable: true });
  const at = what.decision.ruling?.at ?? ports.clock.now();
  const date = new Date(at).toISOString().slice(0, 10);
  const path =
    (await writtenBefore(workspace, folder, missionId)) ??
    (await write(workspace, folder, recordTitle(what), (number) =>
      recordMarkdown(what, number, date),
    ));
  await ports.log.append({
    missionId,
    type: "DecisionRecorded",
    data: { decisionId: what.decision.decisionId, path, by },
    by,
    key: `DecisionRecorded/${what.decision.decisionId}`,
  });
  return path;
}

/** The record a crash kept from being noted: it names its mission. */
async function writtenBefore(
  workspace: Workspace,
  folder: string,
  missionId: string,
): Promise<string | undefined> {
  const found = await workspace.search(
    `Mission \`${missionId}\`, answer`,
    `${folder}/*.md`,
  );
  return found[0]?.path;
}

async function write(
  workspace: Workspace,
  folder: string,
  title: string,
  text: (number: number) => string,
): Promise<string> {
  for (let tries = 1; ; tries += 1) {
    const names = (await workspace.list(`${folder}/*.md`)).map((path) =>
      path.slice(folder.length + 1),
    );
    const { number, name } = recordName(names, title);
    const path = `${folder}/${name}`;
    try {
      await workspace.create(path, text(number));
      return path;
    } catch (error) {
      // Somebody else took the name in between.
      if (tries === TRIES || !isProblem(error, "tool-failed")) throw error;
      const now = await workspace.list(`${folder}/*.md`);
      if (now.length === names.length) throw error;
    }
  }
}
