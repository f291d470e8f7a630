import { join } from "node:path";
import { openGit } from "../adapters/git/openGit.ts";
import { loadRoles } from "../adapters/roles/loadRoles.ts";
import { houseRulesIn } from "../adapters/rules/houseRules.ts";
import { readRules } from "../adapters/rules/readRules.ts";
import { openWorkspace } from "../adapters/workspace/openWorkspace.ts";
import { isProblem } from "../core/errors.ts";
import { badRules } from "../core/rules/fault.ts";
import { rulesShown, type RuleShown } from "../core/rules/shown.ts";
import { unknownRoles } from "../core/rules/unknownRoles.ts";
import type { HouseFile } from "../core/rules/house.ts";
import { RULES_FILE } from "../protocol/rulesPlace.ts";
import { Settings } from "../protocol/settings.ts";
import { complain } from "./complain.ts";
import { treesHome } from "./places.ts";
import { MEDIA } from "./session.ts";
import { stderrLog } from "./stderrLog.ts";
import { harmless } from "./text.ts";

/** Flags of `roundtable rules check`. */
export interface RulesOptions {
  readonly repo: string;
  readonly at: string;
  readonly json?: boolean;
}

/** Shows the rules in force at a revision, and checks the file in the checkout where it differs; returns the exit code, 1 when one of them cannot be used. */
export async function checkRules(options: RulesOptions): Promise<number> {
  const git = openGit({ home: treesHome(), textLog: stderrLog(false) });
  const { root, dirty } = await git.inspect(options.repo);
  const roles = await loadRoles([join(MEDIA, "roles")]);
  const known = [...new Set(roles.map(({ role }) => role))];
  const checked = (file: HouseFile): HouseFile => {
    const faults = unknownRoles(file.rules, file.lines, known);
    if (faults.length > 0) throw badRules(RULES_FILE, faults);
    return file;
  };
  const inForce = async (): Promise<HouseFile | undefined> => {
    const file = await houseRulesIn(git)(root, options.at);
    return file && checked(file);
  };
  const lying = async (): Promise<HouseFile | undefined> => {
    const text = await textInCheckout(root);
    if (text === undefined) return undefined;
    const reading = readRules(text);
    if (!reading.ok) throw badRules(RULES_FILE, reading.faults);
    return checked({ ...reading, from: "the checkout" });
  };
  const committed = await tell(options, `at ${options.at}`, inForce);
  if (!dirty.some((path) => path.startsWith(".roundtable/"))) return committed;
  const uncommitted = await tell(
    options,
    "as the checkout has them: not in force before they are committed",
    lying,
  );
  return Math.max(committed, uncommitted);
}

async function tell(
  { json, repo }: RulesOptions,
  where: string,
  read: () => Promise<HouseFile | undefined>,
): Promise<number> {
  const say = (line: string): void => {
    process.stdout.write(`${harmless(line)}\n`);
  };
  try {
    const file = await read();
    const rules = rulesShown(Settings.parse({}), file?.rules, file?.lines);
    if (json === true) say(JSON.stringify({ repo, where, rules }));
    else {
      say(
        `Rules ${where}${file === undefined ? ` (there is no ${RULES_FILE})` : ""}`,
      );
      for (const line of table(rules)) say(line);
    }
    return 0;
  } catch (error) {
    if (!isProblem(error, "bad-rules")) throw error;
    complain(error);
    return 1;
  }
}

/** The file as it lies in the checkout; undefined where there is none. */
async function textInCheckout(root: string): Promise<string | undefined> {
  const workspace = openWorkspace(root, { writable: false });
  return (await workspace.list(RULES_FILE)).includes(RULES_FILE)
    ? workspace.read(RULES_FILE)
    : undefined;
}

function table(rules: readonly RuleShown[]): readonly string[] {
  const wide = (of: (rule: RuleShown) => string, most: number): number =>
    Math.min(most, Math.max(...rules.map((rule) => of(rule).length)));
  const keys = wide(({ key }) => key, 30);
  const values = wide(({ value }) => value, 40);
  return rules.map(
    ({ key, value, source }) =>
      `  ${key.padEnd(keys)}  ${value.padEnd(values)}  ${source}`,
  );
}
