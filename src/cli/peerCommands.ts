/** `roundtable share`, `join`, `peers …`, `delegate`, `coordinate` and `jobs`, as the program knows them. */
import { InvalidArgumentError, type Command } from "commander";
import { RoundtableError } from "../core/errors.ts";
import type { JoinOptions } from "./join.ts";
import type { CoordinateOptions } from "./peerJobs.ts";
import type { DelegateOptions } from "./peerTasks.ts";
import type { PeersOptions } from "./peers.ts";
import type { ShareOptions } from "./share.ts";

type Ends = (code: number) => void;

/** Adds the commands; `ends` gets each one's exit code. */
export function addPeerCommands(program: Command, ends: Ends): void {
  addPairing(program, ends);
  addPeers(program, ends);
  addWork(program, ends);
}

function aboutHub(command: Command): Command {
  return command
    .option("--repo <dir>", "the repository whose hub it is", ".")
    .option("--hub <which>", "a hub's name, or its discovery file")
    .option("--json", "as JSON");
}

const SCOPES =
  "what the other hub may do here, with commas: observe, message, vote, task (default: observe,message)";

function addPairing(program: Command, ends: Ends): void {
  aboutHub(program.command("share"))
    .description("invite a teammate's hub to this repository's running hub")
    .option("--scopes <list>", SCOPES)
    .option(
      "--host <ip>",
      "address of this machine to listen on; never all of them (default: 127.0.0.1)",
    )
    .option("--port <n>", "port to listen on (default: a free one)", port)
    .option("--minutes <n>", "how long it is good (default: 10)", minutes)
    .option("--yes", "take the words as the same without asking")
    .action(async (options: ShareOptions) => {
      const { share } = await import("./share.ts");
      ends(await share(options));
    });

  aboutHub(program.command("join"))
    .description("take an invitation to a teammate's hub")
    .argument("<invitation>", "the link or the code")
    .option("--scopes <list>", SCOPES)
    .option("--yes", "take the words as the same without asking")
    .action(async (invitation: string, options: JoinOptions) => {
      const { join } = await import("./join.ts");
      ends(await join(invitation, options));
    });
}

function addPeers(program: Command, ends: Ends): void {
  const peers = aboutHub(program.command("peers"))
    .description("teammates' hubs: who they are and what they may do")
    .configureHelp({ showGlobalOptions: true })
    .action(async (options: PeersOptions) => {
      const { listPeers } = await import("./peers.ts");
      ends(await listPeers(options));
    });
  const all = (command: Command): PeersOptions =>
    command.optsWithGlobals<PeersOptions>();

  peers
    .command("list")
    .description("the same as without a word")
    .action(async (_, command: Command) => {
      const { listPeers } = await import("./peers.ts");
      ends(await listPeers(all(command)));
    });
  peers
    .command("scopes")
    .description("change what a peer may do here, at once")
    .argument("<name>", "of the peer, or its id")
    .argument("<scopes>", "observe, message, vote, task with commas, or none")
    .action(async (name: string, list: string, _, command: Command) => {
      const { setScopes } = await import("./peers.ts");
      ends(await setScopes(name, list, all(command)));
    });
  peers
    .command("revoke")
    .description("end the pairing: the peer is a stranger from now on")
    .argument("<name>", "of the peer, or its id")
    .action(async (name: string, _, command: Command) => {
      const { revokePeer } = await import("./peers.ts");
      ends(await revokePeer(name, all(command)));
    });
  peers
    .command("forget")
    .description("list a peer no longer")
    .argument("<name>", "of the peer, or its id")
    .action(async (name: string, _, command: Command) => {
      const { forgetPeer } = await import("./peers.ts");
      ends(await forgetPeer(name, all(command)));
    });
  peers
    .command("confirm")
    .description("say that both people see the same words")
    .argument("<id>", "of the pairing")
    .option("--differ", "say that they do not")
    .action(async (id: string, _, command: Command) => {
      const { confirmPairing } = await import("./peers.ts");
      ends(await confirmPairing(id, all(command)));
    });
  peers
    .command("message")
    .description("ask an agent of a peer, and print its answer")
    .argument("<name>", "of the peer, or its id")
    .argument("<agent>", "the agent's id there, or role:ROLE")
    .argument("<text>", "what to say")
    .action(
      async (
        name: string,
        agent: string,
        text: string,
        _,
        command: Command,
      ) => {
        const { messagePeer } = await import("./peerMessage.ts");
        ends(await messagePeer(name, agent, text, all(command)));
      },
    );
  peers
    .command("report")
    .description("one report over this hub and those it is connected to")
    .action(async (_, command: Command) => {
      const { reportPeers } = await import("./peers.ts");
      ends(await reportPeers(all(command)));
    });
  peers
    .command("tasks")
    .description("work that crosses hubs")
    .argument("[what]", "accept, refuse or cancel; a list without it")
    .argument("[id]", "of the work")
    .action(
      async (
        what: string | undefined,
        id: string | undefined,
        _,
        command: Command,
      ) => {
        ends(await tasks(what, id, all(command)));
      },
    );
}

