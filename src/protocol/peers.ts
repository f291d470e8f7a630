/** What people see and ask of peering: answers of the hub's `peers/…` methods (its owner's only), and what the editor and the terminal show. Times are ms since 1970. */
import * as z from "zod";
import { Task } from "./a2a.ts";
import { HubId, HubReport, Scope } from "./peer.ts";

/** Lifetimes of an invitation, minutes. */
export const INVITATION_MINUTES = { default: 10, most: 60 } as const;

/** Request `peers/share`: opens the listener if need be and makes an invitation. */
export const ShareHub = z.object({
  scopes: z.array(Scope).max(4).optional(),
  /** Address of one interface of this machine; never all of them. 127.0.0.1 when unset and nothing is shared yet. */
  host: z.string().max(64).optional(),
  /** 0 or unset: the one used before, or a free one. */
  port: z.number().int().min(0).max(65_535).optional(),
  minutes: z
    .number()
    .min(0.1)
    .max(INVITATION_MINUTES.most)
    .default(INVITATION_MINUTES.default),
});
export type ShareHub = z.infer<typeof ShareHub>;

/** Answer to `peers/share`, once: the secret in it is kept nowhere. */
export const Shared = z.object({
  invitationId: z.string(),
  /** `vscode://…/join#CODE`: opens the editor. */
  link: z.string(),
  code: z.string(),
  host: z.string(),
  port: z.number().int(),
  scopes: z.array(Scope),
  expiresAt: z.number().int(),
});
export type Shared = z.infer<typeof Shared>;

/** Request `peers/join`: takes a link or a code. `scopes` is what the other hub may do here. */
export const JoinHub = z.object({
  invitation: z.string().max(4096),
  scopes: z.array(Scope).max(4).optional(),
});
export type JoinHub = z.infer<typeof JoinHub>;

/** A pairing that waits for the people at both ends. */
export const Pairing = z.object({
  pairingId: z.string(),
  hubId: HubId,
  name: z.string(),
  /** Both people must see the same words. */
  words: z.array(z.string()),
  /** What the other may do here once both said yes. */
  scopes: z.array(Scope),
  /** What we may do there. */
  theirs: z.array(Scope),
  /** `ours`: the person here has not answered; `theirs`: the person there has not. */
  waitsFor: z.enum(["ours", "theirs"]),
  at: z.number().int(),
});
export type Pairing = z.infer<typeof Pairing>;

/** Request `peers/confirm`. */
export const ConfirmPairing = z.object({
  pairingId: z.string(),
  same: z.boolean(),
});

/** A peer as people see it. */
export const PeerLine = z.object({
  hubId: HubId,
  name: z.string(),
  state: z.enum(["connected", "connecting", "away", "revoked"]),
  /** Of the last heartbeat's way there and back. */
  latencyMs: z.number().optional(),
  /** What it may do here. */
  scopes: z.array(Scope),
  /** What we may do there, as it told last. */
  theirs: z.array(Scope),
  pairedAt: z.number().int(),
  /** When something last came from it. */
  heardAt: z.number().int().optional(),
  agents: z.array(
    z.object({
      agentId: z.string(),
      name: z.string(),
      role: z.string(),
      description: z.string(),
      votes: z.boolean(),
    }),
  ),
  report: HubReport.optional(),
  /** Envelopes that wait for it. */
  waiting: z.number().int(),
  /** What is wrong, for people. */
  problem: z.string().optional(),
});
export type PeerLine = z.infer<typeof PeerLine>;

/** A room as people see it. */
export const RoomLine = z.object({
  room: z.string(),
  kind: z.enum(["mission", "job"]),
  title: z.string(),
  home: HubId,
  members: z.array(
    z.object({ hubId: HubId, name: z.string(), here: z.boolean() }),
  ),
  /** Who coordinates it now, as far as known here. */
  coordinator: z
    .object({ hubId: HubId, name: z.string(), term: z.number().int() })
    .optional(),
  state: z.string(),
});
export type RoomLine = z.infer<typeof RoomLine>;

/** Work on a repository that crosses hubs, from either side. */
export const PeerTaskLine = z.object({
  taskId: z.string(),
  direction: z.enum(["given", "asked"]),
  hubId: HubId,
  name: z.string(),
  title: z.string(),
  intent: z.string(),
  state: z.string(),
  note: z.string(),
  branch: z.string().optional(),
  /** The review of the result that was opened here. */
  missionId: z.string().optional(),
  at: z.number().int(),
});
export type PeerTaskLine = z.infer<typeof PeerTaskLine>;

/** Answer to `peers/list`: everything about peering at once. */
export const PeersShown = z.object({
  /** This hub's own id; empty before it has one. */
  hubId: z.string(),
  name: z.string(),
  /** Where it listens for teammates; undefined while it does not. */
  listening: z.object({ host: z.string(), port: z.number().int() }).optional(),
  invitations: z.array(
    z.object({
      invitationId: z.string(),
      scopes: z.array(Scope),
      expiresAt: z.number().int(),
    }),
  ),
  pairings: z.array(Pairing),
  peers: z.array(PeerLine),
  rooms: z.array(RoomLine),
  tasks: z.array(PeerTaskLine),
});
export type PeersShown = z.infer<typeof PeersShown>;

/** Requests `peers/setScopes`, `peers/revoke`, `peers/forget`. */
export const SetPeerScopes = z.object({
  hubId: HubId,
  scopes: z.array(Scope).max(4),
});
export const PeerNamed = z.object({ hubId: HubId });

/** Request `peers/delegate`: asks a peer for work on what is committed in a repository here; answers `{ taskId }`. `title` is the first line of the intent when left out. */
export const DelegateTask = z.object({
  hubId: HubId,
  title: z.string().trim().max(120).optional(),
  intent: z.string().trim().min(1).max(4000),
  /** A folder of the repository. */
  repo: z.string().min(1).max(4096),
});

/** Id of work that crosses hubs; fit for the name of a branch and of a folder. */
export const PeerTaskId = z.string().regex(/^[a-z0-9]{16,64}$/);

/** Request `peers/answerTask`: a person here accepts or refuses what a peer asked for. */
export const AnswerPeerTask = z.object({
  taskId: PeerTaskId,
  accept: z.boolean(),
});

/** Request `peers/cancelTask`: ends work that crosses hubs, from either side. */
export const CancelPeerTask = z.object({ taskId: PeerTaskId });

/** Request `peers/withdraw`. */
export const InvitationNamed = z.object({ invitationId: z.string().max(64) });

/** Request `peers/message`: words for an agent of a peer, as a task there without any tool. */
export const MessagePeer = z.object({
  hubId: HubId,
  /** Id of a published agent there, or `role:…`. */
  to: z.string().min(1).max(128),
  text: z.string().min(1).max(60_000),
  /** The same id is the same message, whenever it is said. */
  messageId: z.string().min(1).max(128).optional(),
  /** How long the answer is waited for, ms; it comes later all the same. */
  waitMs: z.number().int().min(0).max(3_600_000).default(120_000),
});

/** Answer to `peers/message`: what became of it so far. */
export const PeerMessageOutcome = z.object({
  messageId: z.string(),
  /** `waiting`: on disk here; it goes over, or is answered, when the peer can. */
  state: z.enum(["waiting", "done", "refused"]),
  task: Task.optional(),
  /** Why there is no task. */
  problem: z.string().optional(),
});
export type PeerMessageOutcome = z.infer<typeof PeerMessageOutcome>;
