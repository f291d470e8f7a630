import { RoundtableError } from "../core/errors.ts";
import { explainFromRecord } from "../core/review/fromRecord.ts";
import type { MissionView } from "../core/views/mission.ts";
import type { ReviewFinding } from "../protocol/findings.ts";
import type { Intent } from "../protocol/intent.ts";
import type { MissionDetail } from "../protocol/panel.ts";
import type { WorkOf } from "../protocol/work.ts";
import type { Stage } from "./stage.ts";
import { learnFrom } from "../mission/learn.ts";
import { known } from "./views.ts";

type IntentOf<K extends Intent["kind"]> = Extract<Intent, { kind: K }>;

/** Longest an agent may take to say why, ms. */
const EXPLAIN_MS = 5 * 60_000;
/** Characters of an explanation that are kept. */
const MAX_ANSWER = 8_000;

/** Sets an open finding aside, with the human's reason; after the mission's end too. Rejects with `bad-intent`. */
export async function dismissFinding(
  { ports, views }: Stage,
  intent: IntentOf<"dismissFinding">,
  by: string,
): Promise<void> {
  const { missionId, findingId, why, reason } = intent;
  openFinding(known(views, missionId), findingId);
  await ports.log.append({
    missionId,
    type: "FindingDismissed",
    data: { findingId, why, reason, by },
    by,
    key: `FindingDismissed/${findingId}`,
  });
  await learnFrom(ports.log, missionId);
}

/** Records that the finding's fix was applied. Rejects with `bad-intent`. */
export async function settleFinding(
  { ports, views }: Stage,
  { missionId, findingId }: IntentOf<"settleFinding">,
  by: string,
): Promise<void> {
  openFinding(known(views, missionId), findingId);
  await ports.log.append({
    missionId,
    type: "FindingSettled",
    data: { findingId, how: "fixApplied", by },
    by,
    key: `FindingSettled/${findingId}`,
  });
  await learnFrom(ports.log, missionId);
}

/**
 * Answers the human's "why?" and records the answer: by the agent that raised the finding, which reads the reviewed files once more; by the
 * record itself where only tools raised it, where nobody who did can answer, or where there is no model. Rejects with `bad-intent`.
 */
export async function explainFinding(
  stage: Stage,
  { missionId, findingId, question }: IntentOf<"explainFinding">,
): Promise<void> {
  const mission = known(stage.views, missionId).detail(0);
  const finding = findingIn(mission, findingId);
  const { answer, by } = await explanation(stage, mission, finding, question);
  await stage.ports.log.append({
    missionId,
    type: "FindingExplained",
    data: { findingId, question, answer: answer.slice(0, MAX_ANSWER), by },
    by,
  });
}

/** The review that repeats the one named. Rejects with `bad-intent` when there is none of that id. */
export function reviewOf(
  { ports: { log }, views }: Stage,
  { missionId, approve, model }: IntentOf<"reviewAgain">,
): IntentOf<"review"> {
  known(views, missionId);
  const [first] = log.read({ missionId, limit: 1 });
  if (first?.type === "MissionOpened" && first.data.kind === "review")
    return {
      kind: "review",
      goal: first.data.goal,
      repo: first.data.repo.root,
      scope: first.data.scope ?? { kind: "working" },
      approve,
      model,
    };
  throw new RoundtableError(
    "bad-intent",
    `The mission "${missionId}" is no review.`,
    "Nothing was started. Review your changes first, then again.",
  );
}

async function explanation(
  stage: Stage,
  mission: MissionDetail,
  finding: ReviewFinding,
  question: string,
): Promise<{ readonly answer: string; readonly by: string }> {
  const agent = finding.raisedBy.find(({ role }) => role !== "tool");
  const onRecord = (why: string): { answer: string; by: string } => ({
    answer: `${why} This is what the record says.\n\n${explainFromRecord(finding)}`,
    by: "hub",
  });
  if (agent === undefined)
    return onRecord("A tool raised this, and tools do not answer.");
  if (mission.model === "none")
    return onRecord("This review ran without a model.");
  if (stage.views.stopped())
    return onRecord(
      `Everything is stopped, so ${agent.name} could not be asked.`,
    );
  const reply = await askWhy(stage, mission, finding, question, agent.agentId);
  return reply.ok
    ? { answer: reply.answer.resolution.answer, by: agent.agentId }
    : onRecord(`${agent.name} could not answer: ${reply.message}`);
}

async function askWhy(
  { ports, ask }: Stage,
  { missionId, repoRoot, change, attempt }: MissionDetail,
  finding: ReviewFinding,
  question: string,
  agentId: string,
): ReturnType<Stage["ask"]> {
  const name = `${missionId}-why`;
  const root =
    change === null
      ? repoRoot
      : await ports.git.checkout(repoRoot, change.tree, name);
  const { path, line, claim, severity } = finding;
  const work: WorkOf<"resolve"> = {
    kind: "resolve",
    missionId,
    key: `why:${finding.findingId}:${ports.chance.id()}`,
    goal: `In a review you raised the finding below. The human who owns the decision asks you about it:\n\n${question}\n\nRead the code it is about again and answer in a few sentences: what is wrong there, how it shows, and what would settle it. If it does not hold, say so.`,
    attempt,
    root,
    writable: false,
    findings: [{ path, line, claim, severity }],
    remarks: [],
  };
  try {
    return await ask(agentId, work, AbortSignal.timeout(EXPLAIN_MS));
  } finally {
    await ports.git.clear(repoRoot, name, { keepBranch: false });
  }
}

function openFinding(view: MissionView, findingId: string): void {
  const { state } = findingIn(view.detail(0), findingId);
  if (state.kind === "open") return;
  throw new RoundtableError(
    "bad-intent",
    state.kind === "dismissed"
      ? `This finding was dismissed already: ${state.reason}`
      : state.how === "gone"
        ? "This finding is settled: a later review found it gone."
        : "This finding is settled: its fix was applied.",
    "Nothing was recorded; the conversation shows what became of it.",
  );
}

function findingIn(
  { missionId, findings }: MissionDetail,
  findingId: string,
): ReviewFinding {
  const finding = findings.find((known) => known.findingId === findingId);
  if (finding !== undefined) return finding;
  throw new RoundtableError(
    "bad-intent",
    `The mission "${missionId}" has no finding "${findingId}".`,
    "Nothing was recorded. Open the review in the panel, or review again.",
  );
}
