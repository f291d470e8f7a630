import {
  Argument,
  Command,
  CommanderError,
  InvalidArgumentError,
  Option,
} from "commander";
import { complain } from "./cli/complain.ts";
import type { HubOptions } from "./cli/hub.ts";
import { addAgentCommands } from "./cli/agentCommands.ts";
import { addAdvisoryCommands } from "./cli/advisoryCommands.ts";
import { addDeadLetterCommands } from "./cli/deadLetterCommands.ts";
import { addLogCommands } from "./cli/logCommands.ts";
import { addMessageCommands } from "./cli/messageCommands.ts";
import type { MissionOptions } from "./cli/mission.ts";
import { addPeerCommands } from "./cli/peerCommands.ts";
import { addWatchCommands } from "./cli/watchCommands.ts";
import { addRuleCommands } from "./cli/ruleCommands.ts";
import type { ReviewOptions } from "./cli/review.ts";
import type { StopOptions } from "./cli/stop.ts";
import type { ApprovalMode } from "./protocol/event.ts";

/** Flags of commands that open a mission. */
type Opens = MissionOptions & { readonly approve: ApprovalMode };

const program = new Command("roundtable")
  .description(
    "A team of agents that plans, criticises, votes, works in git worktrees and merges only what you approved.",
  )
  .version("0.1.0")
  .showHelpAfterError("(roundtable --help lists the commands)")
  .configureOutput({
    outputError: (text, write) => {
      write(text.replace(/^error: /, "roundtable: "));
    },
  })
  .addHelpText(
    "after",
    `
Examples:
  roundtable demo
  roundtable run "Add a --json flag to the export command" --model claude
  roundtable review --base origin/main --approve auto

The key is read from ANTHROPIC_API_KEY. Without any model, review runs on evidence alone.
Exit codes: 0 merged, left on a branch, answered or accepted · 1 blocked, rejected or stopped · 2 could not run, or has to be resumed.`,
  )
  .exitOverride();

/** Options of every command that calls models. */
function calls(command: Command): Command {
  return command
    .option("--repo <dir>", "the repository", ".")
    .option(
      "--base-url <url>",
      "an Anthropic-compatible endpoint; the key is sent there",
      url,
    )
    .option("--budget <usd>", "cap per mission, US$ (default: 5)", amount)
    .option(
      "--mcp",
      "start the MCP servers of .vscode/mcp.json and .mcp.json; only in a repository you trust",
    )
    .option("--verbose", "also the text log, on standard error");
}

function choosesModel(command: Command): Command {
  return calls(command).addOption(
    new Option(
      "--model <provider>",
      "where models come from; auto: Claude when there is a key",
    )
      .choices(["auto", "claude", "rehearsal", "none"])
      .default("auto"),
  );
}

/** Options of every command that opens a mission; `json` says what --json prints. */
function mission(
  command: Command,
  json = "events as lines of JSON on standard output",
): Command {
  return choosesModel(command)
    .addOption(
      new Option(
        "--approve <how>",
        "who answers when a human is needed: you at the terminal, or a policy",
      )
        .choices(["ask", "auto", "deny"])
        .default("ask"),
    )
    .option(
      "--check <command>",
      "a command that checks the project (repeatable; found from the project by default)",
      (value: string, all: readonly string[] | undefined) => [
        ...(all ?? []),
        value,
      ],
    )
    .option(
      "--evidence-seconds <n>",
      "seconds the evidence tools may take together (default: 120)",
      Number,
    )
    .option(
      "--advisories <file>",
      "known vulnerabilities in the format of Retire.js (default: what `roundtable advisories update` keeps)",
    )
    .option(
      "--with <names>",
      "teammates' hubs whose agents vote too, with commas: paired with this repository's hub, and connected while this runs",
    )
    .option("--json", json);
}

function amount(value: string): number {
  const number = value.trim() === "" ? NaN : Number(value);
  if (!(number >= 0 && number <= 1000))
    throw new InvalidArgumentError("Say US$ as a number from 0 to 1000.");
  return number;
}

function port(value: string): number {
  const number = value.trim() === "" ? NaN : Number(value);
  if (!Number.isInteger(number) || number < 0 || number > 65_535)
    throw new InvalidArgumentError("A port is a whole number from 0 to 65535.");
  return number;
}

function hubName(value: string): string {
  const name = value.trim();
  if (name === "" || name.length > 64 || /\p{Cc}/u.test(name))
    throw new InvalidArgumentError("A name is 1 to 64 characters on one line.");
  return name;
}

function url(value: string): string {
  if (!URL.canParse(value) || !/^https?:$/.test(new URL(value).protocol))
    throw new InvalidArgumentError("Say an address such as https://host/path.");
  return value;
}

const ends = (code: number): void => {
  process.exitCode = code;
};

mission(program.command("run").argument("<goal>", "what you want done"))
  .description("plan a task and carry it through to a merge you approve")
  .action(async (goal: string, options: Opens) => {
    const { runMission } = await import("./cli/mission.ts");
    const { approve } = options;
    ends(
      await runMission(options, ({ root }) => ({
        kind: "build",
        goal,
        repo: root,
        approve,
      })),
    );
  });

