import type { RulesFile } from "../../protocol/rulesFile.ts";
import { RULES_FILE } from "../../protocol/rulesPlace.ts";
import { Settings } from "../../protocol/settings.ts";
import type { RuleLines } from "./house.ts";

/** A rule in force, for people. */
export interface RuleShown {
  readonly key: string;
  readonly value: string;
  /** `default`, `setting roundtable.…`, or the rules file with its line. */
  readonly source: string;
}

/** Keys of the rules file that are settings too, with the setting's name. */
const SETTINGS = {
  threshold: "threshold",
  quorum: "quorum",
  rounds: "maxRounds",
  roundMinutes: "roundMinutes",
  veto: "vetoRoles",
  required: "requiredRoles",
  weights: "weights",
  verifications: "verifications",
  senior: "senior",
  decisionRecords: "decisionRecords",
} as const satisfies Partial<Record<keyof RulesFile, keyof Settings>>;

/** Every rule in force and where it comes from. `lines` are those of the file's keys. */
export function rulesShown(
  settings: Settings,
  file: RulesFile = {},
  lines: RuleLines = {},
): readonly RuleShown[] {
  const here = (key: string): string =>
    `${RULES_FILE}:${String(lines[key] ?? lines[key.split(".")[0] ?? ""] ?? 1)}`;
  const defaults = Settings.parse({});
  const keys = Object.keys(SETTINGS) as (keyof typeof SETTINGS)[];
  const shared = keys.map((key): RuleShown => {
    const name = SETTINGS[key];
    const own = file[key];
    const set = settings[name];
    return {
      key,
      value: words(
        key === "weights"
          ? { ...settings.weights, ...file.weights }
          : (own ?? set),
      ),
      source:
        own !== undefined
          ? here(key)
          : JSON.stringify(set) === JSON.stringify(defaults[name])
            ? "default"
            : `setting roundtable.${name}`,
    };
  });
  const { evidence = {}, labels = {} } = file;
  return [
    ...shared,
    {
      key: "evidence.required",
      value: words(evidence.required ?? []),
      source:
        evidence.required === undefined ? "default" : here("evidence.required"),
    },
    ...(evidence.seconds === undefined
      ? []
      : [
          {
            key: "evidence.seconds",
            value: words(evidence.seconds),
            source: here("evidence.seconds"),
          },
        ]),
    ...Object.entries(labels).map(([name, label]) => ({
      key: `labels.${name}`,
      value: Object.entries(label)
        .map(([key, value]) => `${key} ${words(value)}`)
        .join("; "),
      source: here(`labels.${name}`),
    })),
  ];
}

function words(value: unknown): string {
  if (Array.isArray(value))
    return value.length === 0 ? "none" : value.map(String).join(", ");
  if (typeof value !== "object" || value === null) return String(value);
  const all = Object.entries(value);
  return all.length === 0
    ? "none"
    : all.map(([name, one]) => `${name} ${String(one)}`).join(", ");
}

/** The rules in force as a Markdown document; `from` says whose they are. */
export function rulesMarkdown(
  rules: readonly RuleShown[],
  from: string,
): string {
  const cell = (text: string): string => text.replaceAll("|", "\\|");
  return [
    "# Rules in force",
    "",
    from,
    "",
    "| rule | value | from |",
    "| --- | --- | --- |",
    ...rules.map(
      ({ key, value, source }) =>
        `| ${key} | ${cell(value)} | ${cell(source)} |`,
    ),
    "",
  ].join("\n");
}
