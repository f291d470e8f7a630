import { canonicalJson } from "../core/json.ts";
import { planFaults, planMarkdown } from "../core/plan.ts";
import type { DataOf } from "../protocol/event.ts";
import type { Evidence } from "../protocol/consensus.ts";
import type { Plan } from "../protocol/work.ts";
import type { Lesson, Line } from "./line.ts";
import type { Proposal } from "./proposal.ts";
import { mustAnswer, seatsOf, workBase } from "./work.ts";

/** The planner's plan for this attempt, with what the last one learned; a kept plan is proposed again without asking. */
export async function proposePlan(
  line: Line,
  attempt: number,
  lesson: Lesson,
): Promise<DataOf<"PlanProposed">> {
  return line.journal.step("PlanProposed", attempt, async () => {
    const [planner] = seatsOf(line, "planner");
    const authorId = planner?.agentId ?? "planner";
    const plan =
      lesson.kept?.plan ?? (await askForPlan(line, attempt, lesson, authorId));
    const hash = line.ports.hash(canonicalJson(plan));
    const asked = lesson.findings.length + lesson.remarks.length > 0;
    return {
      attempt,
      plan,
      hash,
      authorId,
      ...(asked && {
        asked: {
          findings: [...lesson.findings],
          remarks: [...lesson.remarks],
        },
      }),
    };
  });
}

async function askForPlan(
  line: Line,
  attempt: number,
  lesson: Lesson,
  authorId: string,
): Promise<Plan> {
  const { repo } = line.opened;
  const previous = lastPlan(line);
  const reply = await line.ports.team.ask(
    authorId,
    {
      ...workBase(
        line,
        attempt,
        `plan#${String(attempt)}`,
        await line.ports.git.checkout(
          repo.root,
          lesson.tip ?? repo.commit,
          line.missionId,
        ),
      ),
      kind: "plan",
      ...(previous && { previous }),
      findings: [...lesson.findings],
      remarks: [...lesson.remarks],
    },
    line.signal,
  );
  return mustAnswer(reply).plan;
}

function lastPlan(line: Line): Plan | undefined {
  const last = line.journal
    .events()
    .findLast((event) => event.type === "PlanProposed");
  return last?.data.plan;
}

/** The plan as something to decide on. */
export async function planProposal(
  line: Line,
  proposed: DataOf<"PlanProposed">,
  lesson: Lesson,
): Promise<Proposal> {
  const attempt = lesson.kept?.attempt ?? proposed.attempt;
  const { repo } = line.opened;
  return {
    decisionId: `plan@${String(attempt)}:${proposed.hash.slice(0, 12)}`,
    subject: "plan",
    title: `Plan, version ${String(attempt)}`,
    artifactHash: proposed.hash,
    artifact: planMarkdown(proposed.plan),
    authorIds: [proposed.authorId],
    attempt: proposed.attempt,
    paths: proposed.plan.steps.flatMap(({ files }) => files),
    root: await line.ports.git.checkout(repo.root, repo.commit, line.missionId),
    evidence: () => Promise.resolve([planEvidence(proposed.plan)]),
  };
}

/** Whether the plan can be carried out at all: the one thing a tool can say about it. */
function planEvidence(plan: Plan): Evidence {
  const faults = planFaults(plan);
  return {
    id: "planShape",
    tool: "planShape",
    status: faults.length === 0 ? "PASS" : "FAIL",
    required: true,
    summary:
      faults.length === 0
        ? "Every step can be built after the steps it depends on."
        : `The plan cannot be carried out: ${faults.join("; ")}.`,
    findings: faults.map((claim) => ({
      path: "plan",
      line: 0,
      claim,
      severity: "high",
    })),
    durationMs: 0,
  };
}
