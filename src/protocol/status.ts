/** What `GET /status` answers: monitoring only, nothing of what is said and no secrets. */
import * as z from "zod";

const count = z.number().int().min(0);

/** The state of a running hub. Times are ms since 1970, sizes bytes. */
export const HubStatus = z.object({
  status: z.literal("ok"),
  name: z.string(),
  version: z.string(),
  /** Versions of A2A it answers. */
  a2a: z.array(z.string()),
  pid: count,
  startedAt: z.number(),
  upMs: z.number(),
  agents: z.array(
    z.object({
      agentId: z.string(),
      role: z.string(),
      lineage: z.string(),
      where: z.string(),
      state: z.enum(["idle", "working", "unhealthy"]),
      /** Tasks it works on now, and those that wait for it. */
      tasks: count,
      waiting: count,
      /** What it said of itself, 0 to 1; null when it said nothing. */
      load: z.number().nullable(),
      /** Whether work is kept away from it after failures. */
      circuit: z.enum(["closed", "open", "halfOpen"]),
      /** Share of its time at this table it worked, 0 to 1, since the hub started. */
      utilisation: z.number(),
    }),
  ),
  tasks: z.object({ running: count }),
  sessions: count,
  /** Mailboxes with something in them, the fullest first, at most 100. */
  queues: z.array(z.object({ mailbox: z.string(), waiting: count })),
  deadLetters: count,
  log: z.object({
    head: count,
    epoch: count,
    /** Null where the log is in no file. */
    bytes: count.nullable(),
  }),
  /** All there ever were, by how they stand. */
  missions: z.object({
    running: count,
    waiting: count,
    stalled: count,
    closed: count,
  }),
  /** Teammates' hubs; left out before there is any. */
  peers: z
    .array(
      z.object({
        hubId: z.string(),
        name: z.string(),
        state: z.enum(["connected", "connecting", "away", "revoked"]),
        latencyMs: z.number().nullable(),
        /** Envelopes that wait for it. */
        waiting: count,
      }),
    )
    .optional(),
  process: z.object({
    residentBytes: count,
    heapBytes: count,
    /** 99th percentile of the event loop's delay since the hub listens, ms. */
    loopDelayP99Ms: z.number(),
  }),
});
export type HubStatus = z.infer<typeof HubStatus>;
