import { foldTrace, type TraceFold } from "../../core/views/trace.ts";
import { traceOf } from "../../core/views/trace/window.ts";
import type { EventLog, Hash } from "../../ports.ts";
import { HUB_STREAM } from "../../protocol/event.ts";
import type { Trace } from "../../protocol/trace.ts";

/** Events of the log's end that are looked through for a message nobody keeps an index of. */
const LOOK_BACK = 20_000;
const PAGE = 1000;

/** The path of what an id names, worked out from the log a page at a time, so that others are served meanwhile; undefined where nothing in it has the id. A message that opened no task is found among the last 20,000 events. */
export async function findTrace(
  log: Pick<EventLog, "read" | "head" | "task">,
  hash: Hash,
  id: string,
): Promise<Trace | undefined> {
  const missionId = missionOf(log, id);
  if (missionId === undefined) return undefined;
  const fold = await readPath(log, hash, missionId);
  return traceOf({ missionId, traceId: fold.traceId, spans: fold.spans() }, id);
}

function missionOf(
  log: Pick<EventLog, "read" | "head" | "task">,
  id: string,
): string | undefined {
  if (id === HUB_STREAM) return undefined;
  if (log.read({ missionId: id, limit: 1 }).length > 0) return id;
  return log.task(id)?.contextId ?? missionOfMessage(log, id);
}

function missionOfMessage(
  log: Pick<EventLog, "read" | "head">,
  messageId: string,
): string | undefined {
  let after = Math.max(0, log.head() - LOOK_BACK);
  for (;;) {
    const page = log.read({ after, limit: PAGE });
    for (const event of page)
      if (
        (event.type === "TaskSubmitted" || event.type === "MessageSent") &&
        event.data.message.messageId === messageId
      )
        return event.missionId;
    const last = page.at(-1);
    if (last === undefined) return undefined;
    after = last.seq;
  }
}

async function readPath(
  log: Pick<EventLog, "read">,
  hash: Hash,
  missionId: string,
): Promise<TraceFold> {
  const fold = foldTrace(missionId, hash, true);
  for (let after = 0; ;) {
    const page = log.read({ missionId, after, limit: PAGE });
    for (const event of page) fold.apply(event);
    const last = page.at(-1);
    if (last === undefined) return fold;
    after = last.seq;
    await new Promise((resolve) => setImmediate(resolve));
  }
}
