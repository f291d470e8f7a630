/** The reviews of a file, decided again by every panel of five of its reviewers with the clustering and the posteriors that ship. */
import type { FindingGroup } from "../../../src/core/consensus/cluster.ts";
import { groupFindings } from "../../../src/core/consensus/cluster.ts";
import { findingClass } from "../../../src/core/consensus/findingClass.ts";
import { posteriors, VERIFIED } from "../../../src/core/consensus/posterior.ts";
import type { TrustCounts } from "../../../src/core/trust/trust.ts";
import { emptyTrust, learnTrust } from "../../../src/core/trust/trust.ts";
import type {
  Ballot,
  Elector,
  Finding,
} from "../../../src/protocol/consensus.ts";
import { chanceFrom, seedOf } from "./chance.ts";
import type { PanelChange } from "./panelFile.ts";
import {
  PANEL_SIZE,
  projectOf,
  readPanelFile,
  reviewersOf,
} from "./panelFile.ts";
import type { Count, Rates } from "./strictCount.ts";
import { meanRates, ratesOf, strictly } from "./strictCount.ts";

/** How a cluster is accepted: by its posterior, or by counting heads, the control that must miss the bar. */
export type Rule = "posterior" | "majority";

/** Means over all panels. */
export interface PanelFigures {
  readonly best_single: Rates;
  readonly mean_single: Rates;
  readonly union: Rates;
  readonly majority: Rates;
  readonly ours: Rates;
  readonly ours_verified: Rates;
  /** 95 % bootstrap interval over changes of ours − best_single (F1). */
  readonly lift_ci: readonly [number, number];
}

/** Verifier calls a decision may make. */
const VERIFICATIONS = 12;
const SEED = 20261121;
const RESAMPLES = 1000;

interface Case {
  readonly change: PanelChange;
  readonly project: string;
  readonly findings: ReadonlyMap<string, readonly Finding[]>;
  readonly matches: ReadonlyMap<Finding, string | null>;
}

interface Sitting {
  readonly at: Case;
  readonly ballots: readonly Ballot[];
  readonly groups: readonly FindingGroup[];
  /** Per group: what its representative matched. */
  readonly matches: readonly (string | null)[];
  readonly answers: readonly boolean[];
}

interface Panel {
  readonly reviewers: readonly string[];
  readonly electorate: readonly Elector[];
  readonly sittings: readonly Sitting[];
}

/** Reads the file and replays every panel. Throws `bad-intent` for a file it cannot use. */
export async function panelReplay(
  path: string,
  rule: Rule = "posterior",
): Promise<PanelFigures> {
  return replay(await readPanelFile(path), rule);
}

