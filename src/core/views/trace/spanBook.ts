import type { Span, SpanKind } from "../../../protocol/trace.ts";
import { traceIds } from "./ids.ts";

/** What a span begins with besides its place in time. */
export interface Beginning {
  readonly name: string;
  readonly agentId: string;
  /** Left out: the mission, where there is one. */
  readonly parentId?: string | null;
  /** Left out: the mission's or context's own. */
  readonly traceId?: string;
  readonly attributes?: Span["attributes"];
}

/** The spans of one mission or context. */
export interface SpanBook {
  readonly traceId: string;
  readonly spanId: (kind: SpanKind, id: string) => string;
  get(spanId: string): Span | undefined;
  /** Begins a span and returns its id. The first of kind `mission` becomes the parent of those that name none. */
  start(kind: SpanKind, id: string, at: number, rest: Beginning): string;
  /** Ends a span; none where it is not open. */
  end(
    spanId: string,
    at: number,
    ok: boolean | null,
    attributes?: Span["attributes"],
  ): readonly Span[];
  /** Something that took no time of its own. */
  point(
    kind: SpanKind,
    id: string,
    at: number,
    rest: Beginning,
  ): readonly Span[];
  /** Adds to what a span says. */
  note(spanId: string, attributes: Span["attributes"]): void;
  /** In the order they began. */
  all(): readonly Span[];
}

/** An empty book. Without `keep`, ended spans are forgotten. */
export function spanBook(
  missionId: string,
  hash: (text: string) => string,
  keep: boolean,
): SpanBook {
  const ids = traceIds(missionId, hash);
  const spans = new Map<string, Span>();
  const open = new Set<string>();
  let root: string | null = null;

  const book: SpanBook = {
    traceId: ids.traceId,
    spanId: ids.spanId,
    get: (spanId) => spans.get(spanId),
    start(kind, id, at, rest) {
      const spanId = ids.spanId(kind, id);
      spans.set(spanId, {
        traceId: rest.traceId ?? ids.traceId,
        spanId,
        parentId: rest.parentId === undefined ? root : rest.parentId,
        kind,
        name: rest.name,
        agentId: rest.agentId,
        startMs: at,
        endMs: null,
        ok: null,
        attributes: rest.attributes ?? {},
      });
      open.add(spanId);
      if (kind === "mission") root = spanId;
      return spanId;
    },
    end(spanId, at, ok, attributes = {}) {
      const span = spans.get(spanId);
      if (span === undefined || !open.delete(spanId)) return [];
      const ended: Span = {
        ...span,
        // A clock may be set back; no span ends before it began.
        endMs: Math.max(at, span.startMs),
        ok,
        attributes: { ...span.attributes, ...attributes },
      };
      if (keep) spans.set(spanId, ended);
      else spans.delete(spanId);
      return [ended];
    },
    point: (kind, id, at, rest) =>
      book.end(book.start(kind, id, at, rest), at, null),
    note(spanId, attributes) {
      const span = spans.get(spanId);
      if (span !== undefined)
        spans.set(spanId, {
          ...span,
          attributes: { ...span.attributes, ...attributes },
        });
    },
    all: () => [...spans.values()],
  };
  return book;
}
