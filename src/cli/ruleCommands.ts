/** `roundtable rules …`, `roundtable plan` and `roundtable trust`, as the program knows them. */
import type { Command } from "commander";
import type { TrustOptions } from "./trust.ts";
import type { PlanOptions } from "./plan.ts";
import type { RulesOptions } from "./rules.ts";

/** Adds the commands; `ends` gets each one's exit code. */
export function addRuleCommands(
  program: Command,
  ends: (code: number) => void,
): void {
  program
    .command("rules")
    .description("the rules a repository's missions run under")
    .command("check")
    .description(
      "check .roundtable/rules.yaml, and show each rule in force and where it comes from",
    )
    .option("--repo <dir>", "the repository", ".")
    .option("--at <rev>", "as of this commit or branch", "HEAD")
    .option("--json", "as JSON")
    .action(async (options: RulesOptions) => {
      const { checkRules } = await import("./rules.ts");
      ends(await checkRules(options));
    });

  program
    .command("plan")
    .description("a mission's plan, and how it came to be what it is")
    .requiredOption("--mission <id>", "the mission")
    .option("--versions", "what each version changed, and because of whom")
    .option("--repo <dir>", "the repository", ".")
    .option("--file <log>", "read this log's file")
    .option("--json", "as JSON")
    .action(async (options: PlanOptions) => {
      const { showPlan } = await import("./plan.ts");
      ends(await showPlan(options));
    });

  program
    .command("trust")
    .description(
      "what outcomes have taught of each agent, and the outcomes themselves",
    )
    .option("--repo <dir>", "the repository", ".")
    .option("--file <log>", "read this log's file")
    .option("--agent <id>", "only this agent")
    .option("--json", "as JSON")
    .action(async (options: TrustOptions) => {
      const { showTrust } = await import("./trust.ts");
      ends(await showTrust(options));
    });
}