/** {@link panelReplay} of changes at hand. */
export function replay(
  changes: readonly PanelChange[],
  rule: Rule = "posterior",
): PanelFigures {
  const cases = changes.map(caseOf);
  const reviewers = reviewersOf(changes);
  const panels = panelsOf(reviewers).map((members) => seat(members, cases));
  const { plain, verified } = decideAll(panels, cases, rule);
  const issues = cases.map(({ change }) => change.issues.length);
  const all = issues.map((_, index) => index);
  const singles = new Map(
    reviewers.map((reviewer) => [
      reviewer,
      cases.map(({ change }) =>
        strictly(
          (change.findings[reviewer] ?? []).map(({ matches }) => matches),
        ),
      ),
    ]),
  );
  const figure = (counts: readonly (readonly Count[])[]): Rates =>
    meanRates(counts.map((of) => ratesOf(of, sum(issues))));
  const single = (reviewer: string, at: readonly number[]): Rates =>
    ratesOf(
      at.map((index) => singles.get(reviewer)?.[index] ?? strictly([])),
      sum(at.map((index) => issues[index] ?? 0)),
    );
  const bestOf = (
    panel: Panel,
    at: readonly number[],
    rates: ReadonlyMap<string, Rates>,
  ): Rates =>
    panel.reviewers
      .map((reviewer) => rates.get(reviewer) ?? single(reviewer, at))
      .reduce((best, next) => (next.f1 > best.f1 ? next : best));
  const ratesAt = (at: readonly number[]): ReadonlyMap<string, Rates> =>
    new Map(reviewers.map((reviewer) => [reviewer, single(reviewer, at)]));
  const rates = ratesAt(all);
  const bySupport = (least: number): Rates =>
    figure(
      panels.map(({ sittings }) =>
        sittings.map(({ groups, matches }) =>
          strictly(
            matches.filter(
              (_, index) => (groups[index]?.cluster.support ?? 0) >= least,
            ),
          ),
        ),
      ),
    );
  const chance = chanceFrom(SEED);
  const lifts = Array.from({ length: RESAMPLES }, () => {
    const at = all.map(() => Math.floor(chance() * all.length));
    const resampled = ratesAt(at);
    const total = sum(at.map((index) => issues[index] ?? 0));
    return (
      sum(
        panels.map(
          (panel, index) =>
            ratesOf(
              at.map((i) => plain[index]?.[i] ?? strictly([])),
              total,
            ).f1 - bestOf(panel, at, resampled).f1,
        ),
      ) / panels.length
    );
  }).sort((a, b) => a - b);
  return {
    best_single: meanRates(panels.map((panel) => bestOf(panel, all, rates))),
    mean_single: meanRates(
      panels.map((panel) =>
        meanRates(panel.reviewers.map((r) => rates.get(r) ?? single(r, all))),
      ),
    ),
    union: bySupport(1),
    majority: bySupport(Math.ceil((PANEL_SIZE + 1) / 2)),
    ours: figure(plain),
    ours_verified: figure(verified),
    lift_ci: [
      lifts[Math.floor(0.025 * RESAMPLES)] ?? 0,
      lifts[Math.ceil(0.975 * RESAMPLES) - 1] ?? 0,
    ],
  };
}

function caseOf(change: PanelChange): Case {
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

function seat(reviewers: readonly string[], cases: readonly Case[]): Panel {
  const electorate = reviewers.map((reviewer) => ({
    agentId: reviewer,
    role: "reviewer",
    name: reviewer,
    lineage: lineageOf(reviewer),
    hub: "local",
    weight: 847,
  }));
  return {
    reviewers,
    electorate,
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
        const chance = chanceFrom(
          seedOf(
            SEED,
            at.change.change,
            reviewers.join(),
            cluster.representative.claim,
          ),
        );
        return chance() < (matches[index] === null ? 0.1 : 0.7);
      });
      return { at, ballots, groups, matches, answers };
    }),
  };
}

/** Reviewers are different products: without a hyphen their numbers are no versions of one model. */
function lineageOf(reviewer: string): string {
  return reviewer.replace(/[^\p{L}\p{N}]/gu, "");
}

interface Decided {
  readonly plain: readonly (readonly Count[])[];
  readonly verified: readonly (readonly Count[])[];
}

