/** One git process: hardened, without a shell, with its exit code as a value. */
import { RoundtableError } from "../../core/errors.ts";
import { cleanEnvironment, FIXED_CONFIG, OPENED_GUARDS } from "./hardening.ts";

/** A call with everything explicit. Paths are absolute. */
export interface GitCall {
  readonly args: readonly string[];
  readonly cwd: string;
  /** Left out for discovery only. */
  readonly gitDir?: string;
  readonly workTree?: string;
  /** Index to use in place of the repository's own. */
  readonly index?: string;
  /** Text for standard input; git's standard input stays open and unread without it. */
  readonly input?: string;
  /** Time of anything that is dated, ms; the epoch when left out. */
  readonly at?: number;
  readonly overrides?: readonly (readonly [key: string, value: string])[];
  /** Exit codes that are an answer; others reject. Only 0 when left out. */
  readonly answers?: readonly number[];
}

export interface GitOutput {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Silence after which a call is given up, ms: a first checkout of a large repository says nothing for minutes. */
const SILENCE_MS = 600_000;

/** Runs git once. Rejects with `git-failed` when git is missing, too old, or ends with a code that is no answer. */
export async function runGit(call: GitCall): Promise<GitOutput> {
  const { simpleGit } = await import("simple-git");
  const env = cleanEnvironment(call.at ?? 0, call.overrides ?? []);
  if (call.index !== undefined) env["GIT_INDEX_FILE"] = call.index;
  let exitCode = -1;
  let stderr = "";
  const git = simpleGit({
    baseDir: call.cwd,
    config: [...FIXED_CONFIG],
    unsafe: OPENED_GUARDS,
    allowEnvironment: Object.keys(env).filter((name) =>
      name.startsWith("GIT_"),
    ),
    // Waiting for `close` and not for `exit`: output may still be in the pipe when the process ends.
    completion: { onClose: true, onExit: false },
    timeout: { block: SILENCE_MS },
    ...(call.input === undefined ? {} : { input: () => call.input }),
    errors: (error, result) => {
      exitCode = result.exitCode;
      stderr = Buffer.concat(result.stdErr).toString("utf8");
      return result.exitCode >= 0 && result.exitCode < 256 ? undefined : error;
    },
  }).env(env);
  const places = [
    ...(call.gitDir === undefined ? [] : [`--git-dir=${call.gitDir}`]),
    ...(call.workTree === undefined ? [] : [`--work-tree=${call.workTree}`]),
  ];
  let stdout: string;
  try {
    stdout = await git.raw([...places, ...call.args]);
  } catch (error) {
    throw failure(
      call,
      error instanceof Error ? error.message : String(error),
      error,
    );
  }
  if (!(call.answers ?? [0]).includes(exitCode)) throw failure(call, stderr);
  return { exitCode, stdout, stderr };
}

function failure(
  call: GitCall,
  said: string,
  cause?: unknown,
): RoundtableError {
  const verb = call.args.find((arg) => !arg.startsWith("-")) ?? "";
  const reason = said.trim().split("\n")[0] ?? "";
  return new RoundtableError(
    "git-failed",
    `git ${verb} failed: ${reason === "" ? "it gave no reason" : reason}.`,
    "Your files and branches are as they were; check that git 2.38 or newer is installed and that the repository is intact (`git fsck`), then resume.",
    cause === undefined ? undefined : { cause },
  );
}
