/** The path of a mission, a task or a message through the agents, as `trace/get` answers it and as it is exported. No words of anybody are in it. */
import * as z from "zod";

/** What a span stands for. */
export const SpanKind = z.enum([
  "mission",
  "task",
  "message",
  "model",
  "tool",
  "vote",
  "ballot",
  "ruling",
  "permission",
  "check",
  "build",
  "merge",
]);
export type SpanKind = z.infer<typeof SpanKind>;

/** One stretch of the path. Times are ms since 1970; ids are lower-case hex as in W3C trace context. */
export const Span = z.object({
  traceId: z.string().regex(/^[0-9a-f]{32}$/),
  spanId: z.string().regex(/^[0-9a-f]{16}$/),
  /** Null for the first of its trace. */
  parentId: z
    .string()
    .regex(/^[0-9a-f]{16}$/)
    .nullable(),
  kind: SpanKind,
  /** A word or two, e.g. `vote plan` or the name of a tool; never content. */
  name: z.string(),
  /** Who worked or decided; `hub` and `human` are such too. */
  agentId: z.string(),
  startMs: z.number().int(),
  /** Null while it lasts. */
  endMs: z.number().int().nullable(),
  /** Null while it lasts and where there is nothing to fail. */
  ok: z.boolean().nullable(),
  /** Names, numbers and ids. */
  attributes: z.record(z.string(), z.union([z.string(), z.number()])),
});
export type Span = z.infer<typeof Span>;

/** Params of `trace/get`: the id of a mission, a task or a message. */
export const TraceRequest = z.object({ id: z.string().min(1).max(256) });
export type TraceRequest = z.infer<typeof TraceRequest>;

/** Answer to `trace/get`. */
export const Trace = z.object({
  /** The mission or context the id belongs to. */
  missionId: z.string(),
  traceId: z.string(),
  /** In the order they began; parents before their children. Of a long path the first and the latest. */
  spans: z.array(Span),
  /** Spans that were left out. */
  hidden: z.number().int(),
});
export type Trace = z.infer<typeof Trace>;
