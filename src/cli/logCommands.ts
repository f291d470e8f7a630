/** `roundtable log …` and `roundtable replay`, as the program knows them. */
import { InvalidArgumentError, type Command } from "commander";
import type { LogChoice } from "./logBook.ts";
import type { LogOptions } from "./log.ts";
import type { Moment, ReplayOptions } from "./replay.ts";

/** Adds the commands; `ends` gets each one's exit code. */
export function addLogCommands(
  program: Command,
  ends: (code: number) => void,
): void {
  addReplay(program, ends);
  const log = choosesLog(program.command("log"))
    .description("what was said and decided")
    .option("--mission <id>", "one mission in full")
    .option("--json", "events as lines of JSON")
    .configureHelp({ showGlobalOptions: true })
    .action(async (options: LogOptions) => {
      const { showLog } = await import("./log.ts");
      ends(await showLog(options));
    });

  sub(log, "export")
    .description(
      "missions as JSON Lines, hashes and all; one with --mission, else all",
    )
    .option("--out <file>", "to this file (default: standard output)")
    .action(async (_, command: Command) => {
      const { exportMissions } = await import("./logFiles.ts");
      ends(await exportMissions(command.optsWithGlobals()));
    });
  sub(log, "import")
    .description("take missions of another hub in, to be read and replayed")
    .argument("<file>", "what `log export` has written")
    .action(async (file: string, _, command: Command) => {
      const { importMissions } = await import("./logFiles.ts");
      ends(await importMissions(file, command.optsWithGlobals<LogChoice>()));
    });
  sub(log, "check")
    .description("check every hash and link; exit code 1 when one is broken")
    .action(async (_, command: Command) => {
      const { check } = await import("./logFiles.ts");
      ends(await check(command.optsWithGlobals<LogOptions>()));
    });
  sub(log, "repair")
    .description(
      "set a damaged log aside and go on with every event that can be read",
    )
    .action(async (_, command: Command) => {
      const { repair } = await import("./logFiles.ts");
      ends(await repair(command.optsWithGlobals<LogChoice>()));
    });
  sub(log, "backup")
    .description("copy the log while it is in use, and check the copy")
    .argument("<file>", "where to; must not exist yet")
    .action(async (file: string, _, command: Command) => {
      const { backUp } = await import("./logFiles.ts");
      ends(await backUp(file, command.optsWithGlobals<LogChoice>()));
    });
  sub(log, "archive")
    .description("move closed missions from the log to files beside it")
    .requiredOption(
      "--older-than <age>",
      "those that ended longer ago than this, e.g. 30d, 12h; 0 for all",
      age,
    )
    .action(async (_, command: Command) => {
      const { archive } = await import("./logFiles.ts");
      ends(
        await archive(
          command.optsWithGlobals<LogChoice & { olderThan: number }>(),
        ),
      );
    });
  sub(log, "restore")
    .description("bring an archived mission back into the log")
    .argument("<file>", "its archive")
    .action(async (file: string, _, command: Command) => {
      const { restore } = await import("./logFiles.ts");
      ends(await restore(file, command.optsWithGlobals<LogChoice>()));
    });
}

function addReplay(program: Command, ends: (code: number) => void): void {
  choosesLog(program.command("replay").argument("<mission>", "its id"))
    .description("play a conversation again, as it was")
    .option(
      "--speed <n>",
      "1 = as it happened, 10 = ten times as fast, max = at once",
      speed,
      1,
    )
    .option("--from <moment>", "show from this event number or time on", moment)
    .option("--until <moment>", "stop after this event number or time", moment)
    .option("--json", "events as lines of JSON, at the end how it stood")
    .action(async (missionId: string, options: ReplayOptions) => {
      const { replay } = await import("./replay.ts");
      ends(await replay(missionId, options));
    });
}

function choosesLog(command: Command): Command {
  return command
    .option("--repo <dir>", "the repository", ".")
    .option("--file <log.db>", "another log, such as that of an editor");
}

/** The options that choose the log are those of `log`. */
function sub(log: Command, name: string): Command {
  return log.command(name).configureHelp({ showGlobalOptions: true });
}

function speed(value: string): number {
  if (value === "max") return Infinity;
  const number = value.trim() === "" ? NaN : Number(value);
  if (!(number > 0 && number <= 1_000_000))
    throw new InvalidArgumentError("Say a number above 0, or max.");
  return number;
}

/** An event's number, or a time such as 2026-11-21T18:30Z. */
function moment(value: string): Moment {
  if (/^\d{1,15}$/.test(value)) return { seq: Number(value) };
  const at = Date.parse(value);
  if (Number.isNaN(at))
    throw new InvalidArgumentError(
      "Say an event's number, or a time such as 2026-11-21T18:30Z.",
    );
  return { at };
}

const UNIT_DAYS = { d: 1, h: 1 / 24, min: 1 / 1440 } as const;

/** Days. */
function age(value: string): number {
  if (value === "0") return Number.EPSILON;
  const found = /^(\d{1,6})(d|h|min)$/.exec(value);
  const unit = found?.[2] as keyof typeof UNIT_DAYS | undefined;
  if (found === null || unit === undefined)
    throw new InvalidArgumentError("Say an age such as 30d, 12h or 90min.");
  return Number(found[1]) * UNIT_DAYS[unit];
}
