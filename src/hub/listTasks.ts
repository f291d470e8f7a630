import type { ListTasksRequest, Task } from "../protocol/a2a.ts";
import type { TaskRecord } from "./tasks.ts";
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

function cursorOf(token: string | undefined): number {
  if (token === undefined || token === "") return Infinity;
  if (!TOKEN.test(token))
    throw invalidField("pageToken", "is not one of this hub's");
  return parseInt(token, 36);
}

function timeOf(timestamp: string | undefined): number {
  if (timestamp === undefined || timestamp === "") return -Infinity;
  const time = Date.parse(timestamp);
  if (Number.isNaN(time))
    throw invalidField("statusTimestampAfter", "must be an ISO 8601 time");
  return time;
}

/** A page of tasks, the latest change of state first. The token names a place in the log, so that changes between pages never show a task twice. */
export function pageOf(
  records: Iterable<TaskRecord>,
  request: ListTasksRequest,
  isMeant: (record: TaskRecord) => boolean,
): {
  readonly records: readonly TaskRecord[];
  readonly nextPageToken: string;
  readonly pageSize: number;
  readonly totalSize: number;
} {
  const { contextId, status, pageSize = DEFAULT_PAGE_SIZE } = request;
  const after = timeOf(request.statusTimestampAfter);
  const before = cursorOf(request.pageToken);
  const fitting = [...records]
    .filter(
      (record) =>
        isMeant(record) &&
        (contextId === undefined ||
          contextId === "" ||
          record.contextId === contextId) &&
        (status === undefined || record.state === status) &&
        record.statusAt > after,
    )
    .sort((a, b) => b.statusSeq - a.statusSeq);
  const rest = fitting.filter((record) => record.statusSeq < before);
  const page = rest.slice(0, pageSize);
  const last = page.at(-1);
  return {
    records: page,
    nextPageToken:
      last === undefined || rest.length <= pageSize
        ? ""
        : last.statusSeq.toString(36),
    pageSize,
    totalSize: fitting.length,
  };
}
