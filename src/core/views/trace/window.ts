import type { Span, Trace } from "../../../protocol/trace.ts";

/** Spans a reader gets at once. */
const MOST = 1000;

/** What the others hang on; left out last. */
const TRUNKS: ReadonlySet<Span["kind"]> = new Set(["mission", "task", "vote"]);

/**
 * The part of a path that an id names: all of it for a mission, for a task or message what led to it and what came of it. Of more than
 * 1,000 spans the oldest leaves are left out, then the oldest of the rest. Undefined where nothing has that id.
 */
export function traceOf(
  path: {
    readonly missionId: string;
    readonly traceId: string;
    readonly spans: readonly Span[];
  },
  id: string,
  most = MOST,
): Trace | undefined {
  const { missionId } = path;
  const named = id === missionId ? path.spans : narrow(path.spans, id);
  const [first] = named;
  if (first === undefined) return undefined;
  const spans = [...window(named, most)];
  const traceId =
    id === missionId ? path.traceId : (named.at(-1)?.traceId ?? path.traceId);
  return { missionId, traceId, spans, hidden: named.length - spans.length };
}

/** The spans of one task or message, those above it and those below. */
function narrow(spans: readonly Span[], id: string): readonly Span[] {
  const found = spans.filter(
    ({ kind, attributes }) =>
      (kind === "task" && attributes["taskId"] === id) ||
      ((kind === "task" || kind === "message") &&
        attributes["messageId"] === id),
  );
  const byId = new Map(spans.map((span) => [span.spanId, span]));
  const above = new Set<string>();
  for (const span of found)
    for (
      let parent = byId.get(span.parentId ?? "");
      parent !== undefined && !above.has(parent.spanId);
      parent = byId.get(parent.parentId ?? "")
    )
      above.add(parent.spanId);
  const below = new Set(found.map(({ spanId }) => spanId));
  // Parents begin before their children, so one pass finds them all.
  for (const { spanId, parentId } of spans)
    if (parentId !== null && below.has(parentId)) below.add(spanId);
  return found.length === 0
    ? []
    : spans.filter(({ spanId }) => above.has(spanId) || below.has(spanId));
}

function window(spans: readonly Span[], most: number): readonly Span[] {
  let over = spans.length - most;
  if (over <= 0) return spans;
  const out = new Set<Span>();
  for (const leaves of [true, false])
    for (const span of spans) {
      if (over === 0) break;
      if (span.kind === "mission" || TRUNKS.has(span.kind) === leaves) continue;
      out.add(span);
      over -= 1;
    }
  return spans.filter((span) => !out.has(span));
}
