/** What crosses between the hub and an agent that sits at it: JSON-RPC 2.0, one object per frame, in process or over WebSocket. */
import * as z from "zod";
import { AgentCard, Artifact, Message, StatusUpdate } from "./a2a.ts";

/** Subprotocol of the WebSocket. */
export const SUBPROTOCOL = "a2a.v1";
/** URI that names our WebSocket binding in agent cards. */
export const WS_BINDING = "urn:roundtable:a2a:binding:websocket:v1";

/** Name of an agent at a hub. */
export const AgentId = z.string().regex(/^[a-z0-9][a-z0-9_-]{0,63}$/);

/** agent → hub request `agent/register`: takes a seat. The answer is `{agentId}`. */
export const Register = z.object({
  agentId: AgentId,
  role: z.string().min(1).max(64),
  lineage: z.string().max(128),
  card: AgentCard,
  /** Tasks it works on at once, 64 when unset; four times as many wait for it. */
  concurrency: z.number().int().min(1).max(256).optional(),
  /** Agent that gets its tasks while its circuit is open, and those it had when it goes away. */
  fallback: AgentId.optional(),
});
export type Register = z.infer<typeof Register>;

/** agent → hub request `agent/deregister`: gives up one seat of this connection, or all; what it had under way is as if it went away. */
export const Deregister = z.object({ agentId: AgentId.optional() });

/** How an agent is: `busy` gets work when nobody else fits, `draining` gets none. */
export const AgentStatus = z.enum(["ready", "busy", "draining"]);
export type AgentStatus = z.infer<typeof AgentStatus>;

/** agent → hub request or notification `agent/heartbeat`: it lives, and how it is. `load` is 0 (idle) to 1 (full); what is left out stays as it was. */
export const Heartbeat = z.object({
  agentId: AgentId.optional(),
  load: z.number().min(0).max(1).optional(),
  status: AgentStatus.optional(),
});
export type Heartbeat = z.infer<typeof Heartbeat>;

const Pattern = z
  .string()
  .max(128)
  .regex(/^[A-Za-z0-9_.:/*-]+$/);

/** Request `agents/list`: who sits here. Each member is a pattern in which `*` stands for any characters; all given must fit. A capability is a skill's tag, or a capability or extension its card names. */
export const AgentsQuery = z
  .object({
    id: Pattern.optional(),
    role: Pattern.optional(),
    skill: Pattern.optional(),
    capability: Pattern.optional(),
  })
  .prefault({});
export type AgentsQuery = z.infer<typeof AgentsQuery>;

/** One agent as `agents/list` tells of it; times in ms since 1970. */
export const SeatedAgent = z.object({
  agentId: z.string(),
  name: z.string(),
  description: z.string(),
  role: z.string(),
  lineage: z.string(),
  where: z.enum(["inProcess", "webSocket"]),
  skills: z.array(z.string()),
  status: AgentStatus,
  /** What it said itself, 0 to 1. */
  load: z.number().optional(),
  running: z.number(),
  waiting: z.number(),
  concurrency: z.number(),
  circuit: z.enum(["closed", "open", "halfOpen"]),
  /** Why it is not well, if so. */
  unhealthy: z.string().optional(),
  fallback: z.string().optional(),
  seatedAt: z.number(),
  heardAt: z.number(),
});
export type SeatedAgent = z.infer<typeof SeatedAgent>;

/** Answer to `agents/list`. */
export const AgentsList = z.object({ agents: z.array(SeatedAgent) });

/** Request `agents/issueToken`, the owner's: a token of an agent's own; one issued before ends. `days` is 1 to 3650, 30 when unset. The answer is an {@link IssuedToken}. */
export const IssueToken = z.object({
  agentId: AgentId,
  days: z.number().int().min(1).max(3650).default(30),
  mayAsk: z.boolean().default(false),
});

/** What `agents/issueToken` answers, once; the hub keeps the token's SHA-256 only. */
export const IssuedToken = z.object({
  agentId: z.string(),
  token: z.string(),
  /** ms since 1970. */
  expiresAt: z.number(),
  wsUrl: z.string(),
});
export type IssuedToken = z.infer<typeof IssuedToken>;

/** Answer to `agents/outside`, the owner's: whose tokens are good, and which servers elsewhere joined, whether they sit now or not. */
export const OutsideAgents = z.object({
  tokens: z.array(
    z.object({
      agentId: z.string(),
      /** ms since 1970. */
      expiresAt: z.number(),
      mayAsk: z.boolean(),
    }),
  ),
  links: z.array(z.object({ agentId: z.string(), cardUrl: z.string() })),
});
export type OutsideAgents = z.infer<typeof OutsideAgents>;

/** Requests `agents/revokeToken` and `agents/leave`, the owner's. */
export const AgentNamed = z.object({ agentId: AgentId });

/** Request `agents/join`, the owner's: seats an A2A server elsewhere. The answer is `{agentId, name}`. */
export const JoinAgent = z.object({
  /** Address of its card: https, or http on this machine. */
  cardUrl: z.string().max(2048),
  /** The id it gets here; from the card's name when unset. */
  agentId: AgentId.optional(),
  role: z
    .string()
    .regex(/^[A-Za-z0-9_-]{1,64}$/)
    .default("external"),
  /** Where its bearer token is kept: `env:NAME` or `secret:NAME`. */
  tokenFrom: z
    .string()
    .regex(
      /^(?:env:[A-Za-z_][A-Za-z0-9_]{0,127}|secret:[A-Za-z0-9_.-]{1,128})$/,
    )
    .optional(),
  /** Public key (JWK as JSON) that must have signed the card. */
  cardKey: z.string().max(4096).optional(),
});
export type JoinAgent = z.infer<typeof JoinAgent>;

/** hub → agent request `task/execute`: do this piece of work. The answer is an empty object once the task has ended. */
export const Execute = z.object({
  taskId: z.string(),
  contextId: z.string(),
  message: Message,
});
export type Execute = z.infer<typeof Execute>;

/** hub → agent notification `task/cancel`. */
export const Cancel = z.object({ taskId: z.string() });
export type Cancel = z.infer<typeof Cancel>;

/** agent → hub notification `task/status`. */
export const TaskStatusFrame = StatusUpdate;
/** agent → hub notification `task/artifact`. */
export const TaskArtifactFrame = z.object({
  taskId: z.string(),
  artifact: Artifact,
  append: z.boolean().default(false),
});
export type TaskArtifactFrame = z.infer<typeof TaskArtifactFrame>;
/** agent → hub notification `task/text`: words as they are typed, shown but not stored. */
export const TaskTextFrame = z.object({
  taskId: z.string(),
  delta: z.string(),
});
export type TaskTextFrame = z.infer<typeof TaskTextFrame>;

/** First line a headless hub prints, and the content of its discovery file (which adds `token`). */
export const HubAddress = z.object({
  name: z.string(),
  url: z.string(),
  wsUrl: z.string(),
  tokenFile: z.string(),
  pid: z.number().int(),
});
export type HubAddress = z.infer<typeof HubAddress>;