mission(program.command("ask").argument("<question>", "what you want to know"))
  .description("put a question to the team")
  .option(
    "--no-record",
    "write no decision record when the answer is approved (default: a new file in docs/adr)",
  )
  .action(async (goal: string, options: Opens) => {
    const { runMission } = await import("./cli/mission.ts");
    const { approve } = options;
    ends(
      await runMission(options, ({ root }) => ({
        kind: "question",
        goal,
        repo: root,
        approve,
      })),
    );
  });

mission(
  program.command("review"),
  "one JSON document on standard output at the end (docs/review-json.md)",
)
  .description("review changes")
  .option("--base <rev>", "compare from here (default: uncommitted changes)")
  .option("--head <rev>", "to here (default: HEAD)")
  .option("--staged", "only what is staged")
  .option("--branch <name>", "what a branch has on top of where it left --into")
  .option(
    "--pull-request <which>",
    "the branch of a pull request that was fetched, by its number or reference",
  )
  .option(
    "--into <branch>",
    "where the branch goes to (default: the remote's default branch, main or master)",
  )
  .option(
    "--again <mission>",
    "what an earlier review looked at, as it is now: findings are followed, and settled when they are gone",
  )
  .action(async (options: ReviewOptions) => {
    const { review } = await import("./cli/review.ts");
    ends(await review(options));
  });

calls(program.command("resume"))
  .description(
    "go on with a mission that was interrupted or stalled; its model and --approve are those it was started with",
  )
  .requiredOption("--mission <id>", "the mission")
  .option("--json", "events as lines of JSON on standard output")
  .action(async (options: MissionOptions & { mission: string }) => {
    const { refuseShelved } = await import("./cli/logBook.ts");
    await refuseShelved(options, options.mission);
    const { runMission } = await import("./cli/mission.ts");
    ends(
      await runMission(options, () => ({
        kind: "resume",
        missionId: options.mission,
      })),
    );
  });

program
  .command("stop")
  .description("end a mission for good and take away what it made")
  .option("--repo <dir>", "the repository", ".")
  .requiredOption("--mission <id>", "the mission")
  .action(async (options: StopOptions) => {
    const { stop } = await import("./cli/stop.ts");
    ends(await stop(options));
  });

choosesModel(program.command("hub"))
  .description("run the hub without an editor; the first line is its address")
  .option("--port <n>", "loopback port (default: a free one)", port)
  .option(
    "--name <name>",
    "what the hub calls itself; it keeps a log of its own, so that several run for one repository",
    hubName,
  )
  .option(
    "--connect <hubs>",
    "connect to other hubs of yours on this machine: URL or URL=DISCOVERYFILE, with commas; anybody else's needs an invitation",
  )
  .option(
    "--scopes <list>",
    "what hubs that --connect pairs may do at each other, with commas: observe, message, vote, task (default: observe,message)",
  )
  .option(
    "--push-target <origin>",
    "an origin that push notifications may be sent to (repeatable; none by default)",
    (value: string, all: readonly string[] | undefined) => [
      ...(all ?? []),
      value,
    ],
  )
  .option(
    "--route <rule>",
    "MATCH=TO or MATCH=TO,FALLBACK: who gets what is addressed to a role or skill, e.g. skill:nlp_*=role:linguist,planner (repeatable; the first that matches counts)",
    (value: string, all: readonly string[] | undefined) => [
      ...(all ?? []),
      value,
    ],
  )
  .addOption(
    new Option("--pace <ms>", "slows the rehearsal's speech, for demos")
      .argParser(Number)
      .hideHelp(),
  )
  .option("--json", "only the first line: a JSON object with the address")
  .action(async (options: HubOptions) => {
    const { hub } = await import("./cli/hub.ts");
    ends(await hub(options));
  });

addLogCommands(program, ends);

addAgentCommands(program, ends);

addWatchCommands(program, ends);

addRuleCommands(program, ends);

addAdvisoryCommands(program, ends);
addDeadLetterCommands(program, ends);

addMessageCommands(program, ends);

addPeerCommands(program, ends);

program
  .command("demo")
  .description("watch the team do a whole job; no key, no network")
  .addArgument(
    new Argument(
      "[what]",
      "network: three hubs on this machine that work together",
    ).choices(["mission", "network"]),
  )
  .option("--json", "events, or of a network what came of it, as JSON")
  .action(async (what: string | undefined, options: { json?: boolean }) => {
    if (what === "network") {
      const { demoNetwork } = await import("./cli/networkDemo.ts");
      ends(await demoNetwork(options));
      return;
    }
    const { demo } = await import("./cli/demo.ts");
    ends(await demo(options));
  });

// Whoever reads may stop reading, as `head` does; there is nobody left to tell then. 141 is what a shell reports for it.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  process.exit(error.code === "EPIPE" ? 141 : 2);
});

try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError)
    process.exitCode = error.exitCode === 0 ? 0 : 2;
  else process.exitCode = complain(error);
}
