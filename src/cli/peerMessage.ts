import { randomUUID } from "node:crypto";
import type { Task } from "../protocol/a2a.ts";
import { PeerMessageOutcome } from "../protocol/peers.ts";
import { peerDesk, peerNamed } from "./peerDesk.ts";
import type { PeersOptions } from "./peers.ts";
import { createPrinter } from "./print.ts";
import { harmless } from "./text.ts";

/** How long one question to the hub may take, ms, and how long the answer is waited for. */
const WAIT_MS = 20_000;
const PATIENCE_MS = 10 * 60_000;

/** Sends words to an agent of a peer and prints its answer; returns the exit code: 1 when there is none. */
export async function messagePeer(
  name: string,
  agent: string,
  text: string,
  options: PeersOptions,
): Promise<number> {
  const desk = await peerDesk(options);
  const { hubId, state } = await peerNamed(desk, name);
  if (state !== "connected")
    process.stderr.write(
      `${harmless(name)} is ${state}; the message waits for it. Ctrl+C leaves it waiting.\n`,
    );
  const messageId = randomUUID();
  const giveUpAt = Date.now() + PATIENCE_MS;
  for (;;) {
    const outcome = PeerMessageOutcome.parse(
      await desk.ask("peers/message", {
        ...{ hubId, to: agent, text, messageId },
        waitMs: WAIT_MS,
      }),
    );
    if (outcome.state === "waiting" && Date.now() < giveUpAt) continue;
    return tell(outcome, options);
  }
}

function tell(outcome: PeerMessageOutcome, { json }: PeersOptions): number {
  const { task, problem, state } = outcome;
  const isDone = task?.status.state === "TASK_STATE_COMPLETED";
  if (json === true) process.stdout.write(`${JSON.stringify(outcome)}\n`);
  else
    createPrinter(process.stdout).line(
      task === undefined
        ? (problem ??
            (state === "waiting"
              ? "No answer yet; it comes later, and the message is not lost."
              : "There is no answer."))
        : textOf(task),
    );
  return isDone ? 0 : 1;
}

function textOf({ artifacts = [], status }: Task): string {
  const parts = [
    ...artifacts.flatMap((artifact) => artifact.parts),
    ...(status.message?.parts ?? []),
  ];
  const text = parts.flatMap((part) => part.text ?? []).join("\n");
  return text === "" ? "Nothing was said." : text;
}
