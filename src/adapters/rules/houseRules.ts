import { badRules } from "../../core/rules/fault.ts";
import type { Unread } from "../../ports/changeReader.ts";
import type { Git } from "../../ports/git.ts";
import type { HouseRulesAt } from "../../ports/rules.ts";
import { MAX_RULES_BYTES } from "../../protocol/rulesFile.ts";
import { RULES_FILE } from "../../protocol/rulesPlace.ts";
import { readRules } from "./readRules.ts";

type Objects = Pick<Git, "texts" | "files">;

/** Reads rules out of git's objects: what lies in the checkout does not count. */
export function houseRulesIn(git: Objects): HouseRulesAt {
  return async (repo, treeish) => {
    const [found] = await git.texts(repo, treeish, [RULES_FILE]);
    if (found === undefined || "unread" in found) {
      await refuseUnread(git, repo, treeish, found?.unread ?? "missing");
      return undefined;
    }
    const reading = readRules(found.text);
    if (!reading.ok) throw badRules(RULES_FILE, reading.faults);
    return { rules: reading.rules, from: treeish, lines: reading.lines };
  };
}

/** Rules that would be passed over in silence: what is there but cannot be read, or lies under nearly that name. */
async function refuseUnread(
  git: Objects,
  repo: string,
  treeish: string,
  why: Unread,
): Promise<void> {
  const refused = (file: string, what: string): Error =>
    badRules(file, [{ line: 1, column: 1, what }]);
  if (why !== "missing") throw refused(RULES_FILE, UNREAD[why]);
  const other = (await git.files(repo, treeish)).find((path) =>
    /^\.roundtable\/rules\.(?:ya?ml|json)$/iu.test(path),
  );
  if (other !== undefined)
    throw refused(other, `is not read; the rules have to be in ${RULES_FILE}`);
}

const UNREAD = {
  link: "is a link; the rules have to be in a plain file",
  submodule: "is a submodule; the rules have to be in a plain file",
  large: `is too large; at most ${String(MAX_RULES_BYTES)} bytes are read`,
  binary: "is no text; save it as UTF-8",
} as const satisfies Record<Exclude<Unread, "missing">, string>;
