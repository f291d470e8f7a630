/** The hub that asks: sends its files, and takes the result onto a branch of its own for the ordinary review. */
import { RoundtableError, toProblem } from "../../core/errors.ts";
import { MAX_PATCH } from "../../ports/parcels.ts";
import type { PeerBodyOf } from "../../protocol/peer.ts";
import { DelegateTask } from "../../protocol/peers.ts";
import { asked } from "../asked.ts";
import {
  hasEnded,
  MAX_BYTES_PER_DAY,
  MAX_OPEN,
  takenToday,
  type CrossTask,
} from "./crossTask.ts";
import type { Desk } from "./ports.ts";
import { firstLine, paragraphs } from "./words.ts";

/** Work given to other hubs. */
export interface Giver {
  /** `peers/delegate`. */
  delegate(params: unknown, by: string): Promise<{ readonly taskId: string }>;
  /** What the other hub told of a task; `key` names the envelope. */
  told(
    task: CrossTask,
    body: PeerBodyOf<"taskTold">,
    key: string,
  ): Promise<void>;
  /** Ends a task and tells the other hub. */
  cancel(task: CrossTask, note: string): Promise<void>;
  /** Takes up what is under way, after a restart too. */
  goOn(): Promise<void>;
}

/** The giving side of the desk. */
export function createGiver(desk: Desk): Giver {
  const { table, blobs, book, runs, git, clock, textLog } = desk;

  const delegate: Giver["delegate"] = async (params, by) => {
    const { hubId, intent, repo, ...rest } = asked(DelegateTask, params);
    refuseUnlessGranted(desk, hubId);
    const open = book
      .all()
      .filter((task) => task.hubId === hubId && task.direction === "given")
      .filter((task) => !hasEnded(task));
    if (open.length >= MAX_OPEN)
      throw new RoundtableError(
        "peer-refused",
        `That hub has ${String(open.length)} tasks of yours that have not ended; more are not taken.`,
        "Nothing was sent. Wait for one to end, or cancel one.",
      );
    const { root, commit: base, dirty } = await git.inspect(repo);
    if (dirty.length > 0) throw uncommitted(dirty);
    const taskId = desk.chance.id();
    const packed = await git.parcels.pack(
      root,
      base,
      blobs.store.temporary(taskId),
    );
    const bundle = await blobs.store.keep(packed.file);
    const title = firstLine(
      rest.title === "" ? intent : (rest.title ?? intent),
      120,
    );
    await book.asked(
      {
        ...{ taskId, hubId, title, intent, repo: root, base, bundle },
        commit: packed.commit,
        checks: sendable(await desk.checksOf(root, base)),
      },
      by,
    );
    const task = book.get(taskId);
    if (task !== undefined)
      await say(task).catch(async (error: unknown) => {
        const { message } = toProblem(error);
        await book.moved({ taskId, state: "failed", note: message });
        await desk.sweep();
        throw error;
      });
    return { taskId };
  };

  /** Says what was recorded; what the room has already is not said again. */
  const say = async (task: CrossTask): Promise<void> => {
    const { taskId, hubId, title, intent, commit, bundle, checks } = task;
    blobs.offer(hubId, bundle.sha256);
    const room = await table.pair(hubId);
    const isSaid = room
      .said()
      .some(
        ({ envelope: { body, origin } }) =>
          origin === desk.self &&
          body.kind === "taskAsked" &&
          body.taskId === taskId,
      );
    if (isSaid) return;
    await room.say({
      ...{ kind: "taskAsked", taskId, title, intent, commit, bundle },
      checks: checks.map((argv) => [...argv]),
    });
  };

  const told: Giver["told"] = async (task, body, key) => {
    const { taskId } = task;
    const note = paragraphs(body.note, 2000);
    const { state, patch } = body;
    const cost = body.microUsd === undefined ? {} : { microUsd: body.microUsd };
    if (state === "done" && patch !== undefined) {
      const today = takenToday(book.all(), task.hubId, clock.now());
      const tooMuch =
        patch.bytes > MAX_PATCH || today + patch.bytes > MAX_BYTES_PER_DAY;
      await book.moved(
        tooMuch
          ? {
              taskId,
              state: "failed",
              note: `The result is ${String(patch.bytes)} bytes: more than is taken from a hub at once (${String(MAX_PATCH / 1_000_000)} MB) or in a day (${String(MAX_BYTES_PER_DAY / 1_000_000)} MB).`,
            }
          : { taskId, state: "fetching", note, patch, ...cost },
        key,
      );
      goOnWith(taskId);
    } else
      await book.moved(
        {
          taskId,
          state,
          note: state === "done" ? `Nothing had to be changed. ${note}` : note,
          ...cost,
          ...(state === "done" && { missionId: "" }),
        },
        key,
      );
    await desk.sweep();
  };

  const collect = async (
    task: CrossTask,
    signal: AbortSignal,
  ): Promise<void> => {
    const { taskId, hubId, patch, repo, base, title, at, note } = task;
    if (patch === undefined) return;
    const file = await blobs.fetch(hubId, patch, signal);
    const branch = `roundtable/peer/${taskId}`;
    const taken = await git.parcels.takePatch(repo, {
      ...{ file, base, branch, at },
      message: `feat: ${title.charAt(0).toLowerCase()}${title.slice(1)}\n\n${note}\n\nPeer-Task: ${taskId}\nPeer-Hub: ${hubId}`,
    });
    signal.throwIfAborted();
    const look =
      taken.mind.length === 0
        ? ""
        : ` Look at these first, they can make something run: ${taken.mind.join(", ")}.`;
    await book.moved({
      ...{ taskId, state: "done", branch, commit: taken.commit },
      note: `${note}${look}`.slice(0, 2000),
    });
    await desk.sweep();
    await review(taskId);
  };

  /** The result is merged by nobody unseen: its review is the ordinary one. */
  const review = async (taskId: string): Promise<void> => {
    const task = book.get(taskId);
    if (task?.branch === undefined || task.missionId !== undefined) return;
    const { repo, base, branch, hubId, title, intent, note } = task;
    const name = nameOf(desk, hubId);
    const opened = await desk
      .review({
        ...{ repo, base, branch },
        goal: `Review what ${name} made for the task “${title}” (${taskId}).\n\nIt was asked for:\n${intent}\n\nIts hub says:\n${note}`,
      })
      .then(
        (missionId) => ({ missionId, note }),
        (error: unknown) => {
          const problem = toProblem(error);
          textLog.warn("The review of a teammate's work did not open.", {
            taskId,
            why: problem.message,
          });
          return {
            missionId: "",
            note: `${note}\nThe result is on ${branch}; its review could not be opened: ${problem.message}`,
          };
        },
      );
    await book.moved({ taskId, state: "done", ...opened });
  };

  const goOn: Giver["goOn"] = async () => {
    for (const task of book.all()) {
      if (task.direction !== "given" || !isPaired(task.hubId)) continue;
      await takeUp(task).catch((error: unknown) => {
        textLog.warn("A task given to a peer did not go on.", {
          taskId: task.taskId,
          why: String(error),
        });
      });
    }
  };

  const takeUp = async (task: CrossTask): Promise<void> => {
    if (!hasEnded(task)) await say(task);
    if (task.state === "canceled") await tellCanceled(task);
    goOnWith(task.taskId);
  };

  /** What is left to do here once the other hub is done. */
  const goOnWith = (taskId: string): void => {
    const task = book.get(taskId);
    if (task?.state === "fetching")
      runs.start(taskId, (signal) => collect(task, signal));
    if (task?.branch !== undefined && task.missionId === undefined)
      runs.start(taskId, () => review(taskId));
  };

  const isPaired = (hubId: string): boolean =>
    table.peers().some((peer) => peer.hubId === hubId);

  const tellCanceled = async ({ taskId, hubId }: CrossTask): Promise<void> => {
    const room = await table.pair(hubId);
    const isSaid = room
      .said()
      .some(
        ({ envelope: { body, origin } }) =>
          (body.kind === "taskCanceled" && body.taskId === taskId) ||
          (origin === hubId &&
            body.kind === "taskTold" &&
            body.taskId === taskId &&
            body.state === "canceled"),
      );
    if (!isSaid) await room.say({ kind: "taskCanceled", taskId });
  };

  return {
    delegate,
    told,
    async cancel(task, note) {
      await book.moved({ taskId: task.taskId, state: "canceled", note });
      runs.abort(task.taskId);
      await desk.sweep();
      if (isPaired(task.hubId)) await tellCanceled(task);
    },
    goOn,
  };
}

