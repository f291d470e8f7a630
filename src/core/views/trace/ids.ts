import { TraceParent } from "../../../protocol/envelope.ts";
import type { Message } from "../../../protocol/a2a.ts";

/** SHA-256 of UTF-8 text, lower-case hex. */
type Hash = (text: string) => string;

/** Ids of spans: the same fact has the same id whoever works it out, before and after a restart. */
export interface TraceIds {
  /** The trace of a mission or context that was given none. */
  readonly traceId: string;
  readonly spanId: (kind: string, id: string) => string;
}

/** Ids within one mission or context. */
export function traceIds(missionId: string, hash: Hash): TraceIds {
  return {
    traceId: hash(`trace ${missionId}`).slice(0, 32),
    spanId: (kind, id) => hash(`span ${missionId} ${kind} ${id}`).slice(0, 16),
  };
}

/** Where a message says that it belongs to a trace of its sender's: W3C trace context in `metadata.traceparent`. Undefined without one, and for one that is not as W3C writes it. */
export function traceparentOf(
  message: Message,
): { readonly traceId: string; readonly parentId: string } | undefined {
  const parsed = TraceParent.safeParse(message.metadata?.["traceparent"]);
  if (!parsed.success) return undefined;
  const [, traceId = "", parentId = ""] = parsed.data.split("-");
  return { traceId, parentId };
}
