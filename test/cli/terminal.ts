/** The command line as a process of its own, with a home and an environment that are the test's. */
import { spawn, type ChildProcess } from "node:child_process";
import { join } from "node:path";

/** What a command left behind when it ended. */
export interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** A command that runs. Its standard input is no terminal. */
export interface Running {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
  /** Resolves when standard output holds `text`; rejects when the command ends before. */
  shows(text: string): Promise<void>;
  /** Standard output so far. */
  out(): string;
}

const CLI = join(import.meta.dirname, "../../src/cli.ts");

/** Starts `roundtable ARGS` with its state below `home` and no key but that of `env`. */
export function start(
  home: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Running {
  const child = spawn(process.execPath, [CLI, ...args], {
    env: {
      PATH: process.env["PATH"] ?? "",
      HOME: home,
      ROUNDTABLE_HOME: join(home, "state"),
      ...env,
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let out = "";
  let err = "";
  const waiting = new Set<() => void>();
  child.stdout.on("data", (chunk: Buffer) => {
    out += chunk.toString();
    for (const look of waiting) look();
  });
  child.stderr.on("data", (chunk: Buffer) => (err += chunk.toString()));
  const ended = new Promise<Ended>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => {
      resolve({ code, out, err });
    });
  });
  return {
    child,
    ended,
    out: () => out,
    shows: (text) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          if (!out.includes(text)) return;
          waiting.delete(look);
          resolve();
        };
        waiting.add(look);
        look();
        void ended.then(() => {
          reject(new Error(`It ended without showing ${text}:\n${out}${err}`));
        });
      }),
  };
}

/** Runs `roundtable ARGS` to its end. */
export function run(
  home: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Ended> {
  return start(home, args, env).ended;
}
