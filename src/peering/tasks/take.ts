/** The hub that is asked: nothing happens before a person accepts; then an agent works on a clone of its own. */
import { foldBudget } from "../../core/budget.ts";
import { RoundtableError } from "../../core/errors.ts";
import { redact } from "../../core/redact.ts";
import type { PeerBodyOf } from "../../protocol/peer.ts";
import { AnswerPeerTask } from "../../protocol/peers.ts";
import type { WorkOf } from "../../protocol/work.ts";
import { asked } from "../asked.ts";
import { notWaiting, refusal, refuseToAccept } from "./admit.ts";
import { hasEnded, type CrossTask, type TaskState } from "./crossTask.ts";
import { nameOf } from "./give.ts";
import type { Desk } from "./ports.ts";
import { firstLine, paragraphs } from "./words.ts";

/** What the other hub is told when the kill switch ended the work. */
export const STOPPED =
  "Everything was stopped at that hub; nothing of the work was sent. Ask again if it is still wanted.";

/** Tasks that are worked on at once. */
const AT_ONCE = 2;

/** Work that other hubs ask for. */
export interface Taker {
  asked(hubId: string, body: PeerBodyOf<"taskAsked">): Promise<void>;
  /** `peers/answerTask`. */
  answer(params: unknown, by: string): Promise<Record<string, never>>;
  /** Ends a task with a sentence for the other hub, whatever is under way. */
  end(
    task: CrossTask,
    state: "refused" | "failed" | "canceled",
    note: string,
  ): Promise<void>;
  /** After a restart: what ran has failed, and the other hub learns what it has not been told. */
  takeUp(): Promise<void>;
  /** Begins what was accepted and waits. */
  goOn(): void;
}

/** The stream of the log that holds an agent's work on a task. */
export function streamOf(taskId: string): string {
  return `peer-task-${taskId}`;
}

