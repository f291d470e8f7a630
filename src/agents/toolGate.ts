/** The one gate every tool call of an agent goes through: ruled, asked for where needed, written down before and after. */
import { RoundtableError, isProblem } from "../core/errors.ts";
import { canonicalJson } from "../core/json.ts";
import { redact } from "../core/redact.ts";
import type {
  Chance,
  Clock,
  EventLog,
  Hash,
  McpTools,
  OpenWorkspace,
  ToolSpec,
} from "../ports.ts";
import type { DataOf } from "../protocol/event.ts";
import type { RoleFile } from "../protocol/role.ts";
import type { Work } from "../protocol/work.ts";
import type { CommandGate } from "./commandGate.ts";
import { withoutMarks } from "./data.ts";
import { offeredTo, ruleGuest } from "./guest.ts";
import { createPermissions } from "./permissions.ts";
import { approvedPins } from "./toolPins.ts";
import { questionOf } from "./toolQuestion.ts";
import { ruleCall } from "./toolRule.ts";
import { mcpTool } from "./tools/mcpTool.ts";
import {
  ToolMisuse,
  type PreparedCall,
  type Tool,
  type ToolOutput,
} from "./tools/tool.ts";
import { workspaceTools } from "./tools/workspaceTools.ts";

/** What the gate needs from outside. */
export interface ToolGatePorts {
  readonly log: EventLog;
  readonly clock: Clock;
  readonly chance: Chance;
  readonly hash: Hash;
  readonly openWorkspace: OpenWorkspace;
  readonly commands: CommandGate;
  readonly mcp?: McpTools;
}

/** Whose calls these are. */
export interface Caller {
  readonly taskId: string;
  readonly agentId: string;
  readonly role: RoleFile;
  readonly work: Work;
}

/** The gate as one task sees it. */
export interface ToolGate {
  /** Tools on offer, sorted by name: the same for all roles with the same kind of work, so that they are cached once. */
  readonly specs: readonly ToolSpec[];
  /** Makes a call, or says why not. Rejects only when aborted or when the log cannot be written. */
  call(name: string, input: unknown): Promise<ToolOutput>;
}

type Ruling = Pick<DataOf<"ToolCalled">, "ruling" | "rule">;

const SUMMARY_LENGTH = 300;