function decideAll(
  panels: readonly Panel[],
  cases: readonly Case[],
  rule: Rule,
): Decided {
  const projects = [...new Set(cases.map(({ project }) => project))];
  const trusts = new Map<string, TrustCounts>();
  const everyone = seat(
    [...new Set(panels.flatMap(({ reviewers }) => reviewers))].sort(),
    cases,
  );
  const trustWithout = (left: readonly string[]): TrustCounts => {
    const key = [...new Set(left)].sort().join("\u0000");
    const known = trusts.get(key) ?? learned(everyone, left);
    trusts.set(key, known);
    return known;
  };
  const scored = (
    panel: Panel,
    sitting: Sitting,
    left: readonly string[],
  ): readonly number[] =>
    rule === "majority"
      ? sitting.groups.map(({ cluster }) =>
          cluster.support > PANEL_SIZE / 2 ? 9000 : -9000,
        )
      : posteriors(
          sitting.groups,
          panel.electorate,
          [],
          sitting.ballots,
          trustWithout(left),
        );
  const plain = panels.map((): Count[] => cases.map(() => strictly([])));
  const verified = panels.map((): Count[] => cases.map(() => strictly([])));
  for (const project of projects) {
    const barOf = (checked: boolean): number =>
      bestBar(panels, cases, project, (panel, sitting) => {
        const scores = scored(panel, sitting, [project, sitting.at.project]);
        return checked ? afterVerifier(sitting, scores) : scores;
      });
    const bar = rule === "majority" ? 0 : barOf(false);
    const barVerified = rule === "majority" ? 0 : barOf(true);
    panels.forEach((panel, p) => {
      panel.sittings.forEach((sitting, c) => {
        if (sitting.at.project !== project) return;
        const scores = scored(panel, sitting, [project]);
        const accept = (of: readonly number[], least: number): Count =>
          strictly(
            sitting.matches.filter((_, index) => (of[index] ?? 0) >= least),
          );
        const plainOf = plain[p];
        const verifiedOf = verified[p];
        if (plainOf === undefined || verifiedOf === undefined) return;
        plainOf[c] = accept(scores, bar);
        verifiedOf[c] = accept(
          rule === "majority" ? scores : afterVerifier(sitting, scores),
          barVerified,
        );
      });
    });
  }
  return { plain, verified };
}

/** The bar that would have served best on the other projects: highest mean F1 over all panels. */
function bestBar(
  panels: readonly Panel[],
  cases: readonly Case[],
  project: string,
  score: (panel: Panel, sitting: Sitting) => readonly number[],
): number {
  const issues = sum(
    cases
      .filter((at) => at.project !== project)
      .map(({ change }) => change.issues.length),
  );
  const scored = panels.map((panel) =>
    panel.sittings
      .filter(({ at }) => at.project !== project)
      .map((sitting) => ({ sitting, scores: score(panel, sitting) })),
  );
  let best = { bar: 0, f1: -1 };
  for (let bar = -2500; bar <= 2500; bar += 100) {
    const f1 = meanRates(
      scored.map((sittings) =>
        ratesOf(
          sittings.map(({ sitting, scores }) =>
            strictly(
              sitting.matches.filter((_, index) => (scores[index] ?? 0) >= bar),
            ),
          ),
          issues,
        ),
      ),
    ).f1;
    if (f1 > best.f1) best = { bar, f1 };
  }
  return best.bar;
}

/** The scores after the verifier looked at the claims nearest to even odds. */
function afterVerifier(
  sitting: Sitting,
  scores: readonly number[],
): readonly number[] {
  const asked = new Set(
    scores
      .map((score, index) => ({ score, index }))
      .sort(
        (a, b) => Math.abs(a.score) - Math.abs(b.score) || a.index - b.index,
      )
      .slice(0, VERIFICATIONS)
      .map(({ index }) => index),
  );
  return scores.map((score, index) =>
    asked.has(index)
      ? score +
        (sitting.answers[index] === true
          ? VERIFIED.confirmed
          : VERIFIED.refuted)
      : score,
  );
}

/** Trust from the outcomes of all changes outside the projects left out. */
function learned(panel: Panel, left: readonly string[]): TrustCounts {
  let trust = emptyTrust;
  for (const { at, groups, matches } of panel.sittings) {
    if (left.includes(at.project)) continue;
    groups.forEach(({ cluster }, index) => {
      for (const { agentId, lineage, role } of panel.electorate)
        trust = learnTrust(trust, {
          decisionId: at.change.change,
          agentId,
          lineage,
          role,
          class: findingClass(cluster.representative),
          flagged: cluster.raisedBy.includes(agentId),
          real: (matches[index] ?? null) !== null,
          source: "human",
          weight: 1000,
          what: cluster.representative.claim,
          at: "",
        });
    });
  }
  return trust;
}

function panelsOf(reviewers: readonly string[]): string[][] {
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

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
