import type { PathPart, PathRow, PathShown } from "../../protocol/panelPath.ts";
import type { Span } from "../../protocol/trace.ts";

/** Rows and calls of one row that are shown at once. */
const MAX_ROWS = 200;
const MAX_PARTS = 40;

const ROWS: ReadonlySet<string> = new Set<PathRow["kind"]>([
  "task",
  "message",
  "vote",
  "ruling",
  "permission",
  "build",
  "merge",
]);

/** The latest part of a path as the panel draws it; `now` in ms since 1970 ends what still lasts. */
export function pathShown(spans: readonly Span[], now: number): PathShown {
  const all = spans.filter(({ kind }) => ROWS.has(kind));
  const shown = all.slice(-MAX_ROWS);
  const wanted = new Set(shown.map(({ spanId }) => spanId));
  const parts = Map.groupBy(
    spans.filter(
      ({ kind, parentId }) =>
        (kind === "model" || kind === "tool") &&
        parentId !== null &&
        wanted.has(parentId),
    ),
    ({ parentId }) => parentId,
  );
  const rows = shown.map((span) => rowOf(span, parts.get(span.spanId) ?? []));
  const lasts = shown.some(({ endMs }) => endMs === null);
  const ends = shown.map(({ startMs, endMs }) => endMs ?? startMs);
  const startMs = Math.min(...shown.map((span) => span.startMs), now);
  return {
    startMs,
    endMs: Math.max(lasts ? now : startMs, ...ends),
    lanes: lanesOf(rows),
    rows,
    hidden: all.length - shown.length,
  };
}

/** Who speaks first stands first, but the one who leads the mission before all. */
function lanesOf(rows: readonly PathRow[]): readonly string[] {
  const lanes = new Set(rows.flatMap(({ from, to }) => [from, to]));
  return lanes.delete("hub") ? ["hub", ...lanes] : [...lanes];
}

function rowOf(span: Span, parts: readonly Span[]): PathRow {
  const { kind, name, startMs, endMs, ok, attributes } = span;
  const { from, to } = ends(span);
  const { microUsd } = attributes;
  const shown = parts.slice(-MAX_PARTS);
  return {
    id: span.spanId,
    kind: kind as PathRow["kind"],
    name,
    from,
    to,
    startMs,
    endMs,
    ok,
    outcome: outcomeOf(attributes),
    microUsd:
      typeof microUsd === "number"
        ? microUsd
        : parts.reduce((sum, part) => sum + costOf(part), 0),
    parts: shown.map(partOf),
    hiddenParts: parts.length - shown.length,
  };
}

/** A task goes from who asked to who works; the human is asked by the mission or by an agent; the rest is one's own doing. */
function ends({ kind, agentId, attributes }: Span): {
  readonly from: string;
  readonly to: string;
} {
  const { from, to } = attributes;
  const asked = typeof from === "string" ? from : "hub";
  if (kind === "message")
    return { from: agentId, to: typeof to === "string" ? to : agentId };
  if (kind === "task" || kind === "ruling" || kind === "permission")
    return { from: asked, to: agentId };
  return { from: agentId, to: agentId };
}

function partOf({ kind, name, startMs, endMs, ok }: Span): PathPart {
  return { kind: kind === "model" ? kind : "tool", name, startMs, endMs, ok };
}

function costOf({ attributes: { microUsd } }: Span): number {
  return typeof microUsd === "number" ? microUsd : 0;
}

function outcomeOf(attributes: Span["attributes"]): string {
  const { outcome, verdict, answer } = attributes;
  const said = outcome ?? verdict ?? answer;
  return typeof said === "string" ? said : "";
}
