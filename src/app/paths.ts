import { pathShown } from "../core/views/path.ts";
import { foldTrace, type TraceFold } from "../core/views/trace.ts";
import type { Clock, EventLog, Hash } from "../ports.ts";
import type { PathShown } from "../protocol/panelPath.ts";

const PAGE = 1000;

/** Makes the paths a panel shows. The mission looked at last is kept and only read on from where it was. */
export function createPaths(
  log: Pick<EventLog, "read">,
  hash: Hash,
  clock: Clock,
): (missionId: string) => PathShown {
  let held: { readonly fold: TraceFold; seq: number } | undefined;
  return (missionId) => {
    if (held?.fold.missionId !== missionId)
      held = { fold: foldTrace(missionId, hash, true), seq: 0 };
    for (;;) {
      const page = log.read({ missionId, after: held.seq, limit: PAGE });
      for (const event of page) {
        held.fold.apply(event);
        held.seq = event.seq;
      }
      if (page.length === 0) break;
    }
    return pathShown(held.fold.spans(), clock.now());
  };
}
