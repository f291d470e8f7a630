import * as vscode from "vscode";
import type { PeerTaskLine } from "../protocol/peers.ts";
import { askFor, pickRoot } from "./dialogs.ts";
import type { Peers } from "./peers.ts";
import { during, pickPeer } from "./peersPick.ts";
import { plain } from "./peersWords.ts";

/** Asks a teammate's hub for work on what is committed here; a person there decides. */
export async function delegateTask(
  peers: Peers,
  named: unknown,
): Promise<void> {
  const title = "Delegate to a Teammate's Hub";
  const peer = await pickPeer(peers, named, {
    title,
    fits: ({ state, theirs }) => state !== "revoked" && theirs.includes("task"),
    none: "No teammate's hub takes tasks from this one. Its person grants that with Peer: Change Scopes….",
  });
  if (peer === undefined) return;
  const repo = await pickRoot();
  if (repo === undefined) return;
  const name = plain(peer.name, 64);
  const intent = await askFor(
    title,
    `What shall ${name} do with the last commit? It gets a copy of that, and nothing uncommitted.`,
    "Write the missing tests of the login endpoint",
  );
  if (intent === undefined) return;
  await during(`Asking ${name}…`, () =>
    peers.ask("peers/delegate", { hubId: peer.hubId, intent, repo }),
  );
  void vscode.window.showInformationMessage(
    `${name} was asked. Its person decides; what comes back is a branch that is reviewed here before anything is merged.`,
  );
}

/** Shows in full what a teammate asks for, and carries the answer: of the task named, or of the one picked of those that wait. */
export async function answerTask(peers: Peers, named: unknown): Promise<void> {
  const waiting = (await peers.look()).tasks.filter(
    ({ direction, state }) => direction === "asked" && state === "waiting",
  );
  const task =
    waiting.find(({ taskId }) => taskId === named) ?? (await pick(waiting));
  if (task === undefined) return;
  const picked = await vscode.window.showInformationMessage(
    `${plain(task.name, 64)} asks: ${plain(task.title, 120)}`,
    {
      modal: true,
      detail: `${task.intent}\n\nIf you accept, your agents work on a copy of their commit: apart from your files, in the sandbox, within your budget. What they make goes back as a patch.`,
    },
    "Accept",
    "Refuse",
  );
  if (picked !== undefined)
    await answer(peers, task.taskId, picked === "Accept");
}

/** Tells that a teammate asks for work. What does not fit into a notification is read in full before it can be accepted. */
export async function tellTask(
  peers: Peers,
  task: PeerTaskLine,
): Promise<void> {
  const whole = task.intent.length <= 240 && !task.intent.includes("\n");
  const what = whole ? plain(task.intent, 240) : plain(task.title, 120);
  const picked = await vscode.window.showInformationMessage(
    `${plain(task.name, 64)} asks your team: “${what}”. Nothing runs before you accept.`,
    whole ? "Accept" : "Read…",
    "Refuse",
    "Later",
  );
  switch (picked) {
    case "Accept":
    case "Refuse":
      await answer(peers, task.taskId, picked === "Accept");
      return;
    case "Read…":
      await answerTask(peers, task.taskId);
  }
}

/** Ends work that crosses hubs, after asking. */
export async function cancelTask(peers: Peers, named: unknown): Promise<void> {
  const task = (await peers.look()).tasks.find(
    ({ taskId }) => taskId === named,
  );
  if (task === undefined) return;
  const picked = await vscode.window.showWarningMessage(
    `Cancel “${plain(task.title, 120)}”?`,
    { modal: true, detail: "What was made of it so far is dropped." },
    "Cancel It",
  );
  if (picked !== undefined)
    await peers.ask("peers/cancelTask", { taskId: task.taskId });
}

async function answer(
  peers: Peers,
  taskId: string,
  accept: boolean,
): Promise<void> {
  await peers.ask("peers/answerTask", { taskId, accept });
  vscode.window.setStatusBarMessage(
    accept
      ? "Roundtable: accepted; the work runs on a copy of its own"
      : "Roundtable: refused; your teammate is told",
    5_000,
  );
}

async function pick(
  waiting: readonly PeerTaskLine[],
): Promise<PeerTaskLine | undefined> {
  if (waiting.length === 0)
    void vscode.window.showInformationMessage(
      "No teammate's task waits for your answer.",
    );
  if (waiting.length < 2) return waiting[0];
  const picked = await vscode.window.showQuickPick(
    waiting.map((task) => ({
      label: plain(task.title, 120),
      description: plain(task.name, 64),
      detail: plain(task.intent),
      task,
    })),
    { title: "Answer Which Task?" },
  );
  return picked?.task;
}
