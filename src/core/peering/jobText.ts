/** What a job came to, as one text. */
import type { JobView } from "./job.ts";

/** Longest gathered text, and longest text of one part, characters. */
const MAX_TEXT = 60_000;
const MAX_RESULT = 20_000;

/** Everything that was handed in, one section for each part. */
export function gathered(job: Pick<JobView, "members" | "parts">): string {
  const most = Math.min(
    MAX_RESULT,
    Math.floor(MAX_TEXT / job.parts.length) - 700,
  );
  const sections = job.parts.map(({ goal, handedIn, ...part }) => {
    const result = part.result ?? handedIn[0];
    const who = nameOf(job, result?.hub ?? "");
    const by = `${who}/${result?.agentId ?? ""}`;
    const text = cut(result?.text ?? "", most);
    return `## ${cut(goal, 400)}\n${by}${result?.ok === true ? "" : " could not do it"}:\n${text}`;
  });
  return sections.join("\n\n").slice(0, MAX_TEXT);
}

/** What the room calls a hub. */
export function nameOf(
  { members }: Pick<JobView, "members">,
  hub: string,
): string {
  return members.find(({ hubId }) => hubId === hub)?.name ?? hub.slice(0, 8);
}

function cut(text: string, most: number): string {
  return text.length <= most ? text : `${text.slice(0, most - 1)}…`;
}
