/** What crosses between two hubs: frames of a link, and the signed envelopes inside them. One JSON object per WebSocket text frame; times are ms since 1970. */
import * as z from "zod";
import { AgentCard, Message, Task } from "./a2a.ts";
import { Ballot, Elector, Rules, Subject } from "./consensus.ts";
import { BallotWork } from "./work.ts";

/** Versions of the link this program speaks, best last. */
export const PEER_VERSIONS = [1] as const;
/** Subprotocol of the WebSocket between hubs. */
export const PEER_SUBPROTOCOL = "roundtable.peer.v1";
/** Longest frame, bytes. */
export const MAX_PEER_FRAME = 262_144;
/** Longest envelope as it is signed, bytes; the rest of a frame is for what is around it. */
export const MAX_ENVELOPE = 200_000;

/** base32 (RFC 4648, lower case, no padding) of the SHA-256 of a hub's public Ed25519 key. */
export const HubId = z.string().regex(/^[a-z2-7]{52}$/);
/** SHA-256 of a certificate in DER, lower-case hex. */
export const CertificatePin = z.string().regex(/^[0-9a-f]{64}$/);
const Digest = z.string().regex(/^[0-9a-f]{64}$/);

/**
 * What a peer may do here, each granted by itself. `observe`: see our published agents, reports and the missions it is invited to. `message`:
 * write to published agents and shared topics, invite us to missions. `vote`: ask our agents for ballots, and its agents' ballots count in
 * our missions. `task`: ask for work on a repository, which a person here accepts one by one.
 */
export const Scope = z.enum(["observe", "message", "vote", "task"]);
export type Scope = z.infer<typeof Scope>;
/** What an invitation grants unless its maker chooses otherwise. */
export const DEFAULT_SCOPES: readonly Scope[] = ["observe", "message"];

/** A room: what two hubs say to each other (`pair`), a mission with teammates (`mission`), or a job spread over hubs (`job`). */
export const RoomKind = z.enum(["pair", "mission", "job"]);
export type RoomKind = z.infer<typeof RoomKind>;
export const RoomId = z.string().regex(/^[a-z0-9][a-z0-9-]{0,63}$/);

/** Id of an agent at its own hub. */
const AgentName = z.string().regex(/^[a-z0-9][a-z0-9_-]{0,63}$/);

/** An agent a hub shows its peers. Names and descriptions are data from outside: cut, and without control characters, when they are read. */
export const PublishedAgent = z.object({
  agentId: AgentName,
  role: z.string().max(64),
  name: z.string().max(64),
  description: z.string().max(512),
  lineage: z.string().max(128),
  /** Whether it may be invited to vote. */
  votes: z.boolean(),
  /** Its A2A card, as served and signed by its hub. */
  card: AgentCard,
  /** Public key (JWK as JSON) that signed the card; left out for an unsigned one. */
  key: z.string().max(1024).optional(),
});
export type PublishedAgent = z.infer<typeof PublishedAgent>;

/** How a hub is, for its peers. */
export const HubReport = z.object({
  name: z.string().max(64),
  version: z.string().max(32),
  at: z.number().int(),
  startedAt: z.number().int(),
  agents: z
    .array(
      z.object({
        agentId: AgentName,
        role: z.string().max(64),
        status: z.string().max(32),
        running: z.number().int().min(0),
        waiting: z.number().int().min(0),
      }),
    )
    .max(64),
  missions: z.object({ open: z.number().int(), closed: z.number().int() }),
  jobs: z.number().int().min(0),
});
export type HubReport = z.infer<typeof HubReport>;

/** A file that goes over a link in pieces. */
export const BlobRef = z.object({
  sha256: Digest,
  bytes: z.number().int().min(0).max(50_000_000),
});
export type BlobRef = z.infer<typeof BlobRef>;

/** One piece of a job, for one agent of one hub. */
export const JobPart = z.object({
  partId: z.string().max(64),
  hub: HubId,
  /** Which agent there: its id, or `role:…`. */
  agent: z.string().max(128),
  goal: z.string().max(8000),
});
export type JobPart = z.infer<typeof JobPart>;

