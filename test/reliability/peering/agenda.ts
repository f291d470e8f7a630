/** Simulated time: what will happen, in the order of time; what is due at one moment happens in the order it was planned. */
export interface Agenda {
  /** True time, whole ms from 0. Nobody in the simulation can read it but the referee. */
  readonly now: number;
  /** Plans something, so many ms from now. */
  in(ms: number, act: () => void): void;
  /** Lets the next thing happen; false when nothing is planned before `until`, and the time is `until` then. */
  step(until: number): boolean;
}

interface Planned {
  readonly time: number;
  readonly order: number;
  readonly act: () => void;
}

const before = (a: Planned, b: Planned): boolean =>
  a.time < b.time || (a.time === b.time && a.order < b.order);

/** An empty agenda: a binary heap. */
export function createAgenda(): Agenda {
  const heap: Planned[] = [];
  let now = 0;
  let planned = 0;

  const push = (one: Planned): void => {
    let at = heap.length;
    heap.push(one);
    while (at > 0) {
      const up = (at - 1) >> 1;
      const parent = heap[up];
      if (parent === undefined || before(parent, one)) break;
      heap[at] = parent;
      at = up;
    }
    heap[at] = one;
  };

  const pop = (): void => {
    const last = heap.pop();
    const { length } = heap;
    if (last === undefined || length === 0) return;
    let at = 0;
    for (;;) {
      const left = at * 2 + 1;
      let least = heap[left];
      if (least === undefined) break;
      let child = left;
      const right = heap[left + 1];
      if (right !== undefined && before(right, least)) {
        least = right;
        child = left + 1;
      }
      if (before(last, least)) break;
      heap[at] = least;
      at = child;
    }
    heap[at] = last;
  };

  return {
    get now() {
      return now;
    },
    in(ms, act) {
      push({ time: now + ms, order: planned, act });
      planned += 1;
    },
    step(until) {
      const [first] = heap;
      if (first === undefined || first.time > until) {
        now = until;
        return false;
      }
      pop();
      now = first.time;
      first.act();
      return true;
    },
  };
}
