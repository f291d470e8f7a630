import type { Span } from "../../../protocol/trace.ts";

/** A span with its place in the tree, from 0. */
export interface Branch {
  readonly span: Span;
  readonly depth: number;
  /** Whether it is the last of its parent's, and so were its parents, from the outside in. */
  readonly last: readonly boolean[];
}

/** Spans as a tree read from top to bottom: children below their parent in the order they began. A span whose parent is not among them stands at the root. */
export function traceTree(spans: readonly Span[]): readonly Branch[] {
  const known = new Set(spans.map(({ spanId }) => spanId));
  const children = Map.groupBy(spans, ({ parentId }) =>
    parentId !== null && known.has(parentId) ? parentId : "",
  );
  const branches: Branch[] = [];
  const seen = new Set<string>();
  const walk = (parentId: string, above: readonly boolean[]): void => {
    const all = (children.get(parentId) ?? []).toSorted(
      (a, b) => a.startMs - b.startMs,
    );
    for (const [at, span] of all.entries()) {
      // Ids from outside could name each other in a ring.
      if (seen.has(span.spanId)) continue;
      seen.add(span.spanId);
      const last = [...above, at === all.length - 1];
      branches.push({ span, depth: above.length, last });
      walk(span.spanId, last);
    }
  };
  walk("", []);
  return branches;
}
