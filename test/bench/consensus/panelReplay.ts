/** The reviews of a file, decided again by every panel of five of its reviewers with the clustering and the posteriors that ship. */
import { chanceFrom } from "./chance.ts";
import type { PanelChange } from "./panelFile.ts";
import { PANEL_SIZE, readPanelFile, reviewersOf } from "./panelFile.ts";
import { afterVerifier, learnFor, reportOf, scoresOf } from "./panelLearn.ts";
import type { Panel, Sitting } from "./panelSeats.ts";
import { caseOf, panelsOf, seat } from "./panelSeats.ts";
import type { Count, Rates } from "./strictCount.ts";
import { meanRates, ratesOf, strictly } from "./strictCount.ts";

/** How a cluster is accepted: by its posterior, or by a majority of heads, the control that must miss the bar. */
export type Rule = "posterior" | "majority";

/** Means over all panels; each panel's own rates are pooled over the changes. */
export interface PanelFigures {
  /** The best of the five by F1, in hindsight. */
  readonly best_single: Rates;
  readonly mean_single: Rates;
  readonly union: Rates;
  readonly majority: Rates;
  readonly ours: Rates;
  readonly ours_verified: Rates;
  /** 95 % bootstrap interval over changes of ours − best_single (F1). */
  readonly lift_ci: readonly [number, number];
}

const SEED = 20_261_121;
const RESAMPLES = 1000;

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
  const reviewers = reviewersOf(changes);
  const cases = changes.map(caseOf);
  const panels = panelsOf(reviewers).map((five) => seat(five, cases, SEED));
  const { plain, verified } = decide(
    panels,
    seat(reviewers, cases, SEED),
    rule,
  );
  const issues = changes.map((change) => change.issues.length);
  const every = [...changes.keys()];
  const singles = new Map(
    reviewers.map((reviewer) => [
      reviewer,
      changes.map(({ findings }) =>
        strictly((findings[reviewer] ?? []).map(({ matches }) => matches)),
      ),
    ]),
  );
  /** Rates of some changes, each as often as it is named. */
  const ratesAt = (
    counts: readonly Count[] | undefined,
    at: readonly number[],
  ): Rates =>
    ratesOf(
      at.flatMap((index) => counts?.[index] ?? []),
      at.reduce((sum, index) => sum + (issues[index] ?? 0), 0),
    );
  const singleAt = (at: readonly number[]): ReadonlyMap<string, Rates> =>
    new Map(
      reviewers.map((reviewer) => [
        reviewer,
        ratesAt(singles.get(reviewer), at),
      ]),
    );
  const figure = (counts: readonly (readonly Count[])[]): Rates =>
    meanRates(counts.map((of) => ratesAt(of, every)));
  const alone = singleAt(every);
  const chance = chanceFrom(SEED);
  const lifts = Array.from({ length: RESAMPLES }, () => {
    const at = every.map(() => Math.floor(chance() * every.length));
    const single = singleAt(at);
    return (
      panels.reduce(
        (sum, panel, index) =>
          sum + ratesAt(plain[index], at).f1 - bestOf(panel, single).f1,
        0,
      ) / panels.length
    );
  }).sort((a, b) => a - b);
  return {
    best_single: meanRates(panels.map((panel) => bestOf(panel, alone))),
    mean_single: meanRates(
      panels.map((panel) => meanRates(ofPanel(panel, alone))),
    ),
    union: figure(panels.map((panel) => bySupport(panel, 1))),
    majority: figure(panels.map((panel) => bySupport(panel, MAJORITY))),
    ours: figure(plain),
    ours_verified: figure(verified),
    lift_ci: [
      lifts[Math.floor(0.025 * RESAMPLES)] ?? 0,
      lifts[Math.ceil(0.975 * RESAMPLES) - 1] ?? 0,
    ],
  };
}

const MAJORITY = Math.floor(PANEL_SIZE / 2) + 1;

interface Decided {
  /** Per panel and change. */
  readonly plain: readonly (readonly Count[])[];
  readonly verified: readonly (readonly Count[])[];
}

function decide(
  panels: readonly Panel[],
  everyone: Panel,
  rule: Rule,
): Decided {
  if (rule === "majority") {
    const counts = panels.map((panel) => bySupport(panel, MAJORITY));
    return { plain: counts, verified: counts };
  }
  const projects = new Set(everyone.sittings.map(({ at }) => at.project));
  const learned = new Map(
    [...projects].map((project) => [
      project,
      learnFor(project, everyone, panels),
    ]),
  );
  const decided = (
    of: (sitting: Sitting) => Count,
  ): readonly (readonly Count[])[] =>
    panels.map(({ sittings }) => sittings.map(of));
  const known = new Map<Sitting, readonly number[]>();
  const scored = (sitting: Sitting): readonly number[] => {
    const from = learned.get(sitting.at.project);
    const scores =
      known.get(sitting) ??
      (from === undefined
        ? []
        : scoresOf(sitting, from.trust, from.calibration));
    known.set(sitting, scores);
    return scores;
  };
  return {
    plain: decided((sitting) =>
      reportOf(
        sitting,
        scored(sitting),
        learned.get(sitting.at.project)?.least ?? 0,
      ),
    ),
    verified: decided((sitting) =>
      reportOf(
        sitting,
        afterVerifier(sitting, scored(sitting)),
        learned.get(sitting.at.project)?.leastVerified ?? 0,
      ),
    ),
  };
}

/** Every cluster with at least so many voices behind it. */
function bySupport({ sittings }: Panel, least: number): readonly Count[] {
  return sittings.map(({ groups, matches }) =>
    strictly(
      matches.filter(
        (_, index) => (groups[index]?.cluster.support ?? 0) >= least,
      ),
    ),
  );
}

function ofPanel(
  { reviewers }: Panel,
  rates: ReadonlyMap<string, Rates>,
): readonly Rates[] {
  return reviewers.flatMap((reviewer) => rates.get(reviewer) ?? []);
}

function bestOf(panel: Panel, rates: ReadonlyMap<string, Rates>): Rates {
  return ofPanel(panel, rates).reduce((best, next) =>
    next.f1 > best.f1 ? next : best,
  );
}
