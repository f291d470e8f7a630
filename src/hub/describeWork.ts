import type { Work } from "../protocol/work.ts";

/** One readable sentence about a piece of work, for the conversation; the agent itself works from the data part. */
export function describeWork(work: Work): string {
  switch (work.kind) {
    case "plan":
      return work.previous === undefined
        ? `Please plan: ${work.goal}`
        : `Please revise the plan (attempt ${String(work.attempt)}): ${work.goal}`;
    case "resolve":
      if (work.against !== undefined)
        return "The team is split on what you proposed. Please answer what is said against it.";
      return work.previous === undefined
        ? `Please answer: ${work.goal}`
        : `Please revise the answer (attempt ${String(work.attempt)}): ${work.goal}`;
    case "ballot":
      if (work.split !== undefined)
        return `The team could not settle the ${work.subject}. Please say what holds.`;
      return work.round === 1
        ? `Please vote on the ${work.subject}.`
        : `Please vote again on the ${work.subject}: only the contested claims, without names.`;
    case "verify":
      return `Please check whether this holds, and show it: ${work.claim.path}:${String(work.claim.line)} ${work.claim.claim}`;
    case "implement":
      return `Please build step ${work.step.id}: ${work.step.title}`;
  }
}

/** What the agent does meanwhile, in a few words. */
export function doingWork(work: Work): string {
  switch (work.kind) {
    case "plan":
      return "planning";
    case "resolve":
      return "answering";
    case "ballot":
      return `voting on the ${work.subject}`;
    case "verify":
      return `checking a finding in ${work.claim.path}`;
    case "implement":
      return `building ${work.step.id}`;
  }
}