/** Everything one hub can say to others. Which scope its receiver must have granted is in `core/peering/scopes.ts`. */
export const PeerBody = z.discriminatedUnion("kind", [
  // In a pair's room.
  z.object({
    kind: z.literal("cards"),
    agents: z.array(PublishedAgent).max(16),
  }),
  z.object({ kind: z.literal("report"), report: HubReport }),
  z.object({ kind: z.literal("reportAsked") }),
  /** An A2A message for an agent: a task there, without any tool. `messageId` is the message's own. */
  z.object({
    kind: z.literal("message"),
    to: z.string().max(128),
    from: z.string().max(64),
    message: Message,
  }),
  /** What became of a message: the whole task when it ended, or why there is none. */
  z.object({
    kind: z.literal("messageDone"),
    messageId: z.string().max(256),
    task: Task.optional(),
    problem: z.string().max(2000).optional(),
  }),
  z.object({
    kind: z.literal("published"),
    topic: z.string().max(256),
    from: z.string().max(64),
    payload: z.json(),
  }),
  /** Please do this on a clone of what the bundle holds. */
  z.object({
    kind: z.literal("taskAsked"),
    taskId: z.string().max(64),
    title: z.string().max(120),
    intent: z.string().max(4000),
    commit: z.string().regex(/^[0-9a-f]{40,64}$/),
    bundle: BlobRef,
    checks: z.array(z.array(z.string().max(500)).max(50)).max(20),
  }),
  z.object({
    kind: z.literal("taskTold"),
    taskId: z.string().max(64),
    state: z.enum([
      "waiting",
      "accepted",
      "refused",
      "running",
      "done",
      "failed",
      "canceled",
    ]),
    note: z.string().max(2000),
    /** Of a task that is done: its change as a patch on the commit it was given. */
    patch: BlobRef.optional(),
    microUsd: z.number().int().min(0).optional(),
  }),
  z.object({ kind: z.literal("taskCanceled"), taskId: z.string().max(64) }),

  // In the room of a mission or a job: the first envelope of its home opens it.
  z.object({
    kind: z.literal("roomOpened"),
    room: z.enum(["mission", "job"]),
    title: z.string().max(4000),
    /** Every hub that takes part, its home first; fixed from here on. */
    members: z
      .array(z.object({ hubId: HubId, name: z.string().max(64) }))
      .min(1)
      .max(100),
    electorate: z.array(Elector).max(200),
    /** Of a job: who of the members does its parts; all of them when left out. */
    workers: z.array(HubId).min(1).max(100).optional(),
  }),
  z.object({ kind: z.literal("roomClosed"), why: z.string().max(2000) }),
  /** An event of a mission as its home recorded it, redacted, as JSON. */
  z.object({ kind: z.literal("event"), event: z.json() }),
  /** The home asks electors of another hub for their ballots. */
  z.object({
    kind: z.literal("ballotsAsked"),
    to: HubId,
    decisionId: z.string().max(200),
    round: z.number().int().min(1),
    agentIds: z.array(z.string().max(128)).max(16),
    deadline: z.number().int(),
    /** The work of one elector; `missionId`, `key` and `root` are replaced where it is done. */
    work: BallotWork,
  }),
  /** A ballot of an agent of the hub that signs it. */
  z.object({
    kind: z.literal("ballot"),
    decisionId: z.string().max(200),
    ballot: Ballot,
  }),
  /** An elector of the signing hub will not vote in that round. */
  z.object({
    kind: z.literal("ballotMissing"),
    decisionId: z.string().max(200),
    round: z.number().int().min(1),
    agentId: z.string().max(128),
    why: z.string().max(500),
  }),

  // In the room of a job, by its coordinator: `term` fences one that has been replaced.
  z.object({
    kind: z.literal("partGiven"),
    term: z.number().int().min(1),
    part: JobPart,
  }),
  /** A worker's completion event. */
  z.object({
    kind: z.literal("partDone"),
    partId: z.string().max(64),
    ok: z.boolean(),
    agentId: z.string().max(128),
    text: z.string().max(20_000),
  }),
  /** A question the hubs of the job decide: the electorate is that of the room. */
  z.object({
    kind: z.literal("pollOpened"),
    term: z.number().int().min(1),
    decisionId: z.string().max(200),
    subject: Subject,
    artifactHash: Digest,
    title: z.string().max(4000),
    rules: Rules,
    seed: z.number().int(),
  }),
  /** Closes a poll over exactly these ballots: `[origin, seq]`. Of several closings that of the highest term counts. */
  z.object({
    kind: z.literal("pollClosed"),
    term: z.number().int().min(1),
    decisionId: z.string().max(200),
    ballots: z.array(z.tuple([HubId, z.number().int().min(1)])).max(2000),
  }),
  z.object({
    kind: z.literal("jobDone"),
    term: z.number().int().min(1),
    text: z.string().max(60_000),
  }),
]);
export type PeerBody = z.infer<typeof PeerBody>;
export type PeerBodyOf<K extends PeerBody["kind"]> = Extract<
  PeerBody,
  { kind: K }
