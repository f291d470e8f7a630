import type { Rules } from "../../protocol/consensus.ts";
import type { HouseRules, RulesFile } from "../../protocol/rulesFile.ts";
import type { Settings } from "../../protocol/settings.ts";

/** Prior probability that a proposal is good, per mille. */
const PRIOR = 500;

/** What a mission is decided under. */
export interface Effective {
  readonly rules: Rules;
  readonly house: HouseRules;
  /** Multipliers of the weight of votes, by role; 1 for others. */
  readonly weights: Readonly<Record<string, number>>;
}

/** The settings with the repository's rules on top. `from` is the tree or commit the file was read from. */
export function effectiveRules(
  settings: Settings,
  file: RulesFile = {},
  from?: string,
): Effective {
  return {
    rules: {
      threshold: perMille(file.threshold ?? settings.threshold),
      quorum: perMille(file.quorum ?? settings.quorum),
      maxRounds: file.rounds ?? settings.maxRounds,
      roundMs: Math.round(
        (file.roundMinutes ?? settings.roundMinutes) * 60_000,
      ),
      vetoRoles: [...(file.veto ?? settings.vetoRoles)],
      requiredRoles: [...(file.required ?? settings.requiredRoles)],
      prior: PRIOR,
      verifications: file.verifications ?? settings.verifications,
      senior: file.senior ?? settings.senior,
    },
    house: {
      ...(from !== undefined && { from }),
      labels: Object.entries(file.labels ?? {}).map(([name, label]) => ({
        name,
        paths: label.paths ?? [],
        words: label.words ?? [],
        required: label.required ?? [],
        veto: label.veto ?? [],
        ...(label.threshold !== undefined && {
          threshold: perMille(label.threshold),
        }),
      })),
      evidence: {
        required: file.evidence?.required ?? [],
        ...(file.evidence?.seconds !== undefined && {
          seconds: file.evidence.seconds,
        }),
      },
      decisionRecords: (
        file.decisionRecords ?? settings.decisionRecords
      ).replace(/\/+$/u, ""),
    },
    weights: { ...settings.weights, ...file.weights },
  };
}

function perMille(share: number): number {
  return Math.round(share * 1000);
}