/** The asked side of the desk. */
export function createTaker(desk: Desk): Taker {
  const { table, blobs, book, runs, git, log, textLog } = desk;

  /** Tells the other hub how the task stands, unless it has been told. */
  const tell = async (taskId: string): Promise<void> => {
    const task = book.get(taskId);
    if (task === undefined) return;
    const { hubId, state, note, patch, microUsd } = task;
    if (!isPaired(hubId)) return;
    await say(hubId, {
      ...{ kind: "taskTold", taskId, state: tellable(state), note },
      ...(patch !== undefined && { patch }),
      ...(microUsd !== undefined && { microUsd }),
    });
  };

  const say = async (
    hubId: string,
    body: PeerBodyOf<"taskTold">,
  ): Promise<void> => {
    const room = await table.pair(hubId);
    const last = room.said().findLast(({ envelope }) => {
      const one = envelope.body;
      return (
        envelope.origin === desk.self &&
        one.kind === "taskTold" &&
        one.taskId === body.taskId
      );
    })?.envelope.body;
    if (last?.kind === "taskTold" && last.state === body.state) return;
    await room.say(body);
  };

  const isRunning = (taskId: string): boolean =>
    book.get(taskId)?.state === "running";

  const isPaired = (hubId: string): boolean =>
    table.peers().some((peer) => peer.hubId === hubId);

  const end: Taker["end"] = async ({ taskId }, state, note) => {
    await book.moved({ taskId, state, note });
    runs.abort(taskId);
    await tell(taskId);
    await desk.sweep();
  };

  const work = async (task: CrossTask, signal: AbortSignal): Promise<void> => {
    const { taskId, hubId, bundle, commit } = task;
    try {
      const file = await blobs.fetch(hubId, bundle, signal);
      const { path } = await git.parcels.openClone(file, commit, taskId);
      signal.throwIfAborted();
      // From here on it is never begun again by itself: what a crash cuts off has failed.
      await book.moved({
        ...{ taskId, state: "running" },
        note: "An agent works on it.",
      });
      await tell(taskId);
      const reply = await desk.implement(workOf(desk, task, path), signal);
      signal.throwIfAborted();
      if (!reply.ok) throw unfinished(reply);
      const made = await git.parcels.patchOf(
        taskId,
        blobs.store.temporary(taskId),
      );
      const patch =
        "file" in made ? await blobs.store.keep(made.file) : undefined;
      signal.throwIfAborted();
      if (patch !== undefined) blobs.offer(hubId, patch.sha256);
      await book.moved({
        ...{ taskId, state: "done" },
        note: paragraphs(redact(reply.answer.summary), 2000),
        microUsd: spent(taskId),
        ...(patch !== undefined && { patch }),
      });
    } catch (error) {
      if (signal.aborted && !(desk.stopped() && isRunning(taskId))) return;
      textLog.warn("A peer's task failed.", { taskId, why: String(error) });
      await book.moved({
        ...{ taskId, state: "failed" },
        note: desk.stopped() ? STOPPED : noteOf(error),
        microUsd: spent(taskId),
      });
    } finally {
      await git.parcels.closeClone(taskId).catch((error: unknown) => {
        // The next start removes it.
        textLog.warn("A clone could not be removed.", { why: String(error) });
      });
    }
    await tell(taskId);
    await desk.sweep();
  };

  const spent = (taskId: string): number => {
    const { spentMicroUsd, reservedMicroUsd } = foldBudget(
      log.mission(streamOf(taskId)),
    );
    return spentMicroUsd + reservedMicroUsd;
  };

  const goOn = (): void => {
    if (desk.stopped()) return;
    const ours = book.all().filter(({ direction }) => direction === "asked");
    for (const task of ours) {
      const under = ours.filter(({ taskId }) => runs.has(taskId));
      if (task.state === "accepted" && under.length < AT_ONCE)
        runs.start(task.taskId, (signal) => work(task, signal));
    }
  };

  return {
    async asked(hubId, body) {
      const { taskId, commit, bundle, checks } = body;
      if (book.get(taskId) !== undefined) return;
      const no = refusal(desk, hubId, body);
      if (no === "ignored") return;
      if (no !== undefined) {
        await say(hubId, {
          ...{ kind: "taskTold", taskId, state: "refused", note: no },
        });
        return;
      }
      const intent = paragraphs(body.intent, 4000);
      await book.asked(
        {
          ...{ taskId, hubId, commit, bundle, checks, intent },
          title: firstLine(body.title === "" ? intent : body.title, 120),
        },
        hubId,
      );
      await tell(taskId);
    },
    async answer(params, by) {
      const { taskId, accept } = asked(AnswerPeerTask, params);
      const task = book.get(taskId);
      if (task?.direction !== "asked" || task.state !== "waiting")
        throw notWaiting(taskId, task);
      if (accept) refuseToAccept(desk, task);
      await book.answered({ taskId, accepted: accept, by });
      await tell(taskId);
      await desk.sweep();
      goOn();
      return {};
    },
    end,
    async takeUp() {
      for (const task of book.all()) {
        if (task.direction !== "asked") continue;
        if (task.state === "running")
          await book.moved({
            ...{ taskId: task.taskId, state: "failed" },
            note: "That hub was restarted while its agent worked; nothing of the work was sent. Ask again if it is still wanted.",
            microUsd: spent(task.taskId),
          });
        await tell(task.taskId).catch((error: unknown) => {
          textLog.warn("A peer could not be told of its task.", {
            why: String(error),
          });
        });
      }
      const open = new Set(
        book
          .all()
          .filter((task) => !hasEnded(task))
          .map(({ taskId }) => taskId),
      );
      for (const name of await git.parcels.clones())
        if (!open.has(name)) await git.parcels.closeClone(name);
    },
    goOn,
  };
}

/** The task as work for a developer: only what is below the clone, with commands in the sandbox or not at all. */
function workOf(
  desk: Desk,
  task: CrossTask,
  root: string,
): WorkOf<"implement"> {
  const { taskId, hubId, title, intent, checks } = task;
  const name = nameOf(desk, hubId);
  const step = {
    id: "task",
    ...{ title, intent },
    files: [],
    dependsOn: [],
  };
  return {
    kind: "implement",
    missionId: streamOf(taskId),
    key: "implement",
    goal: `${name}, a teammate's hub, asks for this on a copy of its repository; a person here accepted it: ${title}`,
    attempt: 1,
    root,
    writable: true,
    guest: "worker",
    plan: {
      summary: intent.slice(0, 2000),
      steps: [step],
      risks: [],
      doneWhen: [],
    },
    step,
    findings: [],
    remarks: [],
    checks: checks.map((argv) => [...argv]),
  };
}

/** `sent` and `fetching` are the giver's own. */
function tellable(state: TaskState): PeerBodyOf<"taskTold">["state"] {
  return state === "sent" || state === "fetching" ? "waiting" : state;
}

/** What the other hub is told of a failure: sentences of ours, nothing of what an agent or a system said. */
function noteOf(error: unknown): string {
  return error instanceof RoundtableError
    ? paragraphs(redact(error.message), 2000)
    : "Something failed at that hub.";
}

function unfinished({
  code,
  message,
}: {
  readonly code: string;
  readonly message: string;
}): RoundtableError {
  return new RoundtableError(
    "task-failed",
    `The agent there did not finish it (${code}).`,
    "Nothing was sent.",
    { cause: message },
  );
}
