/** `roundtable status` and `roundtable trace`, as the program knows them. */
import type { Command } from "commander";
import type { StatusOptions } from "./status.ts";
import type { TraceOptions } from "./trace.ts";

/** Adds the commands; `ends` gets each one's exit code. */
export function addWatchCommands(
  program: Command,
  ends: (code: number) => void,
): void {
  program
    .command("status")
    .description(
      "how the hub that runs is doing: agents, tasks, mailboxes, log, missions",
    )
    .option("--repo <dir>", "the repository whose hub it is", ".")
    .option("--hub <which>", "a hub's name, or its discovery file")
    .option("--json", "as JSON")
    .action(async (options: StatusOptions) => {
      const { showStatus } = await import("./status.ts");
      ends(await showStatus(options));
    });

  program
    .command("trace")
    .description(
      "the path of a mission, task or message through the agents, with times and costs",
    )
    .argument("<id>", "of a mission, a task or a message")
    .option("--repo <dir>", "the repository", ".")
    .option("--hub <which>", "ask the hub of this name or discovery file")
    .option("--file <log>", "read this log's file")
    .option("--json", "as JSON: spans with ids, times and attributes")
    .action(async (id: string, options: TraceOptions) => {
      const { showTrace } = await import("./trace.ts");
      ends(await showTrace(id, options));
    });
}
