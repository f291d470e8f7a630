/** `roundtable dead-letters …`, as the program knows them. */
import { InvalidArgumentError, type Command } from "commander";
import type { DeadLettersOptions } from "./deadLetters.ts";

/** Adds the commands; `ends` gets each one's exit code. */
export function addDeadLetterCommands(
  program: Command,
  ends: (code: number) => void,
): void {
  const letters = program
    .command("dead-letters")
    .description(
      "messages that could not be delivered: at the hub that runs; without one, as they are stored",
    )
    .option("--repo <dir>", "the repository whose hub it is", ".")
    .option("--hub <which>", "a hub's name, or its discovery file")
    .option("--mailbox <name>", "only those for this agent or @subscription")
    .option("--json", "as JSON")
    .configureHelp({ showGlobalOptions: true })
    .action(async (options: DeadLettersOptions) => {
      const { listDeadLetters } = await import("./deadLetters.ts");
      ends(await listDeadLetters(options));
    });

  letters
    .command("list")
    .description("all of them, oldest first")
    .action(async (_, command: Command) => {
      const { listDeadLetters } = await import("./deadLetters.ts");
      ends(await listDeadLetters(command.optsWithGlobals()));
    });
  letters
    .command("show")
    .description("one with its tries and its payload")
    .argument("<no>", "its number", number)
    .action(async (no: number, _, command: Command) => {
      const { showDeadLetter } = await import("./deadLetters.ts");
      ends(await showDeadLetter(no, command.optsWithGlobals()));
    });
  letters
    .command("resend")
    .description("put one back into its mailbox, with all its tries before it")
    .argument("<no>", "its number", number)
    .action(async (no: number, _, command: Command) => {
      const { resendDeadLetter } = await import("./deadLetters.ts");
      ends(await resendDeadLetter(no, command.optsWithGlobals()));
    });
  letters
    .command("drop")
    .description("forget one for good")
    .argument("<no>", "its number", number)
    .action(async (no: number, _, command: Command) => {
      const { dropDeadLetter } = await import("./deadLetters.ts");
      ends(await dropDeadLetter(no, command.optsWithGlobals()));
    });
}

function number(value: string): number {
  const no = value.trim() === "" ? NaN : Number(value);
  if (!Number.isSafeInteger(no) || no < 1)
    throw new InvalidArgumentError(
      "Say the number `roundtable dead-letters` lists it by.",
    );
  return no;
}
