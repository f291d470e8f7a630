import { waves } from "../core/plan.ts";
import { RoundtableError } from "../core/errors.ts";
import type { DataOf } from "../protocol/event.ts";
import type { Plan, PlanStep } from "../protocol/work.ts";
import type { Seat } from "../ports.ts";
import type { Lesson, Line } from "./line.ts";
import { mustAnswer, seatsOf, workBase } from "./work.ts";

/** What an attempt built: a commit with every step's work, and who did it. */
export interface Built {
  readonly tip: string;
  readonly authorIds: readonly string[];
}

/**
 * Builds the plan's steps in dependency order, steps of one wave at the same time, each by a developer in a worktree of its own, and
 * gathers their commits. A step whose work does not fit on top of the others is built once more on top of them.
 */
export async function build(
  line: Line,
  attempt: number,
  plan: Plan,
  lesson: Lesson,
): Promise<Built> {
  let tip = lesson.tip ?? line.opened.repo.commit;
  if (lesson.kept !== undefined) return { tip, authorIds: authorsSoFar(line) };
  const developers = seatsOf(line, "developer");
  const { git } = line.ports;
  const { root } = line.opened.repo;
  let turn = 0;
  for (const wave of waves(plan)) {
    const base = tip;
    const built = await Promise.all(
      wave.map((step) => {
        const seat = developers[turn++ % developers.length];
        if (seat === undefined) throw noDeveloper();
        return buildStep(line, { attempt, plan, lesson, step, seat, base });
      }),
    );
    for (const [index, result] of built.entries()) {
      const picked = await git.pick(root, result.commit, tip, line.openedAt);
      if (picked.ok) {
        tip = picked.commit;
        continue;
      }
      const step = wave[index];
      const seat = developers.find(({ agentId }) => agentId === result.agentId);
      if (step === undefined || seat === undefined) throw noDeveloper();
      const again = await buildStep(line, {
        attempt,
        plan,
        lesson: {
          ...lesson,
          remarks: [
            ...lesson.remarks,
            `Another step changed the same lines of ${picked.conflicts.join(", ")}; do this step on top of it.`,
          ],
        },
        step,
        seat,
        base: tip,
        again: true,
      });
      tip = again.commit;
    }
  }
  await git.keepBranch(root, `roundtable/${line.missionId}`, tip);
  await closeStepTrees(line, attempt, plan);
  return { tip, authorIds: authorsSoFar(line) };
}

interface StepJob {
  readonly attempt: number;
  readonly plan: Plan;
  readonly lesson: Lesson;
  readonly step: PlanStep;
  readonly seat: Seat;
  readonly base: string;
  readonly again?: boolean;
}

async function buildStep(
  line: Line,
  { attempt, plan, lesson, step, seat, base, again }: StepJob,
): Promise<DataOf<"StepBuilt">> {
  const part = again ? `${step.id}/again` : step.id;
  return line.journal.step(
    "StepBuilt",
    attempt,
    async () => {
      const { git, team } = line.ports;
      const { root } = line.opened.repo;
      const name = treeName(line, attempt, step.id);
      const key = `implement#${String(attempt)}/${part}`;
      // A crash between the developer's answer and our commit leaves the work in the worktree: it must not be reset then.
      const done = team.answered(seat.agentId, line.missionId, key);
      const left = done ? await git.findWorktree(root, name) : undefined;
      const worktree = left ?? (await git.openWorktree(root, name, base));
      const reply = await team.ask(
        seat.agentId,
        {
          ...workBase(
            line,
            attempt,
            done && left === undefined ? `${key}/anew` : key,
            worktree.path,
          ),
          kind: "implement",
          writable: true,
          plan,
          step,
          findings: [...lesson.findings],
          remarks: [...lesson.remarks],
          checks: line.opened.checks,
        },
        line.signal,
      );
      const { summary, commitType } = mustAnswer(reply);
      const made = await git.commit(
        root,
        worktree,
        `${commitType}: ${lowerFirst(step.title)}\n\n${summary}\n\nMission: ${line.missionId}\nStep: ${step.id}`,
        line.openedAt,
      );
      return {
        attempt,
        stepId: step.id,
        agentId: seat.agentId,
        commit: made.commit,
        tree: made.tree,
        summary,
        files: [...made.files],
      };
    },
    part,
  );
}

function authorsSoFar(line: Line): readonly string[] {
  const authors = line.journal
    .events()
    .filter((event) => event.type === "StepBuilt")
    .map(({ data }) => data.agentId);
  return [...new Set(authors)];
}

async function closeStepTrees(
  line: Line,
  attempt: number,
  plan: Plan,
): Promise<void> {
  for (const step of plan.steps)
    await line.ports.git.closeWorktree(
      line.opened.repo.root,
      treeName(line, attempt, step.id),
    );
}

/** Derived from mission, attempt and step, so that a repeated step finds its own worktree. */
function treeName(line: Line, attempt: number, stepId: string): string {
  return `${line.missionId}-${String(attempt)}-${stepId}`;
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}

function noDeveloper(): RoundtableError {
  return new RoundtableError(
    "agent-missing",
    "No developer is at the table any more.",
    "Nothing is lost. Start the agents again, then resume the mission.",
  );
}
