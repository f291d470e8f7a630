/**
 * Messages between agents that are not tasks: direct, to a role or skill, to a topic, to everyone. An envelope is a header for the hub
 * and a payload for the recipient; the hub routes by the header alone and passes the payload on byte for byte.
 */
import * as z from "zod";

/** Subprotocol of sockets that also carry envelope frames; everything of `a2a.v1` is understood on it too. */
export const ENVELOPE_SUBPROTOCOL = "roundtable.v1";

/** First character of an envelope frame: `!` header (JSON, one line) LF payload (JSON). Every other frame is JSON-RPC. */
export const ENVELOPE_MARK = "!";

/** Most bytes of an envelope frame's header, the mark and the line end not counted. */
export const MAX_HEADER_BYTES = 4096;

/** How long a request waits for its answer when it names no `expiresAt`, and for each further part of a streamed one, ms. */
export const ANSWER_MS = 30_000;

/** What a message is for. */
export const EnvelopeType = z.enum([
  "request",
  "response",
  "broadcast",
  "event",
  "heartbeat",
  "error",
]);
export type EnvelopeType = z.infer<typeof EnvelopeType>;

/** Lowest, usual and highest priority. */
export const PRIORITY = { min: 0, usual: 5, max: 10 } as const;

/**
 * Whom a message is for: `agent:ID`, `role:ROLE` (one of that role), `skill:PATTERN` (one with such a skill; `*` stands for any
 * characters), `topic:a.b.c` (all who subscribed), `everyone` (all who are seated, but the sender).
 */
export const Recipient = z
  .string()
  .max(256)
  .regex(
    /^(?:everyone|agent:[a-z0-9][a-z0-9_-]{0,63}|role:[A-Za-z0-9_-]{1,64}|skill:[A-Za-z0-9_.*-]{1,128}|topic:[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+){0,15})$/,
  );
export type Recipient = z.infer<typeof Recipient>;

/** Topics somebody wants: segments separated by dots, `*` for exactly one segment, `#` at the end for any number, none included. */
export const TopicPattern = z
  .string()
  .max(256)
  .regex(
    /^(?:#|(?:\*|[A-Za-z0-9_-]+)(?:\.(?:\*|[A-Za-z0-9_-]+)){0,15}(?:\.#)?)$/,
  );
export type TopicPattern = z.infer<typeof TopicPattern>;

/** Name of a lasting subscription. */
export const SubscriptionName = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$/);

/** Most patterns one subscription, or one socket, can have. */
export const MAX_PATTERNS = 256;

/** Parameters of `envelope/subscribe`. */
export const Subscribe = z.object({
  topics: z.array(TopicPattern).min(1).max(MAX_PATTERNS),
  name: SubscriptionName.optional(),
});

/** Parameters of `envelope/unsubscribe`. */
export const Unsubscribe = z.object({
  topics: z.array(TopicPattern).max(MAX_PATTERNS).optional(),
  name: SubscriptionName.optional(),
});

/** Parameters of `envelope/ack`. */
export const Acknowledge = z.object({
  seqs: z.array(z.number().int()).max(10_000),
  name: SubscriptionName.optional(),
});

/** Parameters of `envelope/refuse`. */
export const Refuse = z.object({
  seq: z.number().int(),
  why: z.string().max(1024),
  name: SubscriptionName.optional(),
});

/** W3C trace context, version 00. */
export const TraceParent = z
  .string()
  .regex(/^00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$/);

/** What the hub reads of a message. Unknown members are kept and passed on. */
export const EnvelopeHeader = z.looseObject({
  /** The sender's; the same id from the same sender is the same message, for ever. */
  id: z.string().min(1).max(128),
  /** Set by the hub from who is connected; what a sender writes here must agree. */
  from: z.string().max(64).optional(),
  to: Recipient,
  type: EnvelopeType.default("event"),
  /** On disk before it is acknowledged, and delivered until the recipient acknowledges it. Without it a message is live: told to who is there, and forgotten. */
  durable: z.boolean().default(false),
  /** 0 to 10, the highest first. */
  priority: z
    .number()
    .int()
    .min(PRIORITY.min)
    .max(PRIORITY.max)
    .default(PRIORITY.usual),
  /** When it was sent, ms since 1970. */
  at: z.number().int().optional(),
  /** After this it is dropped and counted, ms since 1970. */
  expiresAt: z.number().int().optional(),
  /** The request this answers, or the conversation it belongs to. */
  correlationId: z.string().max(128).optional(),
  /** Of a streamed answer: further `response`s with this correlationId follow. */
  more: z.boolean().optional(),
  /** The message that led to this one. */
  causationId: z.string().max(128).optional(),
  traceparent: TraceParent.optional(),
  tracestate: z.string().max(512).optional(),
  /** Set by the hub on delivery of durable messages: its place, what is acknowledged. */
  seq: z.number().int().optional(),
  /** Set by the hub on delivery of durable messages: 1 the first time. */
  attempt: z.number().int().optional(),
  /** Set by the hub on what came by a lasting subscription: its name, to be said when it is acknowledged. */
  subscription: z.string().max(64).optional(),
});
export type EnvelopeHeader = z.infer<typeof EnvelopeHeader>;

/** Parameters of `envelope/send`, and of the notification `envelope/deliver`. Without a payload it is null. */
export const Send = z.object({
  header: EnvelopeHeader,
  payload: z.unknown().optional(),
});
