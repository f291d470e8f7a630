import { checkDraft } from "../../src/adapters/log/draft.ts";
import { Feed, logClosed } from "../../src/adapters/log/feed.ts";
import { seal } from "../../src/adapters/log/seal.ts";
import type { TaskFact } from "../../src/core/taskFact.ts";
import { evolveTask, taskOf } from "../../src/core/taskFact.ts";
import type {
  Draft,
  DraftOf,
  EventType,
  Recorded,
  RecordedOf,
} from "../../src/protocol/event.ts";
import { HUB_STREAM } from "../../src/protocol/event.ts";
import type { Clock, EventLog } from "../../src/ports.ts";

/** An event log that lives as long as the process: same promises but for the disk. Commits at the end of the turn like the real one. */
export function memoryLog(
  clock: Pick<Clock, "now"> = { now: () => Date.now() },
  epoch = 1,
): EventLog {
  const events: Recorded[] = [];
  const tips = new Map<string, string>();
  const feed = new Feed((error) => {
    queueMicrotask(() => {
      throw error;
    });
  });
  const facts = new Map<string, TaskFact>();
  const snapshots = new Map<string, { seq: number; body: unknown }>();
  let closed = false;
  let queue: (() => Recorded[])[] = [];
  let flushed = Promise.resolve();

  const ofMission = (missionId: string): Recorded[] =>
    events.filter((event) => event.missionId === missionId);
  const find = (missionId: string, key: string): Recorded | undefined =>
    events.find((event) => event.missionId === missionId && event.key === key);

  const store = (drafts: readonly Draft[], fresh: Recorded[]): Recorded[] =>
    drafts.map((draft) => {
      const known =
        draft.key === undefined ? undefined : find(draft.missionId, draft.key);
      if (known !== undefined) return known;
      const { event } = seal(draft, {
        seq: events.length + 1,
        at: clock.now(),
        epoch,
        prevHash: tips.get(draft.missionId) ?? "",
      });
      events.push(event);
      tips.set(event.missionId, event.hash);
      fresh.push(event);
      const taskId = taskOf(event);
      const fact =
        taskId === undefined ? undefined : evolveTask(facts.get(taskId), event);
      if (fact !== undefined) facts.set(fact.id, fact);
      return event;
    });

  const flush = (): void => {
    const due = queue;
    queue = [];
    const fresh = due.flatMap((commit) => commit());
    if (fresh.length > 0) feed.publish(fresh);
  };

  const appendAll = async (
    drafts: readonly Draft[],
  ): Promise<readonly Recorded[]> => {
    if (closed) throw logClosed();
    const checked = drafts.map(checkDraft);
    if (checked.length === 0) return [];
    return await new Promise((resolve) => {
      queue.push(() => {
        const fresh: Recorded[] = [];
        resolve(store(checked, fresh));
        return fresh;
      });
      if (queue.length === 1)
        flushed = new Promise((done) => {
          setImmediate(() => {
            flush();
            done();
          });
        });
    });
  };

  return {
    place: "memory",
    epoch,
    async append<T extends EventType>(draft: DraftOf<T>) {
      const [stored] = await appendAll([draft as unknown as Draft]);
      return stored as unknown as RecordedOf<T>;
    },
    appendAll,
    read: ({ missionId, taskId, types, after = 0, limit = 1000 }) =>
      events
        .filter(
          (event) =>
            event.seq > after &&
            (missionId === undefined || event.missionId === missionId) &&
            (taskId === undefined || taskOf(event) === taskId) &&
            (types === undefined || types.includes(event.type)),
        )
        .slice(0, limit),
    mission: ofMission,
    find,
    last: (missionId, types) =>
      events.findLast(
        (event) => event.missionId === missionId && types.includes(event.type),
      ),
    task: (taskId) => facts.get(taskId),
    tasks: ({
      address,
      from,
      contextId,
      state,
      changedAfter,
      before,
      limit,
    }) => {
      const fits = (wanted: unknown, value: unknown): boolean =>
        wanted === undefined || wanted === value;
      const all = [...facts.values()].filter(
        (fact) =>
          (fits(address, fact.agentId) || fits(address, fact.to)) &&
          fits(from, fact.from) &&
          fits(contextId, fact.contextId) &&
          fits(state, fact.state) &&
          fact.statusAt > (changedAfter ?? -Infinity),
      );
      const page = all
        .filter(({ statusSeq }) => statusSeq < (before ?? Infinity))
        .sort((a, b) => b.statusSeq - a.statusSeq);
      return { tasks: page.slice(0, limit), total: all.length };
    },
    opened: ({ limit, before = Infinity, open = false }) =>
      events
        .filter(({ type, seq }) => type === "MissionOpened" && seq < before)
        .map(({ missionId, seq }) => ({
          missionId,
          openedSeq: seq,
          lastSeq: ofMission(missionId).at(-1)?.seq ?? seq,
          isClosed: ofMission(missionId).some(
            ({ type }) => type === "MissionClosed",
          ),
        }))
        .filter(({ isClosed }) => !open || !isClosed)
        .reverse()
        .slice(0, limit),
    missionCounts: () => {
      const closed: Record<string, number> = {};
      let open = 0;
      for (const { type, data } of events)
        if (type === "MissionOpened") open += 1;
        else if (type === "MissionClosed") {
          open -= 1;
          const { kind } = data.outcome;
          closed[kind] = (closed[kind] ?? 0) + 1;
        }
      return { open, closed };
    },
    snapshot: (kind, key) => snapshots.get(`${kind} ${key}`),
    keepSnapshot(kind, key, seq, body) {
      snapshots.set(`${kind} ${key}`, { seq, body: structuredClone(body) });
    },
    waitFor: (missionId, type, match, signal) =>
      feed.waitFor(missionId, type, match, signal, events),
    missions: () => [
      ...new Set(
        events
          .map((event) => event.missionId)
          .filter((missionId) => missionId !== HUB_STREAM),
      ),
    ],
    head: () => events.length,
    subscribe: (listener) => feed.subscribe(listener),
    // Nobody can reach the array to tamper with it.
    verify: () => [],
    async dispose() {
      closed = true;
      await flushed;
      feed.close();
    },
  };
}
