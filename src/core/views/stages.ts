import type { Message } from "../../protocol/a2a.ts";
import type { MissionKind, Recorded } from "../../protocol/event.ts";
import type { MissionDetail, Stage } from "../../protocol/panel.ts";

const STAGES: Record<MissionKind, readonly Stage[]> = {
  build: [
    "plan",
    "planVote",
    "planRuling",
    "build",
    "changeVote",
    "changeRuling",
    "merge",
  ],
  review: ["review", "changeVote"],
  question: ["plan", "planVote", "planRuling", "answer"],
};

/** The first stage of a mission. */
export function firstStage(kind: MissionKind): Stage {
  return kind === "review" ? "review" : "plan";
}

/** The attempt an event begins or belongs to; undefined where it says nothing of it. */
export function attemptOf(event: Recorded): number | undefined {
  switch (event.type) {
    case "PlanProposed":
    case "ResolutionProposed":
    case "ChangeProposed":
      return event.data.attempt;
    case "TaskSubmitted":
      return plannedAttempt(event.data.message);
    default:
      return undefined;
  }
}

/** The attempt whose plan or answer a piece of work asks for, read from its key. */
function plannedAttempt({ metadata }: Message): number | undefined {
  const key = metadata?.["workKey"];
  const found =
    typeof key === "string" ? /^(?:plan|resolve)#(\d+)$/.exec(key) : null;
  return found === null ? undefined : Number(found[1]);
}

/** The stage the line is in after an event; the one before where the event moves nothing. */
export function nextStage(stage: Stage, event: Recorded): Stage {
  switch (event.type) {
    case "TaskSubmitted":
      return plannedAttempt(event.data.message) === undefined ? stage : "plan";
    case "PlanProposed":
    case "ResolutionProposed":
      return "planVote";
    case "RoundOpened":
      return event.data.subject === "change" ? "changeVote" : "planVote";
    case "RulingAsked":
      return event.data.subject === "change" ? "changeRuling" : "planRuling";
    case "StepBuilt":
      return "build";
    case "ChangeProposed":
      return "changeVote";
    case "HumanRuled":
      if (event.data.verdict === "requestChanges") return "plan";
      if (event.data.verdict === "reject") return stage;
      if (stage === "planRuling") return "build";
      return stage === "changeRuling" ? "merge" : stage;
    case "MergeIntended":
    case "Merged":
      return "merge";
    default:
      return stage;
  }
}

/** The rail: what is done, where the line is, what is to come. */
export function rail(
  kind: MissionKind,
  stage: Stage,
  end: "open" | "good" | "bad",
): MissionDetail["stages"] {
  const stages = STAGES[kind];
  const shown = stage === "build" && kind === "question" ? "answer" : stage;
  const at = stages.indexOf(shown);
  return stages.map((name, index) => ({
    stage: name,
    state:
      end === "good" || index < at
        ? "done"
        : index > at
          ? "todo"
          : end === "bad"
            ? "failed"
            : "now",
  }));
}
