/** One place in the tree of patterns. */
interface Branch<T> {
  readonly next: Map<string, Branch<T>>;
  /** Whose pattern ends here. */
  readonly here: Set<T>;
  /** Whose pattern goes on with `#` from here. */
  readonly rest: Set<T>;
}

/** Topics whose audience is remembered. */
const MAX_REMEMBERED = 10_000;

/** Who wants which topics. */
export interface Topics<T> {
  /** Adds a pattern as `TopicPattern` allows it; twice is once. */
  add(pattern: string, subscriber: T): void;
  remove(pattern: string, subscriber: T): void;
  /** Everyone with at least one pattern that fits the topic, once each, in no promised order. The same array until somebody comes or goes. */
  match(topic: string): readonly T[];
}

function createBranch<T>(): Branch<T> {
  return { next: new Map(), here: new Set(), rest: new Set() };
}

function isBare<T>({ next, here, rest }: Branch<T>): boolean {
  return next.size === 0 && here.size === 0 && rest.size === 0;
}

function collect<T>(
  branch: Branch<T>,
  segments: readonly string[],
  at: number,
  found: Set<T>,
): void {
  for (const subscriber of branch.rest) found.add(subscriber);
  const segment = segments[at];
  if (segment === undefined) {
    for (const subscriber of branch.here) found.add(subscriber);
    return;
  }
  const exact = branch.next.get(segment);
  if (exact !== undefined) collect(exact, segments, at + 1, found);
  const any = branch.next.get("*");
  if (any !== undefined) collect(any, segments, at + 1, found);
}

function split(pattern: string): {
  readonly segments: readonly string[];
  readonly rest: boolean;
} {
  const segments = pattern.split(".");
  return segments.at(-1) === "#"
    ? { segments: segments.slice(0, -1), rest: true }
    : { segments, rest: false };
}

/** An empty table of patterns: a tree by segments, and the audiences of recent topics. */
export function createTopics<T>(): Topics<T> {
  const root = createBranch<T>();
  const remembered = new Map<string, readonly T[]>();

  /** Takes away, and the branches that nobody needs any more with it. */
  function prune(
    branch: Branch<T>,
    segments: readonly string[],
    at: number,
    take: (end: Branch<T>) => void,
  ): void {
    const segment = segments[at];
    if (segment === undefined) {
      take(branch);
      return;
    }
    const child = branch.next.get(segment);
    if (child === undefined) return;
    prune(child, segments, at + 1, take);
    if (isBare(child)) branch.next.delete(segment);
  }

  return {
    add(pattern, subscriber) {
      const { segments, rest } = split(pattern);
      let branch = root;
      for (const segment of segments) {
        const child = branch.next.get(segment) ?? createBranch<T>();
        branch.next.set(segment, child);
        branch = child;
      }
      (rest ? branch.rest : branch.here).add(subscriber);
      remembered.clear();
    },
    remove(pattern, subscriber) {
      const { segments, rest } = split(pattern);
      prune(root, segments, 0, (end) => {
        (rest ? end.rest : end.here).delete(subscriber);
      });
      remembered.clear();
    },
    match(topic) {
      const before = remembered.get(topic);
      if (before !== undefined) return before;
      const found = new Set<T>();
      collect(root, topic.split("."), 0, found);
      const audience = [...found];
      if (remembered.size >= MAX_REMEMBERED) remembered.clear();
      remembered.set(topic, audience);
      return audience;
    },
  };
}
