/** What is being done about tasks in this process, at most one thing per task. */
export interface Runs {
  /** Begins unless something is under way for the task; false then. */
  start(taskId: string, work: (signal: AbortSignal) => Promise<void>): boolean;
  has(taskId: string): boolean;
  /** Ends what is under way; does not wait for it to let go. */
  abort(taskId: string): void;
  /** Ends everything, and resolves when all have let go. */
  close(): Promise<void>;
}

/** Nothing yet. `failed` is told of work that rejects though nobody aborted it; `ended` is called after each. */
export function createRuns(
  failed: (taskId: string, error: unknown) => void,
  ended: () => void,
): Runs {
  const runs = new Map<
    string,
    { readonly abort: AbortController; readonly end: Promise<void> }
  >();
  let closed = false;
  return {
    start(taskId, work) {
      if (closed || runs.has(taskId)) return false;
      const abort = new AbortController();
      const end = work(abort.signal)
        .catch((error: unknown) => {
          if (!abort.signal.aborted) failed(taskId, error);
        })
        .finally(() => {
          runs.delete(taskId);
          if (!closed) ended();
        });
      runs.set(taskId, { abort, end });
      return true;
    },
    has: (taskId) => runs.has(taskId),
    abort(taskId) {
      runs.get(taskId)?.abort.abort(new Error("the task has ended"));
    },
    async close() {
      closed = true;
      const all = [...runs.values()];
      for (const { abort } of all) abort.abort(new Error("the hub ends"));
      await Promise.all(all.map(({ end }) => end));
    },
  };
}
