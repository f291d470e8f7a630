import { ruleCommand } from "../core/policy.ts";
import type { Chance, CommandResult, EventLog, Sandbox } from "../ports.ts";
import { createPermissions } from "./permissions.ts";

/** Runs `argv` for at most `timeoutMs` in the caller's folder; undefined when it was not allowed. */
export type RunCommand = (
  argv: readonly string[],
  timeoutMs: number,
  why: string,
  signal: AbortSignal,
) => Promise<CommandResult | undefined>;

/** A command that somebody wants to run. */
export interface CommandRequest {
  readonly missionId: string;
  readonly agentId: string;
  readonly argv: readonly string[];
  readonly cwd: string;
  readonly timeoutMs: number;
  readonly why: string;
  /** True when a person has just allowed exactly this. */
  readonly permitted?: boolean;
  /** True for work of a peer: nobody is asked, and nothing runs that no sandbox holds. */
  readonly heldOnly?: boolean;
}

/** The one way to run a command: held by the sandbox, or allowed by a person. */
export interface CommandGate extends Pick<Sandbox, "status"> {
  /** Undefined when it was not allowed; a check that did not run has no result. Rejects with the signal's reason when aborted. */
  run(
    request: CommandRequest,
    signal: AbortSignal,
  ): Promise<CommandResult | undefined>;
}

/** What a permission for a command is about: the argument vector as JSON. */
export function commandSubject(argv: readonly string[]): string {
  return JSON.stringify(argv);
}

/** A gate that asks every time the sandbox does not hold, unless exactly these arguments were allowed for the mission. */
export function createCommandGate(ports: {
  readonly log: EventLog;
  readonly sandbox: Sandbox;
  readonly chance: Chance;
}): CommandGate {
  const { sandbox } = ports;
  const permissions = createPermissions(ports);

  const mayRun = async (
    request: CommandRequest,
    signal: AbortSignal,
  ): Promise<boolean> => {
    const status = await sandbox.status();
    const { ruling } = ruleCommand(status.holds);
    if (ruling === "deny") return false;
    if (ruling === "allow") return true;
    if (request.heldOnly === true) return false;
    if (request.permitted === true) return true;
    return permissions.ask(
      {
        missionId: request.missionId,
        agentId: request.agentId,
        what: "command",
        subject: commandSubject(request.argv),
        why: `To ${request.why}. It would run with your rights, because no sandbox holds it${status.holds ? "." : `: ${status.why}`}`,
      },
      signal,
    );
  };

  return {
    status: () => sandbox.status(),
    async run(request, signal) {
      signal.throwIfAborted();
      if (!(await mayRun(request, signal))) return undefined;
      const { argv, cwd, timeoutMs } = request;
      const apart = request.heldOnly === true;
      return sandbox.run(
        { argv, cwd, timeoutMs, ...(apart && { apart }) },
        signal,
      );
    },
  };
}
