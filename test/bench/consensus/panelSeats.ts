/** The reviews of a file as sealed ballots of panels, clustered as the product clusters them. */
import type { FindingGroup } from "../../../src/core/consensus/cluster.ts";
import { groupFindings } from "../../../src/core/consensus/cluster.ts";
import type {
  Ballot,
  Elector,
  Finding,
} from "../../../src/protocol/consensus.ts";
import { chanceFrom, seedOf } from "./chance.ts";
import type { PanelChange } from "./panelFile.ts";
import { PANEL_SIZE, projectOf } from "./panelFile.ts";

/** A simulated verifier: how often it takes a real claim for real, and one that is not. */
const SENSITIVITY = 0.7;
const FALSE_ALARM = 0.1;

/** A change with its findings as the product knows them, and apart from them what each matched. */
export interface Case {
  readonly change: PanelChange;
  readonly project: string;
  readonly findings: ReadonlyMap<string, readonly Finding[]>;
  readonly matches: ReadonlyMap<Finding, string | null>;
}

/** One panel's review of one change. `matches` and `answers` belong to `groups` one by one and may be used to learn and to count only. */
export interface Sitting {
  readonly at: Case;
  readonly electorate: readonly Elector[];
  readonly ballots: readonly Ballot[];
  readonly groups: readonly FindingGroup[];
  /** The issue each group's representative matched. */
  readonly matches: readonly (string | null)[];
  /** Whether the simulated verifier takes each group's representative for real. */
  readonly answers: readonly boolean[];
}

/** Some reviewers, and their review of each change in turn. */
export interface Panel {
  readonly reviewers: readonly string[];
  readonly sittings: readonly Sitting[];
}

/** Makes the findings of a change: without place and of one severity, as the file has only words. */
export function caseOf(change: PanelChange): Case {
  const matches = new Map<Finding, string | null>();
  const findings = new Map(
    Object.entries(change.findings).map(([reviewer, said]) => [
      reviewer,
      said.map(({ text, matches: match }) => {
        const finding: Finding = {
          path: "",
          line: 0,
          claim: text.slice(0, 1000) || "(nothing)",
          severity: "medium",
        };
        matches.set(finding, match);
        return finding;
      }),
    ]),
  );
  return { change, project: projectOf(change), findings, matches };
}

/** Has the reviewers review every change; `seed` decides what the verifier answers. */
export function seat(
  reviewers: readonly string[],
  cases: readonly Case[],
  seed: number,
): Panel {
  const electorate = reviewers.map((reviewer) => ({
    agentId: reviewer,
    role: "reviewer",
    name: reviewer,
    lineage: lineageOf(reviewer),
    hub: "local",
    weight: 0,
  }));
  return {
    reviewers,
    sittings: cases.map((at) => {
      const ballots = reviewers.map((reviewer): Ballot => ({
        agentId: reviewer,
        round: 1,
        artifactHash: at.change.change,
        verdict: "abstain",
        confidence: 50,
        reason: "",
        findings: [...(at.findings.get(reviewer) ?? [])],
        lineage: lineageOf(reviewer),
      }));
      const groups = groupFindings(electorate, [], ballots);
      const matches = groups.map(
        ({ cluster }) => at.matches.get(cluster.representative) ?? null,
      );
      const answers = groups.map(({ cluster }, index) => {
        const words = [at.change.change, ...reviewers];
        const chance = chanceFrom(
          seedOf(seed, cluster.representative.claim, ...words),
        );
        return chance() < (matches[index] === null ? FALSE_ALARM : SENSITIVITY);
      });
      return { at, electorate, ballots, groups, matches, answers };
    }),
  };
}

/** Every panel of five, in order. */
export function panelsOf(reviewers: readonly string[]): readonly string[][] {
  const choose = (from: number, left: number): string[][] =>
    left === 0
      ? [[]]
      : reviewers.flatMap((reviewer, index) =>
          index < from
            ? []
            : choose(index + 1, left - 1).map((rest) => [reviewer, ...rest]),
        );
  return choose(0, PANEL_SIZE);
}

/** Reviewers are different products: without a hyphen their numbers are no versions of one model. */
function lineageOf(reviewer: string): string {
  return reviewer.replace(/[^\p{L}\p{N}]/gu, "");
}
