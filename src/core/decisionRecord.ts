/** An approved answer as a decision record: a page of Markdown for the repository, in the form Michael Nygard gave them. */
import type { DecisionCard, MissionDetail } from "../protocol/panel.ts";

/** What a record is made of. */
export interface Recordable {
  readonly goal: string;
  readonly missionId: string;
  readonly resolution: NonNullable<MissionDetail["resolution"]>;
  readonly decision: DecisionCard;
}

/** Longest slug, characters. */
const MAX_SLUG = 60;
/** Digits of a record's number where the folder has none yet. */
const DIGITS = 4;

/** What a mission decided that can go on record: the answer a person, or the policy they chose, approved; undefined where there is none. */
export function recordable(mission: MissionDetail): Recordable | undefined {
  const { kind, goal, missionId, resolution } = mission;
  if (kind !== "question" || resolution === null) return undefined;
  const decision = mission.decisions.findLast(
    ({ artifactHash }) => artifactHash === resolution.hash,
  );
  const verdict = decision?.ruling?.verdict;
  return decision !== undefined &&
    (verdict === "approve" || verdict === "overrule")
    ? { goal, missionId, resolution, decision }
    : undefined;
}

/** The next free name in a folder of records: a number after those that are there, with as many digits, and the title as a slug. */
export function recordName(
  existing: readonly string[],
  title: string,
): { readonly number: number; readonly name: string } {
  const numbers = existing.flatMap((name) => {
    const digits = /^(\d{1,6})[-_ ]/u.exec(name)?.[1];
    return digits === undefined ? [] : [digits];
  });
  const number = Math.max(0, ...numbers.map(Number)) + 1;
  const digits = numbers[0]?.length ?? DIGITS;
  return {
    number,
    name: `${String(number).padStart(digits, "0")}-${slug(title)}.md`,
  };
}

/** The record's title: the first line of what was asked. */
export function recordTitle({ goal }: Pick<Recordable, "goal">): string {
  const first = plain(goal).trim().split("\n", 1)[0] ?? "";
  return first.length > 120 ? `${first.slice(0, 119)}…` : first;
}

/** The record as Markdown. `date` is the day it was approved, YYYY-MM-DD. */
export function recordMarkdown(
  record: Recordable,
  number: number,
  date: string,
): string {
  const { resolution, decision, missionId } = record;
  const { answer, options, consequences } = resolution.resolution;
  return plain(
    [
      `# ${String(number)}. ${recordTitle(record)}`,
      "",
      `${statusOf(decision)}, ${date}. Mission \`${missionId}\`, answer \`${resolution.hash.slice(0, 12)}\`.`,
      "",
      "**Context.** The question was:",
      "",
      ...record.goal
        .trim()
        .split("\n")
        .map((line) => `> ${line}`),
      "",
      `**Decision.** ${answer.trim()}`,
      "",
      ...section("Options weighed", options, "None were named."),
      ...section("Consequences", consequences, "None were named."),
      ...section("Votes and dissent", votesOf(decision), "Nobody voted."),
      ...section(
        "Evidence",
        evidenceOf(decision),
        "None: no tool can say anything about an answer, and no finding names a file.",
      ),
    ].join("\n"),
  ).replace(/\n+$/u, "\n");
}

function statusOf({ ruling }: DecisionCard): string {
  if (ruling?.by.startsWith("policy:") === true)
    return "Accepted by the policy of the run";
  return ruling?.verdict === "overrule"
    ? "Accepted by the owner over the team's objections"
    : "Accepted";
}

function votesOf({
  electors,
  dissent,
  ruling,
  because,
}: DecisionCard): readonly string[] {
  return [
    ...electors.map(({ name, role, shown }) => {
      const who = `${name} (${role})`;
      if (shown.state !== "open") return `${who} did not vote`;
      const { verdict, confidence, reason } = shown.ballot;
      return `${who}: ${VERDICT[verdict]}, ${String(confidence)} % sure. ${oneLine(reason)}`;
    }),
    ...(because === "" ? [] : [`Together: ${oneLine(because)}`]),
    ...dissent.map(({ agentId, reason }) => {
      const name = electors.find(
        (elector) => elector.agentId === agentId,
      )?.name;
      return `Dissent, ${name ?? agentId}: ${oneLine(reason)}`;
    }),
    ...(ruling === null || ruling.reason.trim() === ""
      ? []
      : [`The owner: ${oneLine(ruling.reason)}`]),
  ];
}

const VERDICT = {
  approve: "approves",
  block: "is against it",
  abstain: "abstains",
} as const;

function evidenceOf({ evidence, electors }: DecisionCard): readonly string[] {
  const cited = electors.flatMap(({ name, shown }) =>
    shown.state === "open"
      ? shown.ballot.findings.map(
          ({ path, line, claim, severity }) =>
            `\`${oneLine(path)}${line > 0 ? `:${String(line)}` : ""}\` ${oneLine(claim)} (${name}, ${severity})`,
        )
      : [],
  );
  return [
    ...evidence.map(
      ({ tool, status, summary }) => `${tool}, ${status}: ${oneLine(summary)}`,
    ),
    ...cited,
  ];
}

function section(
  title: string,
  items: readonly string[],
  none: string,
): readonly string[] {
  return items.length === 0
    ? [`**${title}.** ${none}`, ""]
    : [`**${title}.**`, "", ...items.map((item) => `- ${oneLine(item)}`), ""];
}

function slug(title: string): string {
  const words = title
    .normalize("NFKD")
    .replaceAll(/\p{M}/gu, "")
    .toLowerCase()
    .replaceAll("ß", "ss")
    .replaceAll(/[^a-z0-9]+/gu, "-")
    .slice(0, MAX_SLUG)
    .replaceAll(/^-+|-+$/gu, "");
  return words === "" ? "decision" : words;
}

function oneLine(text: string): string {
  return text.replaceAll(/\s+/gu, " ").trim();
}

/** Without control characters and those that turn the direction of text: what agents and goals say is data. */
function plain(text: string): string {
  return text
    .replaceAll("\r\n", "\n")
    .replaceAll(/[^\P{Cc}\n\t]|[\u202A-\u202E\u2066-\u2069]/gu, "");
}
