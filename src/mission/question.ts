import { canonicalJson } from "../core/json.ts";
import type { DataOf, Outcome } from "../protocol/event.ts";
import type { Resolution } from "../protocol/work.ts";
import { NO_LESSON, type Lesson, type Line } from "./line.ts";
import type { Proposal } from "./proposal.ts";
import { rule } from "./ruling.ts";
import { vote } from "./vote.ts";
import { mustAnswer, seatsOf, workBase } from "./work.ts";

/** Puts a question to the team: answer → vote → you. "Revise" is attempt n+1 with the objections as its input. */
export async function question(
  line: Line,
  attempt = 1,
  lesson: Lesson = NO_LESSON,
): Promise<Outcome> {
  const resolved = await resolve(line, attempt, lesson);
  const proposal = await resolutionProposal(line, resolved);
  const word = await rule(line, proposal, await vote(line, proposal));
  if (word.kind === "end") return word.outcome;
  if (word.kind === "revise") return question(line, attempt + 1, word.lesson);
  return { kind: "answered", summary: resolved.resolution.answer };
}

async function resolve(
  line: Line,
  attempt: number,
  lesson: Lesson,
): Promise<DataOf<"ResolutionProposed">> {
  return line.journal.step("ResolutionProposed", attempt, async () => {
    const { repo } = line.opened;
    const [architect] = seatsOf(line, "architect");
    const authorId = architect?.agentId ?? "architect";
    const previous = line.journal
      .events()
      .findLast((event) => event.type === "ResolutionProposed")
      ?.data.resolution;
    const reply = await line.ports.team.ask(
      authorId,
      {
        ...workBase(
          line,
          attempt,
          `resolve#${String(attempt)}`,
          await line.ports.git.checkout(repo.root, repo.commit, line.missionId),
        ),
        kind: "resolve",
        ...(previous && { previous }),
        findings: [...lesson.findings],
        remarks: [...lesson.remarks],
      },
      line.signal,
    );
    const { resolution } = mustAnswer(reply);
    const hash = line.ports.hash(canonicalJson(resolution));
    return { attempt, resolution, hash, authorId };
  });
}

async function resolutionProposal(
  line: Line,
  { attempt, resolution, hash, authorId }: DataOf<"ResolutionProposed">,
): Promise<Proposal> {
  const { repo } = line.opened;
  return {
    decisionId: `question@${String(attempt)}:${hash.slice(0, 12)}`,
    subject: "question",
    title: `Answer, version ${String(attempt)}`,
    artifactHash: hash,
    artifact: resolutionMarkdown(resolution),
    authorIds: [authorId],
    attempt,
    paths: [],
    root: await line.ports.git.checkout(repo.root, repo.commit, line.missionId),
    evidence: () => Promise.resolve([]),
  };
}

/** An answer as Markdown for people. */
export function resolutionMarkdown(resolution: Resolution): string {
  const list = (title: string, items: readonly string[]): readonly string[] =>
    items.length === 0
      ? []
      : ["", `## ${title}`, "", ...items.map((item) => `- ${item}`)];
  return [
    resolution.answer,
    ...list("Options", resolution.options),
    ...list("Consequences", resolution.consequences),
  ].join("\n");
}
