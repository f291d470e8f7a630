/** Facts about the hub itself and those who sit at it; part of the one list in `event.ts`. */
import * as z from "zod";

/** Data of each event type; types are past tense. */
export const HubEventData = {
  /** An agent did not answer its health checks, or its connection ended while it worked. */
  AgentUnhealthy: z.object({ agentId: z.string(), why: z.string() }),
  AgentRecovered: z.object({ agentId: z.string() }),
  /** A dead or overloaded agent's work went to another. */
  TaskReassigned: z.object({
    taskId: z.string(),
    from: z.string(),
    to: z.string(),
    why: z.string(),
  }),
  /** An agent from outside got a token of its own; only its SHA-256 is kept. `expiresAt` in ms since 1970, null for none. */
  AgentTokenIssued: z.object({
    agentId: z.string(),
    digest: z.string(),
    expiresAt: z.number().int().nullable(),
    /** True: it may also give work to others. */
    mayAsk: z.boolean().optional(),
  }),
  AgentTokenRevoked: z.object({ agentId: z.string() }),
  /** An A2A server elsewhere joined by the address of its card. */
  AgentLinked: z.object({
    agentId: z.string(),
    cardUrl: z.string(),
    role: z.string().optional(),
    /** Where the bearer token it wants is kept, e.g. `env:OTHER_TOKEN`; never the token. */
    tokenFrom: z.string().optional(),
    /** Public key (JWK as JSON) its card must be signed with. */
    cardKey: z.string().optional(),
  }),
  AgentUnlinked: z.object({ agentId: z.string() }),
  /** A closed mission went from the log into an archive; `file` is its name in the archive folder. */
  MissionArchived: z.object({
    missionId: z.string(),
    firstSeq: z.number().int(),
    lastSeq: z.number().int(),
    events: z.number().int(),
    tip: z.string(),
    file: z.string(),
    sha256: z.string(),
  }),
} as const;
