import { resolve } from "node:path";
import type { PeerTaskLine } from "../protocol/peers.ts";
import { peerDesk, peerNamed } from "./peerDesk.ts";
import { told, type PeersOptions } from "./peers.ts";
import { createPrinter, type Printer } from "./print.ts";
import { harmless } from "./text.ts";

/** Lists work that crosses hubs, from either side; returns the exit code. */
export async function listPeerTasks(options: PeersOptions): Promise<number> {
  const { tasks } = await (await peerDesk(options)).shown();
  if (options.json === true) {
    process.stdout.write(`${JSON.stringify(tasks)}\n`);
    return 0;
  }
  const printer = createPrinter(process.stdout);
  for (const task of tasks) tell(task, printer);
  if (tasks.length === 0) printer.line("No work crosses hubs.");
  return 0;
}

function tell(task: PeerTaskLine, printer: Printer): void {
  const { taskId, direction, name, title, intent, state, note, branch } = task;
  const who = direction === "given" ? `given to ${name}` : `asked by ${name}`;
  printer.line(`${taskId}  ${harmless(title)} (${harmless(who)}, ${state})`);
  if (intent !== title) printer.note(intent);
  if (note !== "") printer.note(note);
  if (branch !== undefined) printer.note(`branch ${branch}`);
}

/** Accepts or refuses work that a peer asks for; returns the exit code. */
export async function answerPeerTask(
  taskId: string,
  accept: boolean,
  options: PeersOptions,
): Promise<number> {
  const desk = await peerDesk(options);
  await desk.ask("peers/answerTask", { taskId, accept });
  return told(
    options,
    { taskId, accept },
    accept
      ? "Accepted; it is done on a clone of its own, and the result goes back for review."
      : "Refused.",
  );
}

/** Ends work that crosses hubs; returns the exit code. */
export async function cancelPeerTask(
  taskId: string,
  options: PeersOptions,
): Promise<number> {
  const desk = await peerDesk(options);
  await desk.ask("peers/cancelTask", { taskId });
  return told(options, { taskId }, "Canceled.");
}

/** Flags of `roundtable delegate`. */
export interface DelegateOptions extends PeersOptions {
  readonly to: string;
  readonly title?: string;
}

/** Asks a peer to do work on what is committed here; returns the exit code. */
export async function delegate(
  intent: string,
  options: DelegateOptions,
): Promise<number> {
  const desk = await peerDesk(options);
  const { hubId } = await peerNamed(desk, options.to);
  const answer = await desk.ask("peers/delegate", {
    hubId,
    intent,
    repo: resolve(options.repo),
    ...(options.title !== undefined && { title: options.title }),
  });
  const { taskId } = answer as { readonly taskId: string };
  return told(
    options,
    { taskId },
    `Asked ${harmless(options.to)} as ${taskId}. When it is accepted and done, its change comes back for review: roundtable peers tasks`,
  );
}
