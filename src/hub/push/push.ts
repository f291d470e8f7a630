import { lookup } from "node:dns/promises";
import { toProblem } from "../../core/errors.ts";
import type { Chance, Clock, TextLog } from "../../ports.ts";
import type { PushConfig } from "../../protocol/a2a.ts";
import type { StoredPush } from "../../protocol/push.ts";
import { veilUpdate } from "../failure.ts";
import type { Updates } from "../stream.ts";
import type { TaskRecord, Tasks } from "../tasks.ts";
import { isTerminal } from "../tasks.ts";
import { generationOf, jsonOf } from "../update.ts";
import { invalidField, pushNotSupported } from "../wireError.ts";
import type { Address } from "./addresses.ts";
import type { Live } from "./book.ts";
import { openBook } from "./book.ts";
import { createDeliver } from "./delivery.ts";
import type { Posted } from "./post.ts";
import type { Resolve } from "./targets.ts";
import { createTargets } from "./targets.ts";

/** What the owner of the hub decides about push notifications. */
export interface PushOptions {
  /** Origins and patterns that may be sent to; none by default. */
  readonly targets: readonly string[];
  /** Private file the configurations are kept in. */
  readonly file: string;
  /** How names become addresses; the system's way by default. */
  readonly resolve?: Resolve;
}

/** What became of notifications since the hub started. */
export interface PushCounts {
  readonly configs: number;
  readonly delivered: number;
  readonly retries: number;
  /** Configurations whose receiver did not take a notification in the end; they rest until the hub starts again. */
  readonly gaveUp: number;
}

/** Tells receivers about updates of tasks: each as a POST, in order per configuration, at least once, after restarts too. */
export interface Push {
  /** −32003 where no target is allowed. */
  checkOn(): void;
  readonly isOn: boolean;
  /** Takes up what is left of an earlier run; once. */
  start(): Promise<void>;
  /** −32602 where the configuration names a target that may not be sent to, −32003 where none may. */
  check(config: PushConfig): Promise<void>;
  /** Keeps a configuration for updates after that generation; resolves once it is on disk. The same id of a task is the same configuration, whose target may change. */
  keep(
    record: TaskRecord,
    config: PushConfig & { readonly id: string },
    owner: string,
    after: number,
  ): Promise<StoredPush["config"]>;
  /** The configurations of a task that this owner made, oldest first. */
  of(taskId: string, owner: string): readonly StoredPush[];
  /** Resolves once it is gone from the disk. */
  remove(stored: StoredPush): Promise<void>;
  counts(): PushCounts;
  /** Lets go of everything; what is not acknowledged is taken up by the next start. */
  close(): Promise<void>;
}

async function systemResolve(host: string): Promise<readonly Address[]> {
  const found = await lookup(host, { all: true, order: "verbatim" });
  return found.map(({ address, family }) => ({
    address,
    family: family === 6 ? 6 : 4,
  }));
}

/** Makes the sender of one hub. */
export function createPush(parts: {
  readonly options: PushOptions;
  readonly tasks: Tasks;
  readonly updates: Updates;
  readonly clock: Clock;
  readonly chance: Chance;
  readonly textLog: TextLog;
}): Push {
  const { options, tasks, updates, textLog } = parts;
  const targets = createTargets(
    options.targets,
    options.resolve ?? systemResolve,
  );
  const deliver = createDeliver({ ...parts, targets });
  const book = openBook(options.file, parts);
  const working = new Set<Promise<void>>();
  const closing = new AbortController();
  const counts = { delivered: 0, retries: 0, gaveUp: 0 };
  let starting: Promise<void> | undefined;

  /** What may be said of a configuration: never its URL's path, which may be a secret too. */
  function told({ stored: { config } }: Live): Record<string, string> {
    const target = URL.parse(config.url)?.origin ?? "";
    return { taskId: config.taskId, config: config.id, target };
  }

  function giveUp(live: Live, why: string): void {
    live.isDone = true;
    counts.gaveUp += 1;
    textLog.error(
      "push notifications were given up; they go on when the hub starts again",
      { ...told(live), after: live.stored.acknowledged, why },
    );
  }

  async function follow(live: Live, record: TaskRecord): Promise<void> {
    const signal = AbortSignal.any([live.stop.signal, closing.signal]);
    const reading = { enough: isTerminal, signal, show: veilUpdate };
    const { stored } = live;
    for await (const item of updates.after(
      record,
      stored.acknowledged,
      reading,
    )) {
      const posted: Posted = await deliver(
        stored.config,
        jsonOf(item),
        signal,
        (why) => {
          counts.retries += 1;
          textLog.warn("a push notification is tried again", {
            ...told(live),
            why,
          });
        },
      );
      if (!posted.ok) {
        giveUp(live, posted.why);
        return;
      }
      counts.delivered += 1;
      stored.acknowledged = generationOf(item);
      book.saveSoon();
    }
    live.isDone ||= !signal.aborted;
  }

  function begin(live: Live, record: TaskRecord): void {
    const work = follow(live, record)
      .catch((error: unknown) => {
        // The hub ends, or the configuration was removed.
        if (closing.signal.aborted || live.stop.signal.aborted) return;
        textLog.warn("push notifications rest until the hub starts again", {
          ...told(live),
          why: toProblem(error).message,
        });
      })
      .finally(() => working.delete(work));
    working.add(work);
  }

  async function load(): Promise<void> {
    const isKnown = (taskId: string): boolean =>
      tasks.get(taskId) !== undefined;
    for (const live of await book.load(isKnown)) {
      const record = tasks.get(live.stored.config.taskId);
      if (record !== undefined) begin(live, record);
    }
  }

  function start(): Promise<void> {
    starting ??= targets.any ? load() : Promise.resolve();
    return starting;
  }

  return {
    isOn: targets.any,
    checkOn() {
      if (!targets.any) throw pushNotSupported();
    },
    start,
    async check({ url }) {
      if (!targets.any) throw pushNotSupported();
      const admission = await targets.admit(url);
      if (!admission.ok) throw invalidField("url", admission.why);
    },
    async keep(record, config, owner, after) {
      await start();
      const full = { ...config, taskId: record.id };
      const known = book.find(record.id, config.id, owner);
      const acknowledged = known?.stored.acknowledged ?? after;
      const live = book.add({ config: full, owner, acknowledged }, known);
      try {
        await book.save();
      } catch (error) {
        // What is not on disk was never promised.
        book.drop(live);
        throw error;
      }
      if (!live.stop.signal.aborted) begin(live, record);
      return full;
    },
    of: (taskId, owner) =>
      book
        .all()
        .map(({ stored }) => stored)
        .filter(
          (stored) => stored.config.taskId === taskId && stored.owner === owner,
        )
        .sort((a, b) => a.order - b.order),
    async remove({ config, owner }) {
      const live = book.find(config.taskId, config.id, owner);
      if (live === undefined) return;
      book.drop(live);
      await book.save();
    },
    counts: () => ({ configs: book.all().length, ...counts }),
    async close() {
      closing.abort(new Error("the hub has closed"));
      await starting?.catch(() => undefined);
      await Promise.allSettled([...working]);
      await book.close();
    },
  };
}
