import type * as vscode from "vscode";
import type {
  Pairing,
  PeerLine,
  PeersShown,
  PeerTaskLine,
  RoomLine,
} from "../protocol/peers.ts";
import {
  coordination,
  isLoopback,
  plain,
  scopeNames,
  shortId,
  standing,
  timeLeft,
} from "./peersWords.ts";

/** What a row of the Peers view stands for; commands of its menus get it. */
export type PeersNode =
  | { readonly peersNode: "hub"; readonly shown: PeersShown }
  | {
      readonly peersNode: "invitation";
      readonly invitation: PeersShown["invitations"][number];
    }
  | { readonly peersNode: "pairing"; readonly pairing: Pairing }
  | { readonly peersNode: "peer"; readonly peer: PeerLine }
  | { readonly peersNode: "rooms"; readonly rooms: readonly RoomLine[] }
  | { readonly peersNode: "room"; readonly room: RoomLine }
  | { readonly peersNode: "tasks"; readonly tasks: readonly PeerTaskLine[] }
  | { readonly peersNode: "task"; readonly task: PeerTaskLine }
  | {
      readonly peersNode: "fact";
      readonly id: string;
      readonly icon: string;
      readonly tone?: string;
      readonly label: string;
      readonly description?: string;
      readonly tooltip?: string;
    };

/** How a row looks, and what it can be asked for. */
export interface Look {
  readonly id: string;
  readonly label: string;
  readonly description: string;
  readonly icon: string;
  readonly tone?: string;
  readonly tooltip: readonly string[];
  /** What menus look at. */
  readonly kind: string;
  readonly open?: "expanded" | "collapsed";
  readonly command?: vscode.Command;
}

/** How the row of a node looks. */
export function lookOf(node: PeersNode): Look {
  switch (node.peersNode) {
    case "hub":
      return hubLook(node.shown);
    case "invitation": {
      const { invitationId, scopes, expiresAt } = node.invitation;
      return {
        id: `invitation/${invitationId}`,
        label: "Invitation",
        description: `${timeLeft(expiresAt, Date.now())} · ${scopeNames(scopes)}`,
        icon: "mail",
        tooltip: [
          `Good once, until ${new Date(expiresAt).toLocaleTimeString()}.`,
          `Whoever uses it may: ${scopeNames(scopes)}.`,
        ],
        kind: "peersInvitation",
      };
    }
    case "pairing":
      return pairingLook(node.pairing);
    case "peer":
      return peerLook(node.peer);
    case "rooms":
      return group("Shared Missions and Jobs", "rooms", node.rooms.length);
    case "room":
      return roomLook(node.room);
    case "tasks":
      return group("Delegated Work", "tasks", node.tasks.length);
    case "task":
      return taskLook(node.task);
    case "fact":
      return {
        id: node.id,
        label: node.label,
        description: node.description ?? "",
        icon: node.icon,
        ...(node.tone !== undefined && { tone: node.tone }),
        tooltip: [node.tooltip ?? `${node.label}: ${node.description ?? ""}`],
        kind: "peersFact",
      };
  }
}

function hubLook({ hubId, name, listening, invitations }: PeersShown): Look {
  const open = listening !== undefined && !isLoopback(listening.host);
  return {
    id: "hub",
    label: "This Hub",
    description:
      listening === undefined
        ? "not shared"
        : `shared at ${listening.host}:${String(listening.port)}`,
    icon: open ? "globe" : "broadcast",
    ...(open && { tone: "list.warningForeground" }),
    tooltip: [
      plain(name, 64),
      ...(hubId === "" ? [] : [`Hub ${shortId(hubId)}…`]),
      listening === undefined
        ? "Nobody can connect to it."
        : open
          ? "Everybody on that network reaches the port; only paired hubs get in."
          : "Only programs on this machine reach the port; only paired hubs get in.",
    ],
    kind: listening === undefined ? "peersHub" : "peersHubShared",
    ...(invitations.length > 0 && { open: "expanded" }),
  };
}

