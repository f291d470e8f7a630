/** What peers ask for, a few of each at once, each once. */
export interface Errands<T> {
  /** Takes an errand in, unless it is known already. Returns why not when too many wait. */
  add(hubId: string, id: string, errand: T): string | undefined;
  /** Looks again whether what waits may run. */
  goOn(): void;
  /** Ends what runs for a peer and forgets what waits. */
  drop(hubId: string): void;
  /** Ends everything; resolves when nothing runs. */
  close(): Promise<void>;
}

interface OfPeer<T> {
  readonly waiting: { readonly id: string; readonly errand: T }[];
  readonly running: Map<string, AbortController>;
}

/** Nothing to do yet. */
export function createErrands<T>(options: {
  /** Of one peer. */
  readonly atOnce: number;
  readonly maxWaiting: number;
  /** Asked before each start. */
  readonly mayRun: (hubId: string) => boolean;
  /** Rejections mean nothing: it is over either way. */
  readonly run: (
    hubId: string,
    errand: T,
    signal: AbortSignal,
  ) => Promise<void>;
}): Errands<T> {
  const { atOnce, maxWaiting, mayRun, run } = options;
  const peers = new Map<string, OfPeer<T>>();
  const ends = new Set<Promise<void>>();
  let closed = false;

  function of(hubId: string): OfPeer<T> {
    const known = peers.get(hubId);
    if (known !== undefined) return known;
    const fresh: OfPeer<T> = { waiting: [], running: new Map() };
    peers.set(hubId, fresh);
    return fresh;
  }

  function next(hubId: string): void {
    const { waiting, running } = of(hubId);
    while (!closed && running.size < atOnce && mayRun(hubId)) {
      const first = waiting.shift();
      if (first === undefined) return;
      const { id, errand } = first;
      const over = new AbortController();
      running.set(id, over);
      const end = run(hubId, errand, over.signal)
        .catch(() => undefined)
        .then(() => {
          running.delete(id);
          ends.delete(end);
          next(hubId);
        });
      ends.add(end);
    }
  }

  return {
    add(hubId, id, errand) {
      const { waiting, running } = of(hubId);
      if (running.has(id) || waiting.some((one) => one.id === id))
        return undefined;
      if (waiting.length >= maxWaiting)
        return `${String(maxWaiting)} messages of this hub wait here already.`;
      waiting.push({ id, errand });
      next(hubId);
      return undefined;
    },
    goOn() {
      for (const hubId of peers.keys()) next(hubId);
    },
    drop(hubId) {
      const known = peers.get(hubId);
      peers.delete(hubId);
      for (const over of known?.running.values() ?? []) over.abort();
    },
    async close() {
      closed = true;
      for (const { running } of peers.values())
        for (const over of running.values()) over.abort();
      await Promise.all(ends);
    },
  };
}
