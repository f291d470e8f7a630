/** Hubs that give each other work: tables of real logs, identities and sockets, each with a repository, the broker and a developer that does as it is told. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { systemClock } from "../../src/adapters/clock/systemClock.ts";
import { systemChance } from "../../src/adapters/clock/systemChance.ts";
import { openBlobs } from "../../src/peering/blobs/blobs.ts";
import {
  openTasks,
  type Tasks,
  type TasksPorts,
} from "../../src/peering/tasks/tasks.ts";
import type { PeerTaskLine } from "../../src/protocol/peers.ts";
import type { WorkOf } from "../../src/protocol/work.ts";
import {
  quiet,
  temporaryRepo,
  type TemporaryRepo,
} from "../adapters/git/temporaryRepo.ts";
import { once, pair, Tables, type Table } from "./tables.ts";

/** What a developer does with a clone. */
export type Work = (
  root: string,
  signal: AbortSignal,
  work: WorkOf<"implement">,
) => Promise<void> | void;

/** What a hub's people and agents do in a test. */
interface Played {
  /** Folders that developers were given, with what they were asked. */
  readonly worked: { readonly root: string; readonly intent: string }[];
  /** Reviews that were opened. */
  readonly reviews: Parameters<TasksPorts["review"]>[0][];
  work: Work;
  stopped: boolean;
  /** What checks the project, as it is sent along. */
  checks: string[][];
}

/** A table that takes part in delegated work. */
export interface TaskHub extends Played {
  table: Table;
  tasks: Tasks;
  readonly repo: TemporaryRepo;
  line(): PeerTaskLine | undefined;
  ask(method: string, params: object): Promise<unknown>;
  /** Ends it; what is on disk stays. */
  close(): Promise<void>;
  /** Ends it unless it has ended, and starts it anew. */
  restart(): Promise<void>;
}

/** Ada, who asks, and Ben, who is asked; gone with everything at the end of the scope. */
export class TaskHubs implements AsyncDisposable {
  readonly #tables = new Tables();
  readonly #hubs: TaskHub[] = [];

  async open(
    name: string,
    files?: Readonly<Record<string, string>>,
  ): Promise<TaskHub> {
    const repo = temporaryRepo(files);
    const played: Played = {
      ...{ worked: [], reviews: [], stopped: false, checks: [] },
      work: () => undefined,
    };
    const opened = async (
      dir?: string,
    ): Promise<Pick<TaskHub, "table" | "tasks">> => {
      const parts: Tasks[] = [];
      const table = await this.#tables.open(name, {
        ...(dir !== undefined && { dir }),
        parts: async (at) => parts.push(await start(at, repo, played)),
      });
      const [tasks] = parts;
      if (tasks === undefined) throw new Error("opened with the table");
      return { table, tasks };
    };
    const hub: TaskHub = Object.assign(played, await opened(), {
      repo,
      line: () => hub.tasks.lines()[0],
      ask: (method: string, params: object) =>
        hub.table.peering.ask(method, params, "human"),
      close: async () => {
        await hub.tasks.dispose();
        await hub.table.close();
      },
      restart: async () => {
        await hub.close();
        Object.assign(hub, await opened(hub.table.dir));
      },
    });
    this.#hubs.push(hub);
    return hub;
  }

  /** Both, paired: Ada may give Ben tasks. */
  async both(): Promise<{ readonly ada: TaskHub; readonly ben: TaskHub }> {
    const [ada, ben] = [await this.open("Ada"), await this.open("Ben")];
    await pair(ben.table, ada.table, ["observe", "message", "task"]);
    return { ada, ben };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const hub of this.#hubs) await hub.tasks.dispose();
    await this.#tables[Symbol.asyncDispose]();
    for (const { repo } of this.#hubs) repo[Symbol.dispose]();
  }
}

async function start(
  table: Pick<Table, "dir" | "log" | "peering">,
  repo: TemporaryRepo,
  played: Played,
): Promise<Tasks> {
  return openTasks({
    table: table.peering,
    log: table.log,
    git: repo.git,
    clock: systemClock,
    chance: systemChance(systemClock),
    textLog: quiet,
    blobs: openBlobs({
      wire: table.peering,
      dir: join(table.dir, "files"),
      clock: systemClock,
      textLog: quiet,
    }),
    stopped: () => played.stopped,
    checksOf: () => Promise.resolve(played.checks),
    async implement(work, signal) {
      const { root, step } = work;
      played.worked.push({ root, intent: step.intent });
      await Promise.race([played.work(root, signal, work), aborted(signal)]);
      return {
        ok: true,
        lineage: "played-1",
        answer: {
          kind: "implement",
          summary: "It is done.",
          commitType: "feat",
        },
      };
    },
    review: (what) => {
      played.reviews.push(what);
      return Promise.resolve(`mission-${String(played.reviews.length)}`);
    },
  });
}

/** Resolves once the newest task of a hub is in the state. */
export function untilTask(
  at: TaskHub,
  state: string,
  ...others: readonly TaskHub[]
): Promise<PeerTaskLine> {
  return once([at.table, ...others.map(({ table }) => table)], () => {
    const line = at.line();
    return line?.state === state && line;
  });
}

/** Asks for work on the first hub's repository; resolves with the task's id. */
export async function delegate(
  from: TaskHub,
  to: TaskHub,
  intent = "Say two instead of one",
): Promise<string> {
  const given = await from.ask("peers/delegate", {
    ...{ hubId: to.table.self, repo: from.repo.root, intent },
  });
  return (given as { taskId: string }).taskId;
}

/** Delegates, and resolves with the task's id once it waits for Ben. */
export async function taken(ada: TaskHub, ben: TaskHub): Promise<string> {
  const taskId = await delegate(ada, ben);
  await once([ada.table, ben.table], () =>
    ben.tasks
      .lines()
      .some((line) => line.taskId === taskId && line.state === "waiting"),
  );
  return taskId;
}

/** What a file holds on a branch. */
export function onBranch(
  repo: TemporaryRepo,
  branch: string,
  path: string,
): string {
  return repo.run(["show", `${branch}:${path}`]);
}

/** Text of a file. */
export function textOf(root: string, path: string): string {
  return readFileSync(join(root, path), "utf8");
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    const end = (): void => {
      reject(signal.reason as Error);
    };
    if (signal.aborted) end();
    else signal.addEventListener("abort", end, { once: true });
  });
}