function pairingLook(pairing: Pairing): Look {
  const ours = pairing.waitsFor === "ours";
  return {
    id: `pairing/${pairing.pairingId}`,
    label: plain(pairing.name, 64),
    description: ours ? "compare the words" : "waits for their word",
    icon: ours ? "bell-dot" : "ellipsis",
    ...(ours && { tone: "list.warningForeground" }),
    tooltip: [
      "Pairing: both people must see the same words.",
      pairing.words.join(" "),
    ],
    kind: ours ? "peersPairingOurs" : "peersPairingTheirs",
    ...(ours && {
      command: {
        title: "Confirm Pairing…",
        command: "roundtable.confirmPairing",
        arguments: [pairing.pairingId],
      },
    }),
  };
}

const PEER_ICONS = {
  connected: { icon: "vm-active", tone: "testing.iconPassed" },
  connecting: { icon: "sync~spin" },
  away: { icon: "vm-outline" },
  revoked: { icon: "circle-slash" },
} as const satisfies Record<PeerLine["state"], object>;

function peerLook(peer: PeerLine): Look {
  const troubled = peer.problem !== undefined && peer.state !== "revoked";
  return {
    id: `peer/${peer.hubId}`,
    label: plain(peer.name, 64),
    description: standing(peer, Date.now()),
    ...(troubled
      ? { icon: "warning", tone: "list.warningForeground" }
      : PEER_ICONS[peer.state]),
    tooltip: [
      `${plain(peer.name, 64)}: ${standing(peer, Date.now())}`,
      `Hub ${shortId(peer.hubId)}…, paired ${new Date(peer.pairedAt).toLocaleDateString()}`,
      `May do here: ${scopeNames(peer.scopes)}`,
      `We may do there: ${scopeNames(peer.theirs)}`,
      ...(peer.problem === undefined ? [] : [plain(peer.problem)]),
    ],
    kind: peer.state === "revoked" ? "peersRevoked" : "peersPeer",
    open: "collapsed",
  };
}

function roomLook(room: RoomLine): Look {
  const members = room.members.map(
    ({ name, here }) => `${plain(name, 64)}${here ? "" : " (away)"}`,
  );
  return {
    id: `room/${room.room}`,
    label: plain(room.title, 48),
    description: coordination(room),
    icon: room.kind === "job" ? "type-hierarchy-sub" : "organization",
    tooltip: [
      plain(room.title, 500),
      `${room.kind === "job" ? "Job" : "Mission"}, ${plain(room.state, 64)}`,
      `With ${members.join(", ")}`,
      coordination(room),
    ],
    // The home of a mission coordinates it for good; a job's office moves.
    kind: room.kind === "job" ? "peersJob" : "peersMission",
    command: {
      title: room.kind === "job" ? "Show Job" : "Show Conversation",
      command:
        room.kind === "job"
          ? "roundtable.showJob"
          : "roundtable.showConversation",
      arguments: [room.room],
    },
  };
}

function taskLook(task: PeerTaskLine): Look {
  const asks = task.direction === "asked" && task.state === "waiting";
  return {
    id: `task/${task.taskId}`,
    label: plain(task.title, 48),
    description: asks
      ? `${plain(task.name, 64)} asks you`
      : `${task.direction === "given" ? "to" : "from"} ${plain(task.name, 64)}, ${plain(task.state, 32)}`,
    icon: asks ? "bell-dot" : (TASK_ICONS[task.state] ?? "circle-outline"),
    ...(asks && { tone: "list.warningForeground" }),
    tooltip: [
      plain(task.intent, 1000),
      ...(task.note === "" ? [] : [plain(task.note, 500)]),
      ...(task.branch === undefined ? [] : [`Branch ${plain(task.branch)}`]),
    ],
    kind: asks ? "peersTaskAsks" : "peersTask",
    ...(asks && {
      command: {
        title: "Answer a Teammate's Task…",
        command: "roundtable.answerPeerTask",
        arguments: [task.taskId],
      },
    }),
    ...(!asks &&
      task.missionId !== undefined && {
        command: {
          title: "Show Conversation",
          command: "roundtable.showConversation",
          arguments: [task.missionId],
        },
      }),
  };
}

const TASK_ICONS: Readonly<Record<string, string>> = {
  waiting: "ellipsis",
  accepted: "sync~spin",
  running: "sync~spin",
  done: "pass",
  refused: "circle-slash",
  failed: "error",
  canceled: "circle-slash",
};

function group(label: string, id: string, count: number): Look {
  return {
    id: `group/${id}`,
    label,
    description: String(count),
    icon: id === "rooms" ? "organization" : "git-pull-request",
    tooltip: [label],
    kind: "peersGroup",
    open: "expanded",
  };
}
