import type { Clock } from "../../ports.ts";

interface Entry {
  readonly at: number;
  readonly run: () => void;
}

/** Things to be done at a time, with one timer for all of them. */
export interface Alarm {
  /** Calls `run` once the clock says `at` or later, ms since 1970. */
  at(at: number, run: () => void): void;
  /** Forgets everything. */
  stop(): void;
}

/** Sets up an alarm on a clock. */
export function createAlarm(clock: Clock): Alarm {
  const heap: Entry[] = [];
  let timer: AbortController | undefined;
  let armedFor = Infinity;

  function push(entry: Entry): void {
    let i = heap.push(entry) - 1;
    while (i > 0) {
      const parent = (i - 1) >> 1;
      const above = heap[parent];
      if (above === undefined || above.at <= entry.at) break;
      heap[i] = above;
      i = parent;
    }
    heap[i] = entry;
  }

  function pop(): void {
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return;
    let i = 0;
    for (;;) {
      let child = 2 * i + 1;
      const left = heap[child];
      const right = heap[child + 1];
      if (left === undefined) break;
      if (right !== undefined && right.at < left.at) child += 1;
      const least = heap[child];
      if (least === undefined || least.at >= last.at) break;
      heap[i] = least;
      i = child;
    }
    heap[i] = last;
  }

  function ring(): void {
    const now = clock.now();
    for (
      let first = heap[0];
      first !== undefined && first.at <= now;
      first = heap[0]
    ) {
      pop();
      first.run();
    }
  }

  function arm(): void {
    const next = heap[0]?.at ?? Infinity;
    if (next >= armedFor || next === Infinity) return;
    timer?.abort();
    const own = (timer = new AbortController());
    armedFor = next;
    clock.after(Math.max(0, next - clock.now()), own.signal).then(
      () => {
        armedFor = Infinity;
        ring();
        arm();
      },
      // Aborted: an earlier one was set, or everything is over.
      () => undefined,
    );
  }

  return {
    at(at, run) {
      push({ at, run });
      arm();
    },
    stop() {
      heap.length = 0;
      timer?.abort();
    },
  };
}
