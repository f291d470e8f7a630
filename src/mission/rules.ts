import { rolesNamed } from "../core/rules/effective.ts";
import { badRules, nearest } from "../core/rules/fault.ts";
import { labelsFor, withLabels } from "../core/rules/labels.ts";
import type { Evidence, Rules } from "../protocol/consensus.ts";
import type { DataOf } from "../protocol/event.ts";
import {
  MAX_RULES_BYTES,
  RULES_FILE,
  type HouseRules,
  type RulesFile,
} from "../protocol/rulesFile.ts";
import type { Unread } from "../ports/changeReader.ts";
import type { Git } from "../ports/git.ts";
import type { ReadRules } from "../ports/rules.ts";

/** A repository's rules as they are committed. */
export interface HouseFile {
  readonly rules: RulesFile;
  /** Commit or tree they were read from. */
  readonly from: string;
  /** Line of each key. */
  readonly lines: Readonly<Record<string, number>>;
}

/** Reads the rules file of a commit or tree; undefined where there is none. Rejects with `bad-rules`, naming line and column. */
export async function houseRulesAt(
  git: Git,
  readRules: ReadRules,
  repo: string,
  treeish: string,
): Promise<HouseFile | undefined> {
  const [found] = await git.texts(repo, treeish, [RULES_FILE]);
  if (found === undefined || "unread" in found) {
    await refuseUnread(git, repo, treeish, found?.unread ?? "missing");
    return undefined;
  }
  const reading = readRules(found.text);
  if (!reading.ok) throw badRules(RULES_FILE, reading.faults);
  return { rules: reading.rules, from: treeish, lines: reading.lines };
}

/** Rules that would be passed over in silence: what is there but cannot be read, or lies under nearly that name. */
async function refuseUnread(
  git: Git,
  repo: string,
  treeish: string,
  why: Unread,
): Promise<void> {
  const refuse = (file: string, what: string): never => {
    throw badRules(file, [{ line: 1, column: 1, what }]);
  };
  if (why !== "missing") refuse(RULES_FILE, UNREAD[why]);
  const other = (await git.files(repo, treeish)).find((path) =>
    /^\.roundtable\/rules\.(?:ya?ml|json)$/iu.test(path),
  );
  if (other !== undefined)
    refuse(other, `is not read; the rules have to be in ${RULES_FILE}`);
}

const UNREAD = {
  link: "is a link; the rules have to be in a plain file",
  submodule: "is a submodule; the rules have to be in a plain file",
  large: `is too large; at most ${String(MAX_RULES_BYTES)} bytes are read`,
  binary: "is no text; save it as UTF-8",
} as const satisfies Record<Exclude<Unread, "missing">, string>;

/** Throws `bad-rules` when the file names a role that nobody has who could sit at the table: what it asks for could never be. */
export function refuseUnknownRoles(
  { rules, lines }: HouseFile,
  known: readonly string[],
): void {
  const faults = rolesNamed(rules)
    .filter(({ role }) => !known.includes(role))
    .map(({ key, role }) => {
      const meant = nearest(role, known);
      return {
        line: lines[key] ?? 1,
        column: 1,
        what: `${key} names the role "${role}", which no agent has; ${meant === undefined ? "" : `did you mean "${meant}"? `}there are ${known.join(", ")}`,
      };
    });
  if (faults.length > 0) throw badRules(RULES_FILE, faults);
}

/** The rules of one decision: those of the mission, with what the labels ask that fit its goal or `paths`. */
export function rulesFor(
  {
    goal,
    rules,
    house,
  }: Pick<DataOf<"MissionOpened">, "goal" | "rules" | "house">,
  paths: readonly string[],
): Rules {
  const labels = labelsFor(house, { goal, paths });
  return labels.length === 0
    ? rules
    : {
        ...withLabels(rules, labels),
        labels: labels.map(({ name }) => name),
      };
}

/** The evidence with the tools required that the house rules require; one that did not speak at all is required and NOT_RUN. */
export function requireEvidence(
  evidence: readonly Evidence[],
  house: HouseRules | undefined,
): readonly Evidence[] {
  const wanted = house?.evidence.required ?? [];
  const missing = wanted.filter(
    (name) => !evidence.some(({ tool }) => tool === name),
  );
  return [
    ...evidence.map((one) =>
      wanted.includes(one.tool) ? { ...one, required: true } : one,
    ),
    ...missing.map((tool): Evidence => ({
      id: tool,
      tool,
      status: "NOT_RUN",
      required: true,
      summary: `${RULES_FILE} requires the tool "${tool}", and there is none of that name. There are ${evidence.map((one) => one.tool).join(", ")}.`,
      findings: [],
      durationMs: 0,
    })),
  ];
}