/** What a peer calls itself; the beginning of its id when it is no longer paired. */
export function nameOf({ table }: Pick<Desk, "table">, hubId: string): string {
  return (
    table.peers().find((peer) => peer.hubId === hubId)?.name ??
    hubId.slice(0, 8)
  );
}

/** Rejects unless the peer has told us that we may give it tasks. */
function refuseUnlessGranted(desk: Desk, hubId: string): void {
  if (desk.stopped())
    throw new RoundtableError(
      "stopped",
      "Everything is stopped.",
      "Nothing was sent. Release the stop first, then ask again.",
    );
  const peer = desk.table.peers().find((one) => one.hubId === hubId);
  if (peer === undefined)
    throw new RoundtableError(
      "peer-refused",
      "No such hub is paired with this one.",
      "Nothing was sent. `roundtable peers` lists those that are; pair with it first.",
    );
  if (desk.table.theirs(hubId).includes("task")) return;
  throw desk.table.isConnected(hubId)
    ? new RoundtableError(
        "peer-refused",
        `${peer.name} does not take tasks from this hub.`,
        "Nothing was sent. Ask its owner for the scope `task`.",
      )
    : new RoundtableError(
        "peer-unreachable",
        `${peer.name} is not connected, and has not told whether it takes tasks.`,
        "Nothing was sent. Ask again when it is here; `roundtable peers` shows it.",
      );
}

function uncommitted(dirty: readonly string[]): RoundtableError {
  return new RoundtableError(
    "dirty-checkout",
    `The checkout has ${String(dirty.length)} uncommitted ${dirty.length === 1 ? "change" : "changes"} (${dirty.slice(0, 3).join(", ")}${dirty.length > 3 ? ", …" : ""}).`,
    "Nothing was sent and nothing was touched. Commit or stash them, then ask again: the other hub gets what is committed.",
  );
}

/** Longest that all checks may be as JSON. */
const MAX_CHECKS = 20_000;

/** Checks as they fit into an envelope; the others are not sent. */
function sendable(checks: readonly (readonly string[])[]): string[][] {
  let length = 0;
  return checks
    .filter(
      (argv) =>
        argv.length > 0 &&
        argv.length <= 50 &&
        argv.every((word) => word.length <= 500),
    )
    .slice(0, 20)
    .filter((argv) => (length += JSON.stringify(argv).length) <= MAX_CHECKS)
    .map((argv) => [...argv]);
}
