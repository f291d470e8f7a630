import { RoundtableError } from "../../core/errors.ts";
import type { Sealed } from "../../core/peering/room.ts";
import type { Lifetime } from "../../ports.ts";
import { CancelPeerTask, type PeerTaskLine } from "../../protocol/peers.ts";
import { asked } from "../asked.ts";
import type { Room } from "../rooms.ts";
import { openBook } from "./book.ts";
import {
  hasEnded,
  KEEP_RESULT_MS,
  lineOf,
  type CrossTask,
} from "./crossTask.ts";
import { createGiver, nameOf } from "./give.ts";
import type { Desk, TasksPorts } from "./ports.ts";
import { createRuns } from "./runs.ts";
import { createTaker, STOPPED } from "./take.ts";

export type { TasksPorts } from "./ports.ts";

/** Tasks that are shown besides those that go on. */
const MAX_SHOWN = 50;

/** Delegated work of this hub, both ways. Disposing lets go of what runs: what an agent worked on has failed then, the rest goes on at the next start. */
export interface Tasks extends Lifetime {
  /** Newest first: all that go on, and the last 50 that ended. */
  lines(): readonly PeerTaskLine[];
  /** Resolves when everything that was heard so far has been dealt with. */
  settled(): Promise<void>;
}

/** Takes part from now on, goes on with what was under way before, and answers `peers/delegate`, `peers/answerTask` and `peers/cancelTask`. */
export async function openTasks(ports: TasksPorts): Promise<Tasks> {
  const { table, blobs, log, textLog } = ports;
  const self = await table.self();
  const book = openBook(log, () => {
    table.changed();
  });
  const runs = createRuns(
    (taskId, error) => {
      const task = book.get(taskId);
      if (task !== undefined) inTurn(() => failed(task, error));
    },
    () => {
      taker.goOn();
    },
  );

  const isNeeded = (task: CrossTask): boolean =>
    !hasEnded(task) ||
    (task.direction === "asked" &&
      task.state === "done" &&
      ports.clock.now() - task.movedAt < KEEP_RESULT_MS);

  /** What peers may fetch, and what is kept: files of tasks that go on, and results that may still be fetched. */
  const filesOf = (task: CrossTask): readonly string[] =>
    isNeeded(task)
      ? [
          ...(hasEnded(task) ? [] : [task.bundle.sha256]),
          ...(task.patch === undefined ? [] : [task.patch.sha256]),
        ]
      : [];
  const needed = (): ReadonlySet<string> =>
    new Set(book.all().flatMap(filesOf));

  const sweep = async (): Promise<void> => {
    const keep = needed();
    const kept = new Set(
      book
        .all()
        .flatMap((task) => filesOf(task).map((one) => `${task.hubId} ${one}`)),
    );
    for (const { hubId, bundle, patch } of book.all())
      for (const ref of [bundle, patch]) {
        if (ref === undefined) continue;
        if (!kept.has(`${hubId} ${ref.sha256}`))
          blobs.withdraw(hubId, ref.sha256);
        if (!keep.has(ref.sha256)) await blobs.store.remove(ref.sha256);
      }
  };

  const desk: Desk = { ...ports, self, book, runs, sweep };
  const giver = createGiver(desk);
  const taker = createTaker(desk);

  /** Envelopes and changes one after another: what follows one is on disk before the next is looked at. */
  let turn: Promise<unknown> = Promise.resolve();
  const inTurn = (work: () => Promise<void>): void => {
    turn = turn.then(work).catch((error: unknown) => {
      textLog.warn("Delegated work did not go on.", { why: String(error) });
    });
  };

  const hear = async (from: string, { envelope }: Sealed): Promise<void> => {
    const { body, epoch, seq } = envelope;
    const key = `${String(epoch)}.${String(seq)}`;
    if (body.kind === "taskAsked") {
      await taker.asked(from, body);
      return;
    }
    if (body.kind !== "taskTold" && body.kind !== "taskCanceled") return;
    const task = book.get(body.taskId);
    if (task?.hubId !== from || hasEnded(task)) return;
    if (body.kind === "taskTold" && task.direction === "given") {
      if (!book.has(task.taskId, key)) await giver.told(task, body, key);
    }
    if (body.kind === "taskCanceled" && task.direction === "asked")
      await taker.end(task, "canceled", "It was canceled by who asked.");
  };

  const failed = async (task: CrossTask, error: unknown): Promise<void> => {
    const why =
      error instanceof RoundtableError
        ? `${error.message} ${error.next}`
        : `It failed: ${String(error)}`;
    textLog.warn("A task given to a peer failed.", { why });
    await book.moved({
      ...{ taskId: task.taskId, state: "failed" },
      note: why.slice(0, 2000),
    });
    await sweep();
  };

  /** What a peer may no longer ask stops; what was asked of a stranger is over. */
  const hold = async (): Promise<void> => {
    const peers = new Map(table.peers().map((peer) => [peer.hubId, peer]));
    for (const task of book.all()) {
      if (hasEnded(task)) continue;
      const peer = peers.get(task.hubId);
      if (task.direction === "given") {
        if (peer !== undefined) continue;
        await book.moved({
          ...{ taskId: task.taskId, state: "failed" },
          note: "That hub is no longer paired with this one.",
        });
        runs.abort(task.taskId);
        await sweep();
      } else if (peer?.scopes.includes("task") !== true)
        await taker.end(
          task,
          task.state === "waiting" ? "refused" : "failed",
          "Tasks of your hub are no longer taken there.",
        );
    }
  };

  const stopAll = async (): Promise<void> => {
    for (const task of book.all())
      if (task.direction === "asked" && task.state === "running")
        await taker.end(task, "failed", STOPPED);
      else if (task.state === "accepted") runs.abort(task.taskId);
  };

  const cancel = async (params: unknown): Promise<Record<string, never>> => {
    const { taskId } = asked(CancelPeerTask, params);
    const task = book.get(taskId);
    if (task === undefined || hasEnded(task))
      throw new RoundtableError(
        "bad-intent",
        task === undefined
          ? `No task ${taskId} is known here.`
          : `That task has ended: it is ${task.state}.`,
        "Nothing was changed. `roundtable peers` lists the tasks.",
      );
    if (task.direction === "given")
      await giver.cancel(task, "You canceled it.");
    else
      await taker.end(task, "canceled", "It was canceled by the person there.");
    return {};
  };

  table.answers({
    "peers/delegate": (params, by) => giver.delegate(params, by),
    "peers/answerTask": (params, by) => taker.answer(params, by),
    "peers/cancelTask": (params) => cancel(params),
  });
  const lines = (): readonly PeerTaskLine[] => {
    const all = book.all().toSorted((a, b) => b.at - a.at);
    const ended = new Set(all.filter(hasEnded).slice(0, MAX_SHOWN));
    return all
      .filter((task) => !hasEnded(task) || ended.has(task))
      .map((task) => lineOf(task, nameOf(desk, task.hubId)));
  };
  table.shows(() => ({ tasks: [...lines()] }));

  /** What came before a crash and was not dealt with: everything is heard again, and what is known already changes nothing. */
  const catchUp = async (room: Room): Promise<void> => {
    if (room.kind !== "pair") return;
    for (const sealed of room.said())
      if (sealed.envelope.origin !== self)
        await hear(sealed.envelope.origin, sealed);
  };

  for (const task of book.all()) {
    if (!isNeeded(task)) continue;
    if (task.direction === "given") blobs.offer(task.hubId, task.bundle.sha256);
    else if (task.patch !== undefined)
      blobs.offer(task.hubId, task.patch.sha256);
  }
  let held = JSON.stringify(table.peers());
  const stops = [
    table.onHeard(({ from, sealed }) => {
      inTurn(() => hear(from, sealed));
    }),
    table.onChange(() => {
      const now = JSON.stringify(table.peers());
      if (now === held) return;
      held = now;
      inTurn(hold);
    }),
    log.subscribe((events) => {
      if (events.some(({ type }) => type === "StopPulled")) inTurn(stopAll);
      if (events.some(({ type }) => type === "StopReleased"))
        inTurn(() => {
          taker.goOn();
          return Promise.resolve();
        });
    }),
  ];
  inTurn(() => blobs.store.tidy(needed()));
  inTurn(() => taker.takeUp());
  inTurn(hold);
  for (const room of table.rooms()) inTurn(() => catchUp(room));
  inTurn(() => giver.goOn());
  inTurn(() => {
    taker.goOn();
    return Promise.resolve();
  });

  return {
    lines,
    settled: async () => {
      await turn;
    },
    async dispose() {
      for (const stop of stops) stop();
      await runs.close();
      await turn;
    },
  };
}
