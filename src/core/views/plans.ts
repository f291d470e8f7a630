import type { Ballot, Cluster, Dissent } from "../../protocol/consensus.ts";
import type { DataOf, Recorded } from "../../protocol/event.ts";
import type { PlanChange, PlanVersion } from "../../protocol/panel.ts";
import type { Plan } from "../../protocol/work.ts";
import { planChanges } from "../planDiff.ts";

/** The versions of one mission's plan, folded event by event. */
export interface PlansView {
  /** Takes the next event of the mission, in log order. */
  apply(event: Recorded): void;
  /** Oldest first; the same array until something changes. */
  list(): readonly PlanVersion[];
}

type Asked = NonNullable<DataOf<"PlanProposed">["asked"]>;

interface Proposed {
  readonly data: DataOf<"PlanProposed">;
  readonly critique: PlanVersion["critique"];
  readonly outcome: string | null;
}

/** Begins with no version. `nameOf` says what people call an agent. */
export function viewPlans(nameOf: (agentId: string) => string): PlansView {
  const versions: Proposed[] = [];
  /** Which version a decision is about, by its id. */
  const decided = new Map<string, number>();
  const ballots: { readonly decisionId: string; readonly ballot: Ballot }[] =
    [];
  /** Who made a claim or a remark, as far as the log tells. */
  const clusters: Cluster[] = [];
  const dissents: Dissent[] = [];
  let listed: readonly PlanVersion[] | undefined;

  const touch = (decisionId: string, how: Partial<Proposed>): void => {
    const index = decided.get(decisionId);
    const version = index === undefined ? undefined : versions[index];
    if (index !== undefined && version !== undefined)
      versions[index] = { ...version, ...how };
  };

  /** Names behind a finding or a remark that the planner was given. */
  const whose = (claim: string): readonly string[] => {
    if (claim.startsWith("The owner asks for changes:")) return ["you"];
    const raised =
      clusters.findLast(({ representative }) => representative.claim === claim)
        ?.raisedBy ??
      dissents.findLast(({ reason }) => reason === claim)?.agentId ??
      [];
    return [raised]
      .flat()
      .map((by) =>
        by.startsWith("tool:") ? by.slice("tool:".length) : nameOf(by),
      );
  };

  const apply = (event: Recorded): void => {
    if (TELLING.has(event.type)) listed = undefined;
    switch (event.type) {
      case "PlanProposed":
        // A plan that is proposed again because the branch moved is no new version.
        if (versions.at(-1)?.data.hash !== event.data.hash)
          versions.push({ data: event.data, critique: [], outcome: null });
        break;
      case "RoundOpened":
        if (event.data.subject === "plan")
          decided.set(
            event.data.decisionId,
            versions.findLastIndex(
              ({ data }) => data.hash === event.data.artifactHash,
            ),
          );
        break;
      case "BallotCast":
        if (decided.has(event.data.decisionId)) ballots.push(event.data);
        break;
      case "RoundTallied": {
        const { decisionId, tally } = event.data;
        clusters.push(...tally.clusters);
        const plan = versions[decided.get(decisionId) ?? -1]?.data.plan;
        if (plan !== undefined)
          // Ballots are sealed until their round is tallied.
          touch(decisionId, {
            critique: critiqueOf(
              plan,
              ballots
                .filter((cast) => cast.decisionId === decisionId)
                .map(({ ballot }) => ballot),
              nameOf,
            ),
          });
        break;
      }
      case "DecisionMade":
      case "DecisionEscalated":
        dissents.push(...event.data.dissent);
        touch(event.data.decisionId, {
          outcome:
            event.type === "DecisionMade"
              ? `the team ${event.data.outcome} it`
              : "the team could not decide",
        });
        break;
      case "HumanRuled": {
        const { by, verdict, reason } = event.data;
        touch(event.data.decisionId, {
          outcome: `${by === "human" ? "you" : by} ${RULED[verdict]}${reason === "" ? "" : `: ${reason}`}`,
        });
        break;
      }
      default:
    }
  };

  const build = (): readonly PlanVersion[] =>
    versions.map(({ data, critique, outcome }, index) => {
      const before = versions[index - 1]?.data.plan;
      return {
        version: data.attempt,
        hash: data.hash,
        author: nameOf(data.authorId),
        changes: before === undefined ? [] : planChanges(before, data.plan),
        because: reasonsOf(data.plan, before, data.asked).map((reason) => ({
          ...reason,
          by: whose(reason.claim),
        })),
        critique,
        outcome,
      };
    });

  return { apply, list: () => (listed ??= build()) };
}

