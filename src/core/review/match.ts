/** Which findings of an earlier review a later one of the same scope found again, and what became of the others. */
import type { DataOf } from "../../protocol/event.ts";
import type { ReviewFinding } from "../../protocol/findings.ts";
import { compareAll, compareText } from "../consensus/order.ts";
import { sameClaim } from "../consensus/similarity.ts";

/** Where something of the earlier review is now; `changed` when its line was edited or taken out. */
export interface PlaceNow {
  readonly path: string;
  readonly line: number;
  readonly changed: boolean;
}

/** What the later review knows besides its findings. */
export interface Between {
  /** Where a place of the earlier review is now; null when its file is gone. */
  readonly placeNow: (path: string, line: number) => PlaceNow | null;
  /** Whether the tool of that name came to a result this time. */
  readonly hasRun: (tool: string) => boolean;
}

type Matched = Omit<DataOf<"FindingsMatched">, "previous">;

/** Lines two reviews may place the same defect apart, as in one review. */
const NEAR_LINES = 3;

/**
 * Pairs findings one to one: same file, the same rule or a similar claim, and a place that followed the lines. What was not found again is gone
 * when its file or its line changed, or when only tools had raised it and all of them ran again; a model's silence about unchanged
 * lines settles nothing, so those are kept. What was settled and is not found again stays settled.
 */
export function matchReview(
  earlier: readonly ReviewFinding[],
  later: readonly ReviewFinding[],
  between: Between,
): Matched {
  const places = new Map(
    earlier.map(({ findingId, path, line }) => [
      findingId,
      between.placeNow(path, line),
    ]),
  );
  const pairs = earlier
    .flatMap((was) =>
      later.flatMap((now) => {
        const distance = distanceOf(was, now, places.get(was.findingId));
        return distance === undefined ? [] : [{ was, now, distance }];
      }),
    )
    .toSorted((a, b) =>
      compareAll(
        Number(a.was.claim !== a.now.claim) -
          Number(b.was.claim !== b.now.claim),
        a.distance - b.distance,
        compareText(a.was.findingId, b.was.findingId),
        compareText(a.now.findingId, b.now.findingId),
      ),
    );
  const found = new Map<string, string>();
  const used = new Set<string>();
  for (const { was, now } of pairs) {
    if (found.has(was.findingId) || used.has(now.findingId)) continue;
    found.set(was.findingId, now.findingId);
    used.add(now.findingId);
  }
  const rest = earlier.filter(
    ({ findingId, state }) => !found.has(findingId) && state.kind !== "settled",
  );
  const kept = rest.flatMap((finding) => {
    const place = places.get(finding.findingId) ?? null;
    return place === null || isGone(finding, place, between)
      ? []
      : [keep(finding, place)];
  });
  const keptIds = new Set(kept.map(({ findingId }) => findingId));
  return {
    same: earlier.flatMap((was) => {
      const own = found.get(was.findingId);
      return own === undefined
        ? []
        : [{ own, findingId: was.findingId, ...carried(was) }];
    }),
    kept,
    gone: rest
      .filter(
        ({ findingId, state }) =>
          state.kind === "open" && !keptIds.has(findingId),
      )
      .map(({ findingId }) => findingId),
  };
}

function distanceOf(
  was: ReviewFinding,
  now: ReviewFinding,
  place: PlaceNow | null | undefined,
): number | undefined {
  if (place == null || place.path !== now.path) return undefined;
  const alike =
    was.rule !== undefined && now.rule !== undefined
      ? was.rule === now.rule
      : sameClaim(was.claim, now.claim);
  if (!alike) return undefined;
  if (place.line === 0 || now.line === 0)
    return place.line === now.line ? 0 : NEAR_LINES;
  const distance = Math.abs(place.line - now.line);
  return distance <= NEAR_LINES ? distance : undefined;
}

function isGone(
  { raisedBy }: ReviewFinding,
  { changed }: PlaceNow,
  { hasRun }: Between,
): boolean {
  if (changed) return true;
  return raisedBy.every(({ role, name }) => role === "tool" && hasRun(name));
}

function keep(
  finding: ReviewFinding,
  { path, line }: PlaceNow,
): Matched["kept"][number] {
  const { findingId, claim, severity, rule, fix, standing, raisedBy } = finding;
  const by = line - finding.line;
  return {
    findingId,
    finding: {
      path,
      line,
      claim,
      severity,
      ...(rule !== undefined && { rule }),
      ...(fix !== undefined &&
        fix.from + by >= 1 && {
          fix: { ...fix, from: fix.from + by, to: fix.to + by },
        }),
    },
    standing,
    raisedBy: raisedBy.map(({ agentId }) => agentId),
    ...carried(finding),
  };
}

function carried({
  state,
  explanations,
}: ReviewFinding): Pick<Matched["same"][number], "dismissed" | "explanations"> {
  return {
    ...(state.kind === "dismissed" && {
      dismissed: { why: state.why, reason: state.reason, by: state.by },
    }),
    explanations: [...explanations],
  };
}
