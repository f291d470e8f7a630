/** One program from start to certain end. */
import { spawn } from "node:child_process";
import { RoundtableError } from "../../core/errors.ts";
import type { CommandResult } from "../../ports.ts";

/** Output kept of a command, characters: its last ones. */
export const MAX_OUTPUT = 65_536;

/** Time a command has between being asked to end and being ended, ms. */
const GRACE_MS = 2_000;

/** Time left for the last output once the command itself has ended, ms: a program it left behind may hold the pipe open. */
const LAST_WORDS_MS = 250;

/**
 * Runs a program without a shell in a process group of its own, which is gone when this resolves. Rejects with `tool-failed` when it
 * cannot be started, and with the signal's reason when aborted.
 */
export async function runProcess(
  command: {
    readonly argv: readonly string[];
    readonly cwd: string;
    readonly env: Readonly<Record<string, string>>;
    readonly timeoutMs: number;
  },
  signal: AbortSignal,
): Promise<Omit<CommandResult, "sandboxed">> {
  signal.throwIfAborted();
  const [file, ...args] = command.argv;
  if (file === undefined || command.argv.some((word) => word.includes("\0")))
    throw new RoundtableError(
      "tool-failed",
      "A command must be a program and arguments without NUL characters.",
      "Nothing was run; correct the command in the project's settings.",
    );
  const startedAt = performance.now();
  const child = spawn(file, args, {
    cwd: command.cwd,
    env: command.env,
    detached: process.platform !== "win32",
    // Not a pipe: bash takes one for a remote login and reads start-up files.
    stdio: ["ignore", "pipe", "pipe"],
    windowsHide: true,
  });
  const tail = collectTail();
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8");
    stream.on("data", tail.add);
  }
  // In an object, because the compiler does not see that the timer changes it meanwhile.
  const limit = { passed: false };
  let killer: NodeJS.Timeout | undefined;
  const end = (): void => {
    killGroup(child.pid, "SIGTERM");
    clearTimeout(killer);
    killer = setTimeout(() => {
      killGroup(child.pid, "SIGKILL");
    }, GRACE_MS);
  };
  const timer = setTimeout(() => {
    limit.passed = true;
    end();
  }, command.timeoutMs);
  signal.addEventListener("abort", end, { once: true });
  try {
    const exitCode = await ended(child, file);
    signal.throwIfAborted();
    return {
      exitCode: limit.passed ? null : exitCode,
      output: tail.text(),
      timedOut: limit.passed,
      durationMs: Math.round(performance.now() - startedAt),
    };
  } finally {
    clearTimeout(timer);
    clearTimeout(killer);
    signal.removeEventListener("abort", end);
    killGroup(child.pid, "SIGKILL");
  }
}

function ended(
  child: ReturnType<typeof spawn>,
  file: string,
): Promise<number | null> {
  return new Promise((resolve, reject) => {
    child.once("error", (cause) => {
      reject(
        new RoundtableError(
          "tool-failed",
          `"${file}" could not be started: ${cause.message}.`,
          "Nothing was run; check that it is installed and on the PATH.",
          { cause },
        ),
      );
    });
    child.once("close", resolve);
    child.once("exit", (code) => {
      setTimeout(() => {
        child.stdout?.destroy();
        child.stderr?.destroy();
        resolve(code);
      }, LAST_WORDS_MS).unref();
    });
  });
}

function killGroup(pid: number | undefined, how: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(process.platform === "win32" ? pid : -pid, how);
  } catch {
    // The group is gone already, which is what was wanted.
  }
}

function collectTail(): {
  readonly add: (text: string) => void;
  readonly text: () => string;
} {
  let kept = "";
  let dropped = false;
  return {
    add: (text) => {
      kept += text;
      if (kept.length <= MAX_OUTPUT) return;
      dropped = true;
      kept = kept.slice(-MAX_OUTPUT);
    },
    text: () => {
      const note = "[earlier output left out]\n";
      return dropped ? note + kept.slice(note.length) : kept;
    },
  };
}
