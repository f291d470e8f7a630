import * as vscode from "vscode";
import type { Tools } from "./commands.ts";
import { showJob, spreadWork } from "./peersJobs.ts";
import { connectHub, confirmPairing } from "./peersJoin.ts";
import {
  changeScopes,
  forgetPeer,
  moveCoordinator,
  peersMenu,
  revokePeer,
  stopSharing,
  withdrawInvitation,
} from "./peersManage.ts";
import { shareHub } from "./peersShare.ts";
import { sendMessage, showReport } from "./peersTalk.ts";
import { answerTask, cancelTask, delegateTask } from "./peersTasks.ts";
import type { PeersNode } from "./peersLooks.ts";

type PeerCommand = (tools: Tools, named: unknown) => Promise<void>;

/** What can be asked of peering, by name; loaded with the first of them. `named` is the id of what it is for, or the row of the Peers view. */
const COMMANDS = {
  share: ({ peers, behind }) => shareHub(peers, () => behind.addresses()),
  connect: ({ peers }) => connectHub(peers),
  confirm: ({ peers }, named) => confirmPairing(peers, named),
  withdraw: ({ peers }, named) => withdrawInvitation(peers, named),
  stopSharing: ({ peers }) => stopSharing(peers),
  scopes: ({ peers }, named) => changeScopes(peers, named),
  revoke: ({ peers }, named) => revokePeer(peers, named),
  forget: ({ peers }, named) => forgetPeer(peers, named),
  message: ({ peers }, named) => sendMessage(peers, named),
  report: ({ peers }, named) => showReport(peers, named),
  delegate: ({ peers }, named) => delegateTask(peers, named),
  answerTask: ({ peers }, named) => answerTask(peers, named),
  cancelTask: ({ peers }, named) => cancelTask(peers, named),
  spreadWork: ({ peers }) => spreadWork(peers),
  showJob: ({ peers }, named) => showJob(peers, named),
  moveCoordinator: ({ peers }, named) => moveCoordinator(peers, named),
  menu: ({ peers }) => peersMenu(peers),
} satisfies Readonly<Record<string, PeerCommand>>;

/** Name of something that can be asked of peering. */
export type PeerCommandName = keyof typeof COMMANDS;

/** Does what was asked. */
export async function runPeerCommand(
  name: PeerCommandName,
  tools: Tools,
  about: unknown,
): Promise<void> {
  const run: PeerCommand = COMMANDS[name];
  await run(tools, isNode(about) ? idOf(about) : about);
  // What was asked for is worth a look.
  if (name === "share" || name === "connect")
    await vscode.commands.executeCommand("roundtable.peers.focus");
}

function isNode(about: unknown): about is PeersNode {
  return about !== null && typeof about === "object" && "peersNode" in about;
}

function idOf(node: PeersNode): string | undefined {
  switch (node.peersNode) {
    case "invitation":
      return node.invitation.invitationId;
    case "pairing":
      return node.pairing.pairingId;
    case "peer":
      return node.peer.hubId;
    case "room":
      return node.room.room;
    case "task":
      return node.task.taskId;
    default:
      return undefined;
  }
}
