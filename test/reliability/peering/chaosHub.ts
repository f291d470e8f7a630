import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Asked, State, Told } from "./chaosWords.ts";

/** One hub over all of its processes. */
export interface ChaosHub {
  readonly name: string;
  readonly hubId: string;
  readonly isAlive: boolean;
  /** How often it was killed. */
  readonly kills: number;
  /** What its processes said and had on disk. */
  readonly stored: ReadonlySet<string>;
  /** Rejects when its process ends first. */
  ask<T>(asked: Asked): Promise<T>;
  state(): Promise<State | undefined>;
  /** Ends its process with SIGKILL and resolves when it is gone. */
  kill(): Promise<void>;
  /** Starts it again over what is on disk. */
  start(): Promise<void>;
}

/** Starts a hub in a folder of its own; `script` is the built child. */
export async function startHub(
  name: string,
  dir: string,
  script: string,
): Promise<ChaosHub> {
  const folder = join(dir, name);
  mkdirSync(folder, { recursive: true });
  const stored = new Set<string>();
  const waiting = new Map<number, PromiseWithResolvers<unknown>>();
  let asked = 0;
  let lives = 0;
  let child: ChildProcess | undefined;
  let hubId = "";

  const hear = (told: Told): void => {
    if (told.kind === "stored") stored.add(told.text);
    else if (told.kind === "ready") hubId = told.hubId;
    else if (told.problem === undefined)
      waiting.get(told.id)?.resolve(told.result);
    else waiting.get(told.id)?.reject(new Error(`${name}: ${told.problem}`));
  };

  const start = async (): Promise<void> => {
    lives += 1;
    const born = fork(script, [name, folder, String(lives)]);
    const ready = Promise.withResolvers<undefined>();
    born.on("message", (message) => {
      const told = message as Told;
      hear(told);
      if (told.kind === "ready") ready.resolve(undefined);
    });
    born.on("exit", () => {
      const gone = new Error(`${name} has ended`);
      ready.reject(gone);
      child = undefined;
      for (const { reject } of waiting.values()) reject(gone);
    });
    await ready.promise;
    child = born;
  };
  await start();

  const ask = async <T>(what: Asked): Promise<T> => {
    asked += 1;
    const id = asked;
    const answer = Promise.withResolvers<unknown>();
    waiting.set(id, answer);
    if (child === undefined) answer.reject(new Error(`${name} has ended`));
    else child.send({ id, asked: what });
    try {
      return (await answer.promise) as T;
    } finally {
      waiting.delete(id);
    }
  };

  return {
    name,
    get hubId() {
      return hubId;
    },
    get isAlive() {
      return child !== undefined;
    },
    get kills() {
      return lives - 1;
    },
    stored,
    ask,
    state: () => ask<State | undefined>({ kind: "state" }),
    async kill() {
      if (child === undefined) return;
      const gone = once(child, "exit");
      child.kill("SIGKILL");
      await gone;
    },
    start,
  };
}
