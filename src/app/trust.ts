import {
  emptyTrust,
  learnTrust,
  type TrustCounts,
} from "../core/trust/trust.ts";
import { viewTrust, type TrustRow } from "../core/views/trust.ts";
import { TrustSnapshot } from "../protocol/trust.ts";
import { HUB_STREAM, type RecordedOf } from "../protocol/event.ts";
import type { EventLog } from "../ports.ts";

/** What outcomes have taught, followed as they come in. */
export interface Trust {
  counts(): TrustCounts;
  /** By agent and class, with the last outcomes behind each; read from the log when asked for the first time since something was learned. */
  rows(): readonly TrustRow[];
  dispose(): void;
}

/** Name of the counts in the log's snapshots. */
const KIND = "trust";
/** Version of what is kept there: counts made otherwise are made anew. */
const KEY = "counts-1";
const PAGE = 1000;

/** Reads what was learned so far, from the last snapshot on, and follows the log. */
export function followTrust(log: EventLog): Trust {
  const kept = log.snapshot(KIND, KEY);
  const parsed = TrustSnapshot.safeParse(kept?.body);
  let counts: TrustCounts = parsed.success ? parsed.data : emptyTrust;
  let reached = parsed.success ? (kept?.seq ?? 0) : 0;
  const take = (event: RecordedOf<"TrustLearned">): void => {
    if (event.seq <= reached) return;
    counts = learnTrust(counts, event.data);
    reached = event.seq;
  };
  const keptAt = reached;
  for (const event of lessonsIn(log, reached)) take(event);
  const unsubscribe = log.subscribe((events) => {
    for (const event of events) if (event.type === "TrustLearned") take(event);
  });
  let shown:
    | { readonly of: TrustCounts; readonly rows: readonly TrustRow[] }
    | undefined;
  const rows = (): readonly TrustRow[] => {
    // Whoever shows them asks often, and outcomes are rare.
    if (shown?.of !== counts)
      shown = { of: counts, rows: viewTrust(lessonsIn(log, 0)) };
    return shown.rows;
  };
  return {
    counts: () => counts,
    rows,
    dispose: () => {
      unsubscribe();
      if (reached > keptAt) log.keepSnapshot(KIND, KEY, reached, counts);
    },
  };
}

/** Every lesson of the log after a place, in order. */
function* lessonsIn(
  log: Pick<EventLog, "read">,
  after: number,
): Generator<RecordedOf<"TrustLearned">> {
  for (let from = after; ;) {
    const page = log.read({
      missionId: HUB_STREAM,
      types: ["TrustLearned"],
      after: from,
      limit: PAGE,
    });
    for (const event of page) if (event.type === "TrustLearned") yield event;
    const last = page.at(-1);
    if (last === undefined || page.length < PAGE) return;
    from = last.seq;
  }
}
