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
import { invalidField, overloaded, pushNotSupported } from "../wireError.ts";
import type { Address } from "./addresses.ts";
import type { ConfigFile } from "./configFile.ts";
import { openConfigFile } from "./configFile.ts";
import { createDeliver } from "./delivery.ts";
import type { Posted } from "./post.ts";
import type { Resolve } from "./targets.ts";
import { createTargets } from "./targets.ts";

/** Configurations one hub keeps; those that are done give way to new ones. */
const MAX_CONFIGS = 1000;
/** Configurations of one task. */
const MAX_PER_TASK = 16;
/** Acknowledgements reach the disk this much later, ms: what a crash forgets is sent again. */
const SAVE_MS = 1000;

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

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** A configuration at work. */
interface Live {
  readonly stored: Mutable<StoredPush>;
  readonly stop: AbortController;
  /** Nothing more is sent: its task's end was acknowledged, or its receiver given up. */
  isDone: boolean;
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
  const { options, tasks, updates, clock, textLog } = parts;
  const targets = createTargets(
    options.targets,
    options.resolve ?? systemResolve,
  );
  const deliver = createDeliver({ ...parts, targets });
  const lives = new Set<Live>();
  const working = new Set<Promise<void>>();
  const closing = new AbortController();
  const counts = { delivered: 0, retries: 0, gaveUp: 0 };
  const file: ConfigFile = openConfigFile(options.file, () =>
    [...lives].map(({ stored }) => stored),
  );
  let lastOrder = 0;
  let starting: Promise<void> | undefined;
  let isSaving = false;

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

  function saveSoon(): void {
    if (isSaving) return;
    isSaving = true;
    clock
      .after(SAVE_MS, closing.signal)
      .then(() => file.save())
      // On closing it is saved at once.
      .catch((error: unknown) => {
        if (!closing.signal.aborted) unsaved(error);
      })
      .finally(() => {
        isSaving = false;
      });
  }

  function unsaved(error: unknown): void {
    textLog.warn("push configurations could not be saved", {
      why: toProblem(error).message,
    });
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
      saveSoon();
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

  function drop(live: Live): void {
    live.stop.abort(new Error("the configuration was removed"));
    lives.delete(live);
  }

  function add(stored: Mutable<StoredPush>): Live {
    const live: Live = { stored, stop: new AbortController(), isDone: false };
    lives.add(live);
    lastOrder = Math.max(lastOrder, stored.order);
    return live;
  }

  function makeRoom(taskId: string): void {
    const ofTask = [...lives].filter(
      ({ stored }) => stored.config.taskId === taskId,
    );
    if (ofTask.length >= MAX_PER_TASK)
      throw overloaded("push configurations of this task");
    if (lives.size < MAX_CONFIGS) return;
    const oldest = [...lives].find(({ isDone }) => isDone);
    if (oldest === undefined) throw overloaded("push configurations");
    drop(oldest);
  }

  async function load(): Promise<void> {
    const kept = await file.load(() => {
      textLog.error("the file of push configurations was not readable", {
        safe: "it was set aside; clients must make their configurations again",
      });
    });
    for (const stored of kept) {
      const record = tasks.get(stored.config.taskId);
      if (record !== undefined) begin(add({ ...stored }), record);
    }
  }

  return {
    isOn: targets.any,
    checkOn() {
      if (!targets.any) throw pushNotSupported();
    },
    start() {
      starting ??= targets.any ? load() : Promise.resolve();
      return starting;
    },
    async check({ url }) {
      if (!targets.any) throw pushNotSupported();
      const admission = await targets.admit(url);
      if (!admission.ok) throw invalidField("url", admission.why);
    },
    async keep(record, config, owner, after) {
      await this.start();
      const { id } = config;
      const full = { ...config, taskId: record.id };
      const known = [...lives].find(
        ({ stored }) =>
          stored.config.taskId === record.id &&
          stored.config.id === id &&
          stored.owner === owner,
      );
      if (known === undefined) makeRoom(record.id);
      else drop(known);
      const live = add({
        config: full,
        owner,
        order: known?.stored.order ?? lastOrder + 1,
        acknowledged: known?.stored.acknowledged ?? after,
      });
      await file.save();
      if (!live.stop.signal.aborted) begin(live, record);
      return full;
    },
    of: (taskId, owner) =>
      [...lives]
        .map(({ stored }) => stored)
        .filter(
          (stored) => stored.config.taskId === taskId && stored.owner === owner,
        )
        .sort((a, b) => a.order - b.order),
    async remove(stored) {
      for (const live of [...lives]) if (live.stored === stored) drop(live);
      await file.save();
    },
    counts: () => ({ configs: lives.size, ...counts }),
    async close() {
      closing.abort(new Error("the hub has closed"));
      await Promise.allSettled([...working]);
      if (starting === undefined) return;
      await starting.catch(() => undefined);
      if (lives.size > 0) await file.save().catch(unsaved);
    },
  };
}
