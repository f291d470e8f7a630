import { pathShown } from "../core/views/path.ts";
import { foldTrace, type TraceFold } from "../core/views/trace.ts";
import type { Clock, EventLog, Hash } from "../ports.ts";
import type { PathShown } from "../protocol/panelPath.ts";

const PAGE = 1000;

/** Makes the paths a panel shows. The mission looked at last is kept and only read on from where it was; a long one is read a page at a time, so that others are served meanwhile. */
export function createPaths(
  log: Pick<EventLog, "read">,
  hash: Hash,
  clock: Clock,
): (missionId: string) => Promise<PathShown> {
  let held: { readonly fold: TraceFold; seq: number } | undefined;
  /** One after the other: what is held is read on by one at a time. */
  let before: Promise<unknown> = Promise.resolve();

  async function show(missionId: string): Promise<PathShown> {
    if (held?.fold.missionId !== missionId)
      held = { fold: foldTrace(missionId, hash, true), seq: 0 };
    for (;;) {
      const page = log.read({ missionId, after: held.seq, limit: PAGE });
      for (const event of page) {
        held.fold.apply(event);
        held.seq = event.seq;
      }
      if (page.length < PAGE) break;
      await new Promise((resolve) => setImmediate(resolve));
    }
    return pathShown(held.fold.spans(), clock.now());
  }

  return (missionId) => {
    const shown = before.then(() => show(missionId));
    before = shown.catch(() => undefined);
    return shown;
  };
}
