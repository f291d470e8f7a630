/** Kinds of trouble a person can meet; the text for people is in the error, code never matches on it. */
export type ErrorCode =
  | "not-a-repository"
  | "bare-repository"
  | "unborn-head"
  | "dirty-checkout"
  | "bad-revision"
  | "git-failed"
  | "git-tampered"
  | "merge-conflict"
  | "branch-moved"
  | "log-missing"
  | "log-archived"
  | "bad-log-file"
  | "log-busy"
  | "log-fenced"
  | "log-corrupt"
  | "log-full"
  | "log-closed"
  | "log-too-new"
  | "sqlite-too-old"
  | "mailbox-busy"
  | "mailbox-closed"
  | "mailbox-corrupt"
  | "mailbox-failed"
  | "mailbox-fenced"
  | "mailbox-full"
  | "mailbox-overloaded"
  | "mailbox-too-new"
  | "no-model"
  | "bad-key"
  | "model-refused"
  | "model-malformed"
  | "model-truncated"
  | "model-timeout"
  | "model-overloaded"
  | "model-unreachable"
  | "model-failed"
  | "budget-spent"
  | "turns-spent"
  | "stuck"
  | "tool-failed"
  | "path-denied"
  | "command-denied"
  | "sandbox-failed"
  | "mcp-failed"
  | "hub-failed"
  | "agent-missing"
  | "peer-refused"
  | "peer-unreachable"
  | "bad-invitation"
  | "peering-failed"
  | "remote-agent-failed"
  | "task-failed"
  | "stopped"
  | "bad-intent"
  | "bad-settings"
  | "bad-role"
  | "bad-rules"
  | "no-decision"
  | "stale-artifact"
  | "internal";

/**
 * An error a person can act on. `message` is one sentence that says what happened; `next` one that says what is safe and what to do.
 * Errors that cross a wire are made in `hub/` only and are a family of their own.
 */
export class RoundtableError extends Error {
  readonly code: ErrorCode;
  readonly next: string;
  constructor(
    code: ErrorCode,
    message: string,
    next: string,
    options?: { readonly cause?: unknown },
  ) {
    super(message, options);
    this.name = "RoundtableError";
    this.code = code;
    this.next = next;
  }
}

/** True for a {@link RoundtableError} with one of `codes`, or any of them when none is given. */
export function isProblem(
  error: unknown,
  ...codes: readonly ErrorCode[]
): error is RoundtableError {
  return (
    error instanceof RoundtableError &&
    (codes.length === 0 || codes.includes(error.code))
  );
}

/** Turns anything thrown into a {@link RoundtableError}: its own kind unchanged, the rest as `internal` with the cause kept. */
export function toProblem(error: unknown): RoundtableError {
  if (error instanceof RoundtableError) return error;
  const text = error instanceof Error ? error.message : String(error);
  return new RoundtableError(
    "internal",
    `Something failed that should not: ${text}`,
    "Everything said and decided so far is in the log; resume the mission, and report this if it happens again.",
    { cause: error },
  );
}