>;

/** What a hub signs. (`room`, `origin`, `epoch`, `seq`) is unique for ever: `seq` grows by one from 1 in a room, `epoch` is that of the origin's log and never falls. */
export const PeerEnvelope = z.object({
  v: z.literal(1),
  room: RoomId,
  origin: HubId,
  epoch: z.number().int().min(1),
  seq: z.number().int().min(1),
  /** {@link Sealed} hash of the envelope before it from this origin in this room; empty for the first. */
  prev: z.union([Digest, z.literal("")]),
  at: z.number().int(),
  body: PeerBody,
});
export type PeerEnvelope = z.infer<typeof PeerEnvelope>;

/** How far somebody has what each origin said in a room: the last `[epoch, seq]` without a gap. */
export const Have = z.record(
  HubId,
  z.tuple([z.number().int().min(1), z.number().int().min(1)]),
);
export type Have = z.infer<typeof Have>;

/** What hubs say to each other about who coordinates a room; not signed, because it counts only from the link of who says it. */
export const TermFrame = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("voteAsked"),
    term: z.number().int().min(1),
    /** Asked by the human who moves the office: the holder's lease does not stand in the way if it is the holder that hands it over. */
    handedOver: z.boolean().optional(),
    /** Only asks whether a vote would be given; nothing is promised (Raft thesis §9.6, "PreVote"). */
    pre: z.boolean().optional(),
  }),
  z.object({
    kind: z.literal("vote"),
    term: z.number().int().min(1),
    granted: z.boolean(),
    /** Answers a question that only asked whether. */
    pre: z.boolean().optional(),
    /** What the voter has: whoever is elected catches up to it before it acts. */
    have: Have,
  }),
  z.object({
    kind: z.literal("lead"),
    term: z.number().int().min(1),
    /** Number of this renewal, from 1 in the term. */
    beat: z.number().int().min(1),
  }),
  z.object({
    kind: z.literal("leadHeard"),
    term: z.number().int().min(1),
    beat: z.number().int().min(1),
  }),
  /** The holder lets go, and who it wants to follow it. */
  z.object({
    kind: z.literal("handOver"),
    term: z.number().int().min(1),
    to: HubId,
  }),
]);
export type TermFrame = z.infer<typeof TermFrame>;

/** Frames of an open link. */
export const LinkFrame = z.discriminatedUnion("t", [
  z.object({ t: z.literal("ping"), id: z.number().int().min(0) }),
  z.object({ t: z.literal("pong"), id: z.number().int().min(0) }),
  /** "This is what I have; send me the rest, and tell me what you have." */
  z.object({
    t: z.literal("have"),
    room: RoomId,
    have: Have,
    /** True: an answer with one's own is wanted. */
    ask: z.boolean(),
    /** Hash of the last of each origin in `have`: two that say the same of `have` and differ here hold two chains. Left out where only part of `have` is told, as an acknowledgement. */
    heads: z.record(HubId, Digest).optional(),
    /** Places from which an origin counts no more, as far as the sender knows. */
    forks: z.record(HubId, z.number().int().min(1)).optional(),
  }),
  /** Signed envelopes, as they were signed, in order. */
  z.object({
    t: z.literal("push"),
    room: RoomId,
    sealed: z.array(z.string().max(MAX_ENVELOPE)).min(1).max(256),
  }),
  z.object({ t: z.literal("term"), room: RoomId, term: TermFrame }),
  z.object({
    t: z.literal("blobAsked"),
    sha256: Digest,
    offset: z.number().int().min(0),
  }),
  z.object({
    t: z.literal("blob"),
    sha256: Digest,
    offset: z.number().int().min(0),
    /** base64; empty: there is no such file here for you. */
    data: z.string().max(200_000),
  }),
  /** What the sender grants the receiver, now. */
  z.object({ t: z.literal("scopes"), scopes: z.array(Scope).max(4) }),
  z.object({ t: z.literal("bye"), why: z.string().max(500) }),
]);
export type LinkFrame = z.infer<typeof LinkFrame>;
