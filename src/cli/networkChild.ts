import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { RoundtableError } from "../core/errors.ts";
import { HubAddress } from "../protocol/hub.ts";

/** A hub that runs as a process of its own. */
export interface HubProcess {
  readonly address: HubAddress;
  /** What it printed for people, so far. */
  readonly lines: readonly string[];
  /** Resolves with the line that `fits`, printed already or later; rejects when the hub ends first, or with the signal's reason. */
  shows(fits: RegExp, signal: AbortSignal): Promise<string>;
  /** Lets it end by itself. */
  end(): Promise<void>;
  /** As a machine that loses its power. */
  kill(): Promise<void>;
}

/** Starts this very program as a hub, with its state below `home`. Each line for people is told to `onLine`. */
export async function startHub(options: {
  readonly args: readonly string[];
  readonly home: string;
  readonly onLine: (line: string) => void;
  readonly signal: AbortSignal;
}): Promise<HubProcess> {
  const { args, home, onLine, signal } = options;
  const [, program = ""] = process.argv;
  const child = spawn(
    process.execPath,
    [...process.execArgv, program, "hub", ...args],
    {
      env: { ...process.env, ROUNDTABLE_HOME: home, NO_COLOR: "1" },
      stdio: ["ignore", "pipe", "pipe"],
      // Ctrl+C is for who started it, which ends its hubs itself.
      detached: true,
    },
  );
  const lines: string[] = [];
  const looks = new Set<() => void>();
  const first = Promise.withResolvers<string>();
  const ended = once(child, "exit");
  let complaint = "";
  child.stderr.on("data", (chunk: Buffer) => {
    complaint = `${complaint}${chunk.toString("utf8")}`.slice(-2000);
  });
  createInterface({ input: child.stdout }).on("line", (line) => {
    if (line.startsWith("{")) first.resolve(line);
    else {
      lines.push(line);
      onLine(line);
      for (const look of [...looks]) look();
    }
  });
  const gone = ended.then((): never => {
    throw new RoundtableError(
      "hub-failed",
      `A hub ended too early: ${complaint.trim() || "it does not say why"}`,
      "Everything that was started here is ended again.",
    );
  });
  // Whoever waits for something hears of it.
  gone.catch(() => undefined);
  const kill = async (how: NodeJS.Signals): Promise<void> => {
    if (child.exitCode === null && child.signalCode === null) child.kill(how);
    await ended;
  };
  const aborted = new Promise<never>((_, reject) => {
    signal.addEventListener("abort", () => {
      reject(signal.reason as Error);
    });
  });
  aborted.catch(() => undefined);
  try {
    signal.throwIfAborted();
    const address = await Promise.race([first.promise, gone, aborted]);
    return {
      address: HubAddress.parse(JSON.parse(address)),
      lines,
      async shows(fits, until) {
        const found = Promise.withResolvers<string>();
        const look = (): void => {
          const line = lines.find((one) => fits.test(one));
          if (line !== undefined) found.resolve(line);
        };
        const stop = (): void => {
          found.reject(until.reason as Error);
        };
        looks.add(look);
        until.addEventListener("abort", stop);
        look();
        try {
          until.throwIfAborted();
          return await Promise.race([found.promise, gone]);
        } finally {
          looks.delete(look);
          until.removeEventListener("abort", stop);
        }
      },
      end: () => kill("SIGINT"),
      kill: () => kill("SIGKILL"),
    };
  } catch (error) {
    await kill("SIGKILL");
    throw error;
  }
}
