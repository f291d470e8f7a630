import * as vscode from "vscode";
import type { Task } from "../protocol/a2a.ts";
import { PeerMessageOutcome, type PeerLine } from "../protocol/peers.ts";
import { askFor } from "./dialogs.ts";
import type { Peers } from "./peers.ts";
import { reportUri } from "./peersPages.ts";
import { during, pickPeer } from "./peersPick.ts";
import { plain } from "./peersWords.ts";

/** Sends words to an agent of a teammate's hub and shows its answer; one that is late comes later all the same. */
export async function sendMessage(peers: Peers, named: unknown): Promise<void> {
  const peer = await pickPeer(peers, named, {
    title: "Send a Message",
    fits: ({ state, theirs, agents }) =>
      state !== "revoked" && theirs.includes("message") && agents.length > 0,
    none: "No teammate's hub has an agent that this one may write to.",
  });
  if (peer === undefined) return;
  const agent = await pickAgent(peer);
  if (agent === undefined) return;
  const name = `${plain(agent.name, 64)} at ${plain(peer.name, 64)}`;
  const text = await askFor(
    `Message to ${name}`,
    "It answers in words; it has no tool to act with.",
    "What do you think of moving sessions to tokens?",
  );
  if (text === undefined) return;
  const outcome = PeerMessageOutcome.parse(
    await during(`${name} is asked…`, () =>
      peers.ask("peers/message", {
        hubId: peer.hubId,
        to: agent.agentId,
        text,
      }),
    ),
  );
  await tell(name, outcome);
}

async function tell(
  name: string,
  { state, task, problem }: PeerMessageOutcome,
): Promise<void> {
  if (state === "waiting") {
    void vscode.window.showInformationMessage(
      `The message to ${name} is on disk here, and goes over as soon as the hub is there.`,
    );
    return;
  }
  const words = task === undefined ? "" : wordsOf(task);
  if (state === "refused" || words === "") {
    void vscode.window.showWarningMessage(
      `${name} gave no answer${problem === undefined ? "." : `: ${plain(problem)}`}`,
    );
    return;
  }
  const fits = words.length <= 300 && !words.includes("\n");
  const picked = await vscode.window.showInformationMessage(
    `${name}: ${plain(words, 300)}`,
    ...(fits ? [] : ["Show All"]),
  );
  if (picked === undefined) return;
  const document = await vscode.workspace.openTextDocument({
    language: "markdown",
    content: words,
  });
  await vscode.window.showTextDocument(document, { preview: true });
}

/** What an agent said in a task: its artifacts, else the words of its last state. */
function wordsOf({ artifacts, status }: Task): string {
  const said = (artifacts ?? [])
    .flatMap(({ parts }) => parts)
    .flatMap(({ text }) => text ?? []);
  const last = (status.message?.parts ?? []).flatMap(({ text }) => text ?? []);
  return (said.length > 0 ? said : last).join("\n\n").trim();
}

async function pickAgent(
  peer: PeerLine,
): Promise<PeerLine["agents"][number] | undefined> {
  const picked = await vscode.window.showQuickPick(
    peer.agents.map((agent) => ({
      label: plain(agent.name, 64),
      description: plain(agent.role, 64),
      detail: plain(agent.description),
      agent,
    })),
    { title: `Who at ${plain(peer.name, 64)}?` },
  );
  return picked?.agent;
}

/** Asks a peer how it is, and shows what it told last. */
export async function showReport(peers: Peers, named: unknown): Promise<void> {
  const peer = await pickPeer(peers, named, {
    title: "Show Report",
    fits: ({ state }) => state !== "revoked",
    none: "No teammate's hub is paired with this one.",
  });
  if (peer === undefined) return;
  if (peer.state === "connected" && peer.theirs.includes("observe"))
    await peers.ask("peers/report", { hubId: peer.hubId });
  await vscode.commands.executeCommand("markdown.showPreview", reportUri(peer));
}
