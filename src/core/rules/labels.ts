import type { Rules } from "../../protocol/consensus.ts";
import type { HouseRules } from "../../protocol/rulesFile.ts";
import { compareText } from "../consensus/order.ts";
import { fitsPath } from "./glob.ts";

/** What a decision is about, as labels see it. */
export interface Labelled {
  readonly goal: string;
  /** Paths it touches or means to touch, those before a renaming too. */
  readonly paths: readonly string[];
}

/** The labels that fit, by name. One fits when a path of the decision or a word of the goal does. */
export function labelsFor(
  house: HouseRules | undefined,
  { goal, paths }: Labelled,
): HouseRules["labels"] {
  return (house?.labels ?? [])
    .filter(
      (label) =>
        label.words.some((word) => says(goal, word)) ||
        label.paths.some((glob) => paths.some((path) => fitsPath(glob, path))),
    )
    .toSorted((a, b) => compareText(a.name, b.name));
}

/** The rules with what the labels ask on top: more required roles and vetoes, the highest threshold. Nothing gets weaker. */
export function withLabels(rules: Rules, labels: HouseRules["labels"]): Rules {
  const both = (some: readonly string[], of: "required" | "veto"): string[] => [
    ...new Set([...some, ...labels.flatMap((label) => label[of])]),
  ];
  return {
    ...rules,
    threshold: Math.max(
      rules.threshold,
      ...labels.map(({ threshold = 0 }) => threshold),
    ),
    requiredRoles: both(rules.requiredRoles, "required"),
    vetoRoles: both(rules.vetoRoles, "veto"),
  };
}

/** Whether the text holds the words as whole ones, whatever their case. */
function says(text: string, words: string): boolean {
  const all = ` ${plain(text)} `;
  const wanted = plain(words);
  return wanted !== "" && all.includes(` ${wanted} `);
}

function plain(text: string): string {
  return text
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]+/gu, " ")
    .trim();
}
