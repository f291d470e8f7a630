/** The other end of `hubChild.ts`. */
import assert from "node:assert/strict";
import { fork } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { type Discovered, readDiscovery } from "../../src/hub/discovery.ts";

/** What a hub's process holds after its garbage was collected, bytes. */
export interface Condition {
  readonly rss: number;
  readonly heapUsed: number;
  readonly external: number;
  /** What its text log calls an error. */
  readonly errors: readonly string[];
  /** Most that ever waited for one reader when a message was offered to it. */
  readonly mostWaiting: number;
  /** Tasks its agent `worker` was given. */
  readonly executed: number;
}

/** What the worker is to say. */
export interface Telling {
  readonly taskId: string;
  readonly pieces: number;
}

export interface HubProcess {
  readonly address: Discovered;
  /** Fails when the process has ended. */
  condition(): Promise<Condition>;
  /** Has the worker say pieces of an answer to a task it holds. */
  tell(telling: Telling): Promise<void>;
  /** Resolves with how it ended. */
  readonly ended: Promise<string>;
}

/** Starts a hub that is killed, and whose files are removed, when the test ends. */
export async function startHub(
  t: TestContext,
  /** Flags of its Node. */
  flags: readonly string[] = [],
): Promise<HubProcess> {
  const folder = await mkdtemp(join(tmpdir(), "roundtable-hostile-"));
  const child = fork(join(import.meta.dirname, "hubChild.ts"), [folder], {
    execArgv: ["--expose-gc", ...flags],
  });
  const ended = once(child, "exit").then(
    ([code, signal]) => `the hub ended: ${String(code ?? signal)}`,
  );
  t.after(async () => {
    child.kill("SIGKILL");
    await ended;
    await rm(folder, { recursive: true, force: true });
  });
  const answer = async (): Promise<Record<string, unknown>> => {
    const come = once(child, "message") as Promise<[Record<string, unknown>]>;
    const got = await Promise.race([come, ended]);
    if (typeof got === "string") assert.fail(got);
    return got[0];
  };
  const ask = async (what: string | Telling): Promise<Condition> => {
    child.send(what);
    const { condition } = await answer();
    return condition as Condition;
  };
  const { tokenFile } = await answer();
  return {
    address: await readDiscovery(String(tokenFile)),
    condition: () => ask("condition"),
    tell: async (telling) => {
      await ask(telling);
    },
    ended,
  };
}