/** Events after which a version is told differently. */
const TELLING: ReadonlySet<Recorded["type"]> = new Set([
  "PlanProposed",
  "RoundTallied",
  "DecisionMade",
  "DecisionEscalated",
  "HumanRuled",
]);

const RULED = {
  approve: "approved it",
  overrule: "overruled the team",
  requestChanges: "asked for changes",
  reject: "rejected it",
} as const;

/** The reasons whose number names something the planner was given and whose section is in this version or was in the last. */
function reasonsOf(
  plan: Plan,
  before: Plan | undefined,
  asked: Asked = { findings: [], remarks: [] },
): readonly {
  readonly section: string;
  readonly did: string;
  readonly claim: string;
}[] {
  const claims = [
    ...asked.findings.map(({ claim }) => claim),
    ...asked.remarks,
  ];
  const sections = new Set([
    ...WHOLE,
    ...plan.steps.map(({ id }) => id),
    ...(before?.steps ?? []).map(({ id }) => id),
  ]);
  return (plan.because ?? []).flatMap(({ section, answers, did }) => {
    const claim = claims[answers - 1];
    return claim === undefined || !sections.has(section)
      ? []
      : [{ section, did, claim }];
  });
}

const WHOLE: readonly string[] = ["summary", "risks", "doneWhen"];

function critiqueOf(
  plan: Plan,
  ballots: readonly Ballot[],
  nameOf: (agentId: string) => string,
): PlanVersion["critique"] {
  const said = ballots.flatMap(({ agentId, findings }) =>
    findings.map(({ path, claim, severity }) => ({
      section: sectionOf(plan, path),
      by: nameOf(agentId),
      claim,
      severity,
    })),
  );
  // What is said again in the second round is said once.
  const once = new Map(
    said.map((one) => [JSON.stringify([one.section, one.by, one.claim]), one]),
  );
  const order = [...WHOLE, ...plan.steps.map(({ id }) => id), "plan"];
  return [...once.values()].toSorted(
    (a, b) => order.indexOf(a.section) - order.indexOf(b.section),
  );
}

/** The section a finding is about: named by itself, or the first step that means to touch the file. */
function sectionOf(plan: Plan, path: string): string {
  if (WHOLE.includes(path)) return path;
  return (
    plan.steps.find(({ id }) => id === path)?.id ??
    plan.steps.find(({ files }) => files.includes(path))?.id ??
    "plan"
  );
}

/** The versions as Markdown for people: what changed in each, because of whom, and what was said against it. */
export function planVersionsMarkdown(versions: readonly PlanVersion[]): string {
  return versions
    .flatMap((one) => [
      `## Version ${String(one.version)}${one.changes.length > 0 ? " · what changed" : ""}`,
      "",
      `By ${one.author}${one.outcome === null ? "" : `; ${one.outcome}`}. \`${one.hash.slice(0, 12)}\``,
      "",
      ...one.changes.map((change) => `- ${changeWords(change)}`),
      ...list(
        "Because of",
        one.because.map(
          ({ section, did, claim, by }) =>
            `**${section}**: ${did} (${by.length === 0 ? "a remark" : by.join(", ")}: “${claim}”)`,
        ),
      ),
      ...list(
        "Critique",
        one.critique.map(
          ({ section, by, claim, severity }) =>
            `**${section}**, ${by}, ${severity}: ${claim}`,
        ),
      ),
      "",
    ])
    .join("\n");
}

function list(title: string, items: readonly string[]): readonly string[] {
  return items.length === 0
    ? []
    : ["", `### ${title}`, "", ...items.map((item) => `- ${item}`)];
}

function changeWords({
  section,
  what,
  field,
  before,
  after,
}: PlanChange): string {
  switch (what) {
    case "added":
      return `**${section}** is new: ${after}`;
    case "removed":
      return `**${section}** is gone: ${before}`;
    case "changed":
      return `**${section}**${field === null ? "" : `, ${field}`}: ~~${flat(before)}~~ → ${flat(after)}`;
  }
}

/** A text of several lines in one. */
function flat(text: string): string {
  return text === "" ? "nothing" : text.split("\n").join(" / ");
}
