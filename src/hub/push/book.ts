import { toProblem } from "../../core/errors.ts";
import type { Clock, TextLog } from "../../ports.ts";
import type { StoredPush } from "../../protocol/push.ts";
import { overloaded } from "../wireError.ts";
import type { ConfigFile } from "./configFile.ts";
import { openConfigFile } from "./configFile.ts";

/** Configurations one hub keeps; those that are done give way to new ones. */
const MAX_CONFIGS = 1000;
/** Configurations of one task. */
const MAX_PER_TASK = 16;
/** Acknowledgements reach the disk this much later, ms: what a crash forgets is sent again. */
const SAVE_MS = 1000;

/** A configuration that is kept. Only `acknowledged` of what is stored ever changes. */
export interface Live {
  readonly stored: Omit<StoredPush, "acknowledged"> & { acknowledged: number };
  /** Ends what is sent for it. */
  readonly stop: AbortController;
  /** Nothing more is sent: its task's end was acknowledged, or its receiver given up. */
  isDone: boolean;
}

/** The configurations of one hub, and their file. */
export interface Book {
  /** Takes in what the file holds of tasks that `isKnown`; a damaged one is set aside and said. */
  load(isKnown: (taskId: string) => boolean): Promise<readonly Live[]>;
  all(): readonly Live[];
  find(taskId: string, id: string, owner: string): Live | undefined;
  /** Takes one in, in place of `instead` where there is one; throws the overload error where there is no room. */
  add(stored: Omit<Live["stored"], "order">, instead: Live | undefined): Live;
  drop(live: Live): void;
  /** Resolves once everything as it is now is on disk. */
  save(): Promise<void>;
  /** The same, in a while. */
  saveSoon(): void;
  /** Saves what is left to be saved; never rejects. */
  close(): Promise<void>;
}

/** Opens the book over the file at `path`; nothing is read or written yet. */
export function openBook(
  path: string,
  parts: { readonly clock: Clock; readonly textLog: TextLog },
): Book {
  const { clock, textLog } = parts;
  const lives = new Set<Live>();
  const closing = new AbortController();
  const file: ConfigFile = openConfigFile(path, () =>
    [...lives].map(({ stored }) => stored),
  );
  let lastOrder = 0;
  let isSaving = false;
  let isUnsaved = false;

  function keep(stored: Live["stored"]): Live {
    const live: Live = { stored, stop: new AbortController(), isDone: false };
    lives.add(live);
    lastOrder = Math.max(lastOrder, stored.order);
    return live;
  }

  function drop(live: Live): void {
    live.stop.abort(new Error("the configuration was removed"));
    lives.delete(live);
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

  function save(): Promise<void> {
    isUnsaved = false;
    return file.save();
  }

  function unsaved(error: unknown): void {
    textLog.warn("push configurations could not be saved", {
      why: toProblem(error).message,
    });
  }

  return {
    async load(isKnown) {
      const kept = await file.load(() => {
        textLog.error("the file of push configurations was not readable", {
          safe: "it was set aside; clients must make their configurations again",
        });
      });
      return kept
        .filter(({ config }) => isKnown(config.taskId))
        .map((stored) => keep({ ...stored }));
    },
    all: () => [...lives],
    find: (taskId, id, owner) =>
      [...lives].find(
        ({ stored: { config, owner: own } }) =>
          config.taskId === taskId && config.id === id && own === owner,
      ),
    add(stored, instead) {
      if (instead === undefined) makeRoom(stored.config.taskId);
      else drop(instead);
      return keep({ ...stored, order: instead?.stored.order ?? lastOrder + 1 });
    },
    drop,
    save,
    saveSoon() {
      isUnsaved = true;
      if (isSaving) return;
      isSaving = true;
      clock
        .after(SAVE_MS, closing.signal)
        .then(save)
        .catch((error: unknown) => {
          // On closing it is saved at once.
          if (!closing.signal.aborted) unsaved(error);
        })
        .finally(() => {
          isSaving = false;
        });
    },
    async close() {
      closing.abort(new Error("the hub has closed"));
      if (isUnsaved) await save().catch(unsaved);
    },
  };
}
