import { foldTrace, type TraceFold } from "../../core/views/trace.ts";
import type { EventLog, Hash } from "../../ports.ts";
import type { Traces } from "../../ports/monitoring.ts";
import type { Recorded } from "../../protocol/event.ts";
import { HUB_STREAM } from "../../protocol/event.ts";

/** Missions whose path is followed at once; the one that was quiet longest goes first. */
const MAX_FOLDS = 200;
const PAGE = 1000;

/** Hands every span that ends from now on to `traces`; returns how to stop. What a mission did before is read once, when it goes on. */
export function exportTraces(
  log: EventLog,
  hash: Hash,
  traces: Traces,
): () => void {
  const folds = new Map<string, TraceFold>();

  /** A mission that was under way before: what is open in it has to be known to end. */
  function seed(fold: TraceFold, event: Recorded): void {
    if (event.prevHash === "") return;
    const { missionId } = event;
    for (let after = 0; ;) {
      const page = log.read({ missionId, after, limit: PAGE });
      for (const earlier of page)
        if (earlier.seq < event.seq) fold.apply(earlier);
      const last = page.at(-1);
      if (last === undefined || last.seq >= event.seq) return;
      after = last.seq;
    }
  }

  function foldOf(event: Recorded): TraceFold {
    const { missionId } = event;
    let fold = folds.get(missionId);
    if (fold === undefined) {
      fold = foldTrace(missionId, hash, false);
      seed(fold, event);
    } else folds.delete(missionId);
    folds.set(missionId, fold);
    for (const oldest of folds.keys()) {
      if (folds.size <= MAX_FOLDS) break;
      folds.delete(oldest);
    }
    return fold;
  }

  return log.subscribe((events) => {
    for (const event of events) {
      if (event.missionId === HUB_STREAM) continue;
      const ended = foldOf(event).apply(event);
      if (ended.length > 0) traces.add(ended);
    }
  });
}
