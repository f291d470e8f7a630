import {
  Command,
  CommanderError,
  InvalidArgumentError,
  Option,
} from "commander";
import { complain } from "./cli/complain.ts";
import type { MissionOptions } from "./cli/mission.ts";
import type { HubOptions } from "./cli/hub.ts";
import type { LogOptions } from "./cli/log.ts";
import type { ReviewOptions } from "./cli/review.ts";

const program = new Command("roundtable")
  .description(
    "A team of agents that plans, criticises, votes, works in git worktrees and merges only what you approved.",
  )
  .version("0.1.0")
  .showHelpAfterError("(roundtable --help lists the commands)")
  .exitOverride();

/** Options of every command that runs missions. */
function mission(command: Command): Command {
  return command
    .option("--repo <dir>", "the repository", ".")
    .addOption(
      new Option("--model <provider>", "where models come from")
        .choices(["auto", "claude", "rehearsal", "none"])
        .default("auto"),
    )
    .addOption(
      new Option("--approve <how>", "who answers when a human is needed")
        .choices(["ask", "auto", "deny"])
        .default("ask"),
    )
    .option("--budget <usd>", "cap for this mission, US$", amount)
    .option(
      "--check <command>",
      "a command that checks the project (repeatable; found from the project by default)",
      (value: string, all: string[] = []) => [...all, value],
    )
    .option("--json", "events as lines of JSON on standard output")
    .option("--verbose", "also the text log, on standard error");
}

function amount(value: string): string {
  if (!(Number(value) >= 0)) throw new InvalidArgumentError("Not an amount.");
  return value;
}

function port(value: string): number {
  const number = Number(value);
  if (!Number.isInteger(number) || number < 0 || number > 65_535)
    throw new InvalidArgumentError("A port is a whole number from 0 to 65535.");
  return number;
}

const ends = (code: number): void => {
  process.exitCode = code;
};

mission(program.command("run").argument("<goal>", "what you want done"))
  .description("plan a task and carry it through to a merge you approve")
  .action(async (goal: string, options: MissionOptions) => {
    const { runMission } = await import("./cli/mission.ts");
    ends(
      await runMission(options, ({ root }) => ({
        kind: "build",
        goal,
        repo: root,
        approve: options.approve,
      })),
    );
  });

mission(program.command("ask").argument("<question>", "what you want to know"))
  .description("put a question to the team")
  .action(async (goal: string, options: MissionOptions) => {
    const { runMission } = await import("./cli/mission.ts");
    ends(
      await runMission(options, ({ root }) => ({
        kind: "question",
        goal,
        repo: root,
        approve: options.approve,
      })),
    );
  });

mission(program.command("review"))
  .description("review changes; exits 0 accepted, 1 blocked, 2 could not run")
  .option("--base <rev>", "compare from here (default: uncommitted changes)")
  .option("--head <rev>", "to here", "HEAD")
  .option("--staged", "only what is staged")
  .action(async (options: ReviewOptions) => {
    const { review } = await import("./cli/review.ts");
    ends(await review(options));
  });

mission(program.command("resume"))
  .description("go on with a mission that was interrupted or stalled")
  .requiredOption("--mission <id>", "the mission")
  .action(async (options: MissionOptions & { mission: string }) => {
    const { runMission } = await import("./cli/mission.ts");
    ends(
      await runMission(options, () => ({
        kind: "resume",
        missionId: options.mission,
      })),
    );
  });

program
  .command("hub")
  .description("run the hub without an editor")
  .option("--repo <dir>", "the repository", ".")
  .option("--port <n>", "loopback port (default: a free one)", port)
  .option("--name <name>", "what the hub calls itself", "roundtable")
  .option("--json", "only the first line: a JSON object with the address")
  .action(async (options: HubOptions) => {
    const { hub } = await import("./cli/hub.ts");
    ends(await hub(options));
  });

program
  .command("log")
  .description("what was said and decided")
  .option("--repo <dir>", "the repository", ".")
  .option("--mission <id>", "one mission in full")
  .option("--json", "events as lines of JSON")
  .action(async (options: LogOptions) => {
    const { showLog } = await import("./cli/log.ts");
    ends(await showLog(options));
  });

program
  .command("agents")
  .description("who sits at the table")
  .option("--json", "as JSON")
  .action(async (options: { json?: boolean }) => {
    const { agents } = await import("./cli/agents.ts");
    ends(await agents(options));
  });

program
  .command("demo")
  .description("watch the team do a whole job; no key, no network")
  .option("--json", "events as lines of JSON on standard output")
  .action(async (options: { json?: boolean }) => {
    const { demo } = await import("./cli/demo.ts");
    ends(await demo(options));
  });

try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError)
    process.exitCode = error.exitCode === 0 ? 0 : 2;
  else process.exitCode = complain(error);
}
