import { abstaining } from "./ballot.ts";
import { votingOnChange } from "./changeBallots.ts";
import { building } from "./developer.ts";
import { votingOnPlan } from "./planBallots.ts";
import { planning } from "./planner.ts";
import { answering, votingOnAnswer } from "./question.ts";
import { isTalk, talking } from "./talk.ts";
import { isSampleReview, reviewing } from "./reviewBallots.ts";
import { SAMPLE_GOAL, SAMPLE_QUESTION } from "./sample.ts";
import { refusal } from "./turn.ts";
import type { Script, ScriptRequest, ScriptedTurn } from "./turn.ts";
import { verifying } from "./verifications.ts";

/** The sample mission, the sample question and a review of the sample's mistake, every role in them. For anything else ballots abstain, claims stay unclear, talk without tools gets a word or two, a task of a teammate's hub a note, and the rest is declined. */
export const sampleScript: Script = (request) => {
  if (request.part === undefined) return declined;
  if (request.part.work === "verify") return verifying(request);
  if (isTalk(request)) return talking(request);
  if (request.part.work === "implement" && request.part.step === "task")
    return building(request);
  if (request.brief.includes(SAMPLE_GOAL)) return mission(request);
  if (request.brief.includes(SAMPLE_QUESTION)) return question(request);
  if (request.part.work !== "ballot") return declined;
  return isSampleReview(request) ? reviewing(request) : abstaining(request);
};

const declined = refusal(
  `The rehearsal knows only its sample mission: “${SAMPLE_GOAL}” For work of your own, set an API key or choose another model.`,
);

function mission(request: ScriptRequest): ScriptedTurn {
  switch (request.part?.work) {
    case "plan":
      return planning(request);
    case "implement":
      return building(request);
    case "ballot":
      return request.part.subject === "plan"
        ? votingOnPlan(request)
        : votingOnChange(request);
    default:
      return declined;
  }
}

function question(request: ScriptRequest): ScriptedTurn {
  switch (request.part?.work) {
    case "resolve":
      return answering(request);
    case "ballot":
      return votingOnAnswer(request);
    default:
      return declined;
  }
}
