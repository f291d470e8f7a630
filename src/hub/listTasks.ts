import type { ListTasksRequest, Task } from "../protocol/a2a.ts";
import type { TaskFact } from "../core/taskFact.ts";
import type { Tasks } from "./tasks.ts";
import { invalidField } from "./wireError.ts";

const DEFAULT_PAGE_SIZE = 50;
const TOKEN = /^[0-9a-z]{1,12}$/;

/** The task with at most `length` messages of history, the newest; unset means all of them. */
export function trimHistory(task: Task, length: number | undefined): Task {
  if (length === undefined) return task;
  const { history, ...rest } = task;
  return length === 0
    ? rest
    : { ...rest, history: (history ?? []).slice(-length) };
}

function cursorOf(token: string | undefined): number | undefined {
  if (token === undefined || token === "") return undefined;
  if (!TOKEN.test(token))
    throw invalidField("pageToken", "is not one of this hub's");
  return parseInt(token, 36);
}

function timeOf(timestamp: string | undefined): number | undefined {
  if (timestamp === undefined || timestamp === "") return undefined;
  const time = Date.parse(timestamp);
  if (Number.isNaN(time))
    throw invalidField("statusTimestampAfter", "must be an ISO 8601 time");
  return time;
}

/** A page of tasks, the latest change of state first; `meant` narrows to those for an address or from a sender. The token names a place in the log, so that changes between pages never show a task twice. */
export function pageOf(
  tasks: Pick<Tasks, "list">,
  request: ListTasksRequest,
  meant: {
    readonly address: string | undefined;
    readonly from: string | undefined;
  },
): {
  readonly records: readonly TaskFact[];
  readonly nextPageToken: string;
  readonly pageSize: number;
  readonly totalSize: number;
} {
  const { contextId, status, pageSize = DEFAULT_PAGE_SIZE } = request;
  const { tasks: found, total } = tasks.list({
    ...meant,
    contextId: contextId === "" ? undefined : contextId,
    state: status,
    changedAfter: timeOf(request.statusTimestampAfter),
    before: cursorOf(request.pageToken),
    // One more tells whether there is a next page.
    limit: pageSize + 1,
  });
  const page = found.slice(0, pageSize);
  const last = page.at(-1);
  return {
    records: page,
    nextPageToken:
      last === undefined || found.length <= pageSize
        ? ""
        : last.statusSeq.toString(36),
    pageSize,
    totalSize: total,
  };
}