/** Opens the gate for one task; asks the MCP servers for their tools. */
export async function openToolGate(
  ports: ToolGatePorts,
  caller: Caller,
  signal: AbortSignal,
): Promise<ToolGate> {
  const { log, clock, chance, hash, mcp, commands } = ports;
  const { taskId, agentId, role, work } = caller;
  const { missionId } = work;
  const { guest } = work;
  const own = offeredTo(guest, workspaceTools(work.writable));
  const workspace = ports.openWorkspace(work.root, { writable: work.writable });
  const permissions = createPermissions(ports);

  const allTools = async (): Promise<readonly Tool[]> => {
    // A guest's work does not even start the servers.
    if (mcp === undefined || guest !== undefined) return own;
    const listed = await mcp.list(signal);
    return [...own, ...listed.map((tool) => mcpTool(tool, mcp, hash))];
  };

  /** Looked up anew for each call: a server may have changed what stands behind a name. */
  const understand = async (
    name: string,
    input: unknown,
  ): Promise<
    | {
        readonly tool: Tool;
        readonly call: PreparedCall;
        readonly verdict: Ruling;
      }
    | { readonly verdict: Ruling; readonly why: string }
  > => {
    const named = (one: Tool): boolean => one.spec.name === name;
    const tool = own.find(named) ?? (await allTools()).find(named);
    if (tool === undefined)
      return {
        verdict: { ruling: "deny", rule: "unknown-tool" },
        why: `There is no tool ${JSON.stringify(name)} for this work.`,
      };
    try {
      const call = tool.prepare(input);
      const approved = approvedPins(
        call.pin === undefined ? [] : log.mission(missionId),
      );
      const verdict = await ruleCall(tool, call, {
        role,
        work,
        workspace,
        approved,
      });
      return {
        tool,
        call,
        verdict: await ruleGuest(guest, verdict, call, commands),
      };
    } catch (error) {
      if (!(error instanceof ToolMisuse)) throw error;
      return {
        verdict: { ruling: "deny", rule: "bad-input" },
        why: error.message,
      };
    }
  };

  const ask = (
    tool: Tool,
    call: PreparedCall,
    rule: string,
  ): Promise<boolean> => {
    const question = questionOf(tool, call, rule);
    return permissions.ask({ missionId, agentId, ...question }, signal);
  };

  const make = async (
    call: PreparedCall,
    permitted: boolean,
  ): Promise<ToolOutput> => {
    try {
      return await call.run({
        work,
        agentId,
        workspace,
        signal,
        runCommand: (argv, timeoutMs, why, commandSignal) =>
          commands.run(
            {
              missionId,
              agentId,
              argv,
              cwd: work.root,
              timeoutMs,
              why,
              permitted,
              heldOnly: guest !== undefined,
            },
            commandSignal,
          ),
      });
    } catch (error) {
      signal.throwIfAborted();
      if (isProblem(error, "log-full", "log-fenced", "log-closed")) throw error;
      return { ok: false, text: `It failed: ${wordsOf(error)}` };
    }
  };

  const perform = async (
    found: Awaited<ReturnType<typeof understand>>,
  ): Promise<ToolOutput> => {
    if ("why" in found) return { ok: false, text: found.why };
    const { tool, call, verdict } = found;
    if (verdict.ruling === "deny")
      return {
        ok: false,
        text: `This is not allowed (${verdict.rule}); nothing was done.`,
      };
    if (verdict.ruling === "allow") return make(call, false);
    return (await ask(tool, call, verdict.rule))
      ? make(call, call.argv !== undefined)
      : { ok: false, text: "The human said no; nothing was done." };
  };

  const specs = (await allTools())
    .map(({ spec }) => spec)
    .sort((a, b) => (a.name < b.name ? -1 : 1));

  return {
    specs,
    async call(name, input) {
      signal.throwIfAborted();
      const found = await understand(name, input);
      const callId = chance.id();
      const startedAt = clock.now();
      await log.append({
        missionId,
        type: "ToolCalled",
        by: agentId,
        data: {
          callId,
          taskId,
          agentId,
          tool: "tool" in found ? (found.tool.roleName ?? name) : name,
          summary: forPeople(
            "call" in found ? found.call.summary : canonicalJson(input ?? null),
          ),
          inputHash: hash(canonicalJson(input ?? null)),
          ...found.verdict,
        },
      });
      const returned = async (output: ToolOutput): Promise<void> => {
        await log.append({
          missionId,
          type: "ToolReturned",
          by: agentId,
          data: {
            callId,
            ok: output.ok,
            summary: forPeople(output.text),
            outputHash: hash(output.text),
            ...(output.exitCode !== undefined && { exitCode: output.exitCode }),
            durationMs: Math.max(0, Math.round(clock.now() - startedAt)),
          },
        });
      };
      try {
        const output = await perform(found);
        await returned(output);
        return output;
      } catch (error) {
        if (signal.aborted)
          await returned({ ok: false, text: "stopped before it ended" });
        throw error;
      }
    },
  };
}

/** Short and on one line, without secrets and without the marks that are for models. */
function forPeople(text: string): string {
  const line = redact(withoutMarks(text)).replace(/\s+/g, " ").trim();
  return line.length <= SUMMARY_LENGTH
    ? line
    : `${line.slice(0, SUMMARY_LENGTH)}…`;
}

function wordsOf(error: unknown): string {
  if (error instanceof RoundtableError) return `${error.message} ${error.next}`;
  return error instanceof Error ? error.message : String(error);
}
