/** `roundtable send` and `roundtable listen`, as the program knows them. */
import { InvalidArgumentError, type Command } from "commander";
import { PRIORITY, Recipient, TopicPattern } from "../protocol/envelope.ts";
import type { ListenOptions } from "./listen.ts";
import type { SendOptions } from "./send.ts";

/** Adds the commands; `ends` gets each one's exit code. */
export function addMessageCommands(
  program: Command,
  ends: (code: number) => void,
): void {
  program
    .command("send")
    .description("send a message through a running hub")
    .argument(
      "<to>",
      "agent:ID, role:ROLE, skill:PATTERN, topic:a.b.c or everyone",
      recipient,
    )
    .argument("<payload>", "JSON, or any text")
    .option("--repo <dir>", "the repository whose hub it is", ".")
    .option("--hub <which>", "a hub's name, or its discovery file")
    .option("--durable", "on disk before it is accepted, kept until delivered")
    .option("--wait", "ask, and print the answer")
    .option("--priority <n>", "0 to 10, the highest first", priority)
    .option("--json", "answers as JSON, header and payload")
    .action(async (to: string, payload: string, options: SendOptions) => {
      const { send } = await import("./send.ts");
      ends(await send(to, payload, options));
    });

  program
    .command("listen")
    .description("print the messages of topics as they come; Ctrl+C ends it")
    .argument(
      "<topic...>",
      "e.g. build.main.done, build.*.done or build.#",
      pattern,
    )
    .option("--repo <dir>", "the repository whose hub it is", ".")
    .option("--hub <which>", "a hub's name, or its discovery file")
    .option(
      "--name <name>",
      "a lasting subscription: durable messages wait for it",
    )
    .option("--count <n>", "end after so many messages", count)
    .option("--json", "each message as a line of JSON, header and payload")
    .action(async (topics: readonly string[], options: ListenOptions) => {
      const { listen } = await import("./listen.ts");
      ends(await listen(topics, options));
    });
}

function recipient(value: string): string {
  if (!Recipient.safeParse(value).success)
    throw new InvalidArgumentError(
      "Say agent:ID, role:ROLE, skill:PATTERN, topic:a.b.c or everyone.",
    );
  return value;
}

function pattern(
  value: string,
  all: readonly string[] = [],
): readonly string[] {
  if (!TopicPattern.safeParse(value).success)
    throw new InvalidArgumentError(
      "A topic is segments separated by dots; * stands for one of them, # at the end for any number.",
    );
  return [...all, value];
}

function whole(value: string, least: number, most: number): number {
  const number = value.trim() === "" ? NaN : Number(value);
  if (!Number.isInteger(number) || number < least || number > most)
    throw new InvalidArgumentError(
      `Say a whole number from ${String(least)} to ${String(most)}.`,
    );
  return number;
}

const priority = (value: string): number =>
  whole(value, PRIORITY.min, PRIORITY.max);
const count = (value: string): number => whole(value, 1, 1_000_000);