async function tasks(
  what: string | undefined,
  id: string | undefined,
  options: PeersOptions,
): Promise<number> {
  const work = await import("./peerTasks.ts");
  if (what === undefined) return work.listPeerTasks(options);
  if (id === undefined)
    throw unclear("Say which: roundtable peers tasks accept|refuse|cancel ID.");
  switch (what) {
    case "accept":
    case "refuse":
      return work.answerPeerTask(id, what === "accept", options);
    case "cancel":
      return work.cancelPeerTask(id, options);
    default:
      throw unclear("Say roundtable peers tasks accept, refuse or cancel.");
  }
}

function unclear(next: string): RoundtableError {
  return new RoundtableError(
    "bad-settings",
    "That is not clear.",
    `Nothing was changed. ${next}`,
  );
}

function addWork(program: Command, ends: Ends): void {
  aboutHub(program.command("delegate"))
    .description("ask a peer to do work on what is committed here")
    .argument("<intent>", "what you want done")
    .requiredOption("--to <name>", "the peer, or its id")
    .option("--title <text>", "a short title (default: the first line)")
    .action(async (intent: string, options: DelegateOptions) => {
      const { delegate } = await import("./peerTasks.ts");
      ends(await delegate(intent, options));
    });

  aboutHub(program.command("coordinate"))
    .description("spread work over hubs and gather it")
    .argument(
      "<goal>",
      "parts are lines, numbered items, or parted by semicolons; a single sentence goes to every hub",
    )
    .option(
      "--hubs <names>",
      "who does it, with commas (default: this hub and every connected one)",
    )
    .action(async (goal: string, options: CoordinateOptions) => {
      const { coordinate } = await import("./peerJobs.ts");
      ends(await coordinate(goal, options));
    });

  const jobs = aboutHub(program.command("jobs"))
    .description("work that is spread over hubs")
    .argument("[room]", "of one job")
    .configureHelp({ showGlobalOptions: true })
    .action(async (room: string | undefined, options: PeersOptions) => {
      const { showJobs } = await import("./peerJobs.ts");
      ends(await showJobs(room, options));
    });
  jobs
    .command("move")
    .description("let another hub of the job coordinate it")
    .argument("<room>", "of the job")
    .argument("<name>", "of the hub, or its id")
    .action(async (room: string, name: string, _, command: Command) => {
      const { moveJob } = await import("./peerJobs.ts");
      ends(await moveJob(room, name, command.optsWithGlobals()));
    });
}

function port(value: string): number {
  return number(value, 0, 65_535, "A port is a whole number from 0 to 65535.");
}

function minutes(value: string): number {
  return number(value, 1, 60, "Say whole minutes from 1 to 60.");
}

function number(
  value: string,
  least: number,
  most: number,
  wanted: string,
): number {
  const found = value.trim() === "" ? NaN : Number(value);
  if (!Number.isInteger(found) || found < least || found > most)
    throw new InvalidArgumentError(wanted);
  return found;
}
