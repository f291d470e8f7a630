import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import type { Server } from "./servers.ts";

/** What one run of a contestant gave. */
export type Figures = Readonly<Record<string, number>>;

/** Somebody who is measured: clients in a process of their own against a server in another. */
export interface Contestant {
  readonly name: string;
  measure(order: {
    readonly total: number;
    readonly lanes: number;
  }): Promise<Figures>;
  leave(): void;
}

/** Starts the clients of a kind against a server; undefined without a server. */
export function contestant(
  kind: string,
  server: Server | undefined,
): Contestant | undefined {
  if (server === undefined) return undefined;
  const child = spawn(
    process.execPath,
    [
      join(import.meta.dirname, "clientChild.ts"),
      kind,
      JSON.stringify(server.target),
    ],
    { stdio: ["ignore", "inherit", "inherit", "ipc"] },
  );
  return {
    name: kind,
    async measure(order) {
      const gone = new AbortController();
      const exited = once(child, "exit", { signal: gone.signal });
      const told = once(child, "message", { signal: gone.signal });
      child.send(order);
      const [figures] = (await Promise.race([
        told,
        exited.then(() => {
          throw new Error(`the clients "${kind}" ended`);
        }),
      ])) as [Figures];
      gone.abort();
      // One of the two always ends by being aborted.
      await Promise.allSettled([exited, told]);
      return figures;
    },
    leave() {
      child.disconnect();
    },
  };
}

/** The middle of the values. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const half = sorted.length / 2;
  return Number.isInteger(half)
    ? ((sorted[half - 1] ?? 0) + (sorted[half] ?? 0)) / 2
    : (sorted[Math.floor(half)] ?? 0);
}

/** Runs everybody in turn, `runs` times after one run to warm up, and returns each one's medians by name. */
export async function compete(
  contestants: readonly (Contestant | undefined)[],
  order: {
    readonly seconds?: number;
    readonly total: (name: string) => number;
    readonly lanes: number;
    readonly runs: number;
  },
): Promise<ReadonlyMap<string, Figures>> {
  const all = contestants.filter((one) => one !== undefined);
  const seen = new Map<string, Figures[]>(all.map(({ name }) => [name, []]));
  for (let run = 0; run <= order.runs; run += 1)
    for (const one of all) {
      const { lanes } = order;
      const figures = await one.measure({
        total: order.total(one.name),
        lanes,
      });
      if (run > 0) seen.get(one.name)?.push(figures);
      console.error(
        run === 0 ? "warm-up" : `run ${String(run)}`,
        one.name,
        Object.entries(figures)
          .map(([what, value]) => `${what} ${value.toFixed(0)}`)
          .join("  "),
      );
    }
  for (const { leave } of all) leave();
  return new Map(
    Array.from(seen, ([name, runs]) => [
      name,
      Object.fromEntries(
        Object.keys(runs[0] ?? {}).map((what) => [
          what,
          median(runs.map((figures) => figures[what] ?? NaN)),
        ]),
      ),
    ]),
  );
}
