/** The only turn loop: an agent works on one task until it hands in its answer. */
import { redact } from "../core/redact.ts";
import { RoundtableError, isProblem, toProblem } from "../core/errors.ts";
import type {
  Block,
  ModelMessage,
  ModelRequest,
  Models,
  Reply,
  TextLog,
} from "../ports.ts";
import type { Budget } from "../protocol/event.ts";
import type { RoleFile } from "../protocol/role.ts";
import type { Work } from "../protocol/work.ts";
import { createCircleGuard } from "./guards.ts";
import { createMeter } from "./meter.ts";
import { CHARTER, firstMessage } from "./prompt.ts";
import { formIssues, readSubmission, submitTool } from "./submit.ts";
import { startTaskClock } from "./taskClock.ts";
import { tierOf } from "./tier.ts";
import { malformedAnswer, refused, truncated } from "./modelTrouble.ts";
import { openToolGate, type ToolGate, type ToolGatePorts } from "./toolGate.ts";
import { withoutModel } from "./withoutModel.ts";

/** What the executor needs from outside. */
export interface ExecutorPorts extends ToolGatePorts {
  /** Models of a mission; the default ones for any other stream. Where there are none, ballots are abstentions and other work fails with `no-model`. */
  modelsFor(missionId: string): Promise<Models | undefined>;
  readonly textLog: TextLog;
}

/** Caps where the mission does not say. */
export interface ExecutorLimits {
  readonly dailyMicroUsd: number;
  /** For conversations that are no mission of ours. */
  readonly budget: Budget;
}

/** US$20 a day; US$5, 50 turns and 60 minutes per task. */
export const DEFAULT_LIMITS: ExecutorLimits = {
  dailyMicroUsd: 20_000_000,
  budget: { microUsd: 5_000_000, turnsPerTask: 50, taskMs: 3_600_000 },
};

/** One agent's task as the hub knows it. */
export interface TaskContext {
  readonly taskId: string;
  readonly agentId: string;
  /** Words as the model streams them. */
  onText(delta: string): void;
  /** What the agent said in a turn, whole and without secrets, for the record. */
  onSaid(text: string): void;
}

/** Does work with a model and tools. */
export interface Executor {
  /** Works until the answer is in. Everything that goes wrong is a value; rejects only with the signal's reason when aborted. */
  execute(
    work: Work,
    role: RoleFile,
    context: TaskContext,
    signal: AbortSignal,
  ): Promise<Reply>;
}

const MAX_TOKENS = 16_000;
const ENLARGED_MAX_TOKENS = 48_000;
const MAX_REPEATS = 2;

/** Makes the executor; one per log, because it keeps the money together. */
export function createExecutor(
  ports: ExecutorPorts,
  limits: ExecutorLimits = DEFAULT_LIMITS,
): Executor {
  const { log, textLog } = ports;
  const meter = createMeter(ports, limits.dailyMicroUsd);

  const budgetOf = (missionId: string): Budget => {
    let budget = limits.budget;
    for (const event of log.mission(missionId)) {
      if (event.type === "MissionOpened") budget = event.data.budget;
      if (event.type === "MissionResumed") budget = event.data.budget ?? budget;
    }
    return budget;
  };

  return {
    async execute(work, role, context, signal) {
      signal.throwIfAborted();
      const { missionId } = work;
      const { taskId, agentId } = context;
      const budget = budgetOf(missionId);
      const taskClock = startTaskClock(
        ports,
        { missionId, agentId, limitMs: budget.taskMs },
        signal,
      );
      try {
        const models = await ports.modelsFor(missionId);
        if (models === undefined) return withoutModel(work);
        const gate = await openToolGate(
          ports,
          { taskId, agentId, role, work },
          taskClock.signal,
        );
        return await runTurns({
          work,
          role,
          gate,
          maxTurns: budget.turnsPerTask,
          said: (text) => {
            context.onSaid(redact(text));
          },
          turn: (request) =>
            meter.turn(
              request,
              {
                missionId,
                taskId,
                agentId,
                models,
                capMicroUsd: budget.microUsd,
              },
              taskClock.signal,
              (delta) => {
                context.onText(delta);
              },
            ),
        });
      } catch (error) {
        signal.throwIfAborted();
        const cause: unknown = taskClock.signal.aborted
          ? taskClock.signal.reason
          : error;
        if (!isProblem(cause))
          textLog.error("A task failed.", { taskId, why: String(cause) });
        // What to do next is said by who asked: it knows whether there is a mission to resume.
        const { code, message } = toProblem(cause);
        return { ok: false, code, message };
      } finally {
        await taskClock.dispose();
      }
    },
  };
}

interface Run {
  readonly work: Work;
  readonly role: RoleFile;
  readonly gate: ToolGate;
  readonly maxTurns: number;
  said(text: string): void;
  turn(request: ModelRequest): ReturnType<Models["turn"]>;
}

async function runTurns(run: Run): Promise<Reply> {
  const { work, role, gate } = run;
  const tools = [...gate.specs, submitTool(work)];
  const tier = tierOf(work, role);
  const circles = createCircleGuard();
  const messages: ModelMessage[] = [firstMessage(work, role)];
  let maxTokens = MAX_TOKENS;
  let malformed = 0;
  let reminded = false;

  for (let turns = 0; turns < run.maxTurns; turns += 1) {
    const turn = await run.turn({
      shared: CHARTER,
      tier,
      tools,
      messages,
      maxTokens,
      ...(reminded ? { mustCall: "submit" } : {}),
    });
    const { message, stop } = turn;
    if (stop === "refusal") throw refused(turn.model, message);
    if (stop === "contextFull") throw truncated("ran out of context");
    if (stop === "maxTokens") {
      if (maxTokens === ENLARGED_MAX_TOKENS)
        throw truncated("was cut off twice");
      maxTokens = ENLARGED_MAX_TOKENS;
      continue;
    }
    if (message.content.length > 0 || message.opaque !== undefined)
      messages.push(message);
    tell(run, message);
    if (stop === "pause") continue;

    const results: Block[] = [];
    for (const block of message.content) {
      if (block.type !== "toolUse") continue;
      if (block.name === "submit") {
        const parsed = readSubmission(work, block.input);
        if (parsed.ok)
          return { ok: true, answer: parsed.answer, lineage: turn.model };
        malformed += 1;
        if (malformed > MAX_REPEATS)
          throw malformedAnswer(
            `its form was wrong: ${parsed.issues.join("; ")}`,
          );
        results.push(resultOf(block.id, false, formIssues(parsed.issues)));
        continue;
      }
      circles.before(block.name, block.input);
      const output = await gate.call(block.name, block.input);
      circles.after(output.ok);
      results.push(resultOf(block.id, output.ok, output.text));
    }
    if (results.length === 0) {
      if (reminded) throw malformedAnswer("it ended twice without submit");
      reminded = true;
      results.push({ type: "text", text: REMINDER });
    }
    messages.push({ role: "user", content: results });
  }
  throw new RoundtableError(
    "turns-spent",
    `The agent did not finish within ${String(run.maxTurns)} turns.`,
    "What it did is in the log. Raise roundtable.turnsPerTask if it was on the right way, or cut the work into smaller steps.",
  );
}

/** Puts an agent's words on record; a ballot that is handed in stays sealed, words around it included. */
function tell(run: Run, { content }: ModelMessage): void {
  const seals =
    run.work.kind === "ballot" &&
    content.some(
      (block) => block.type === "toolUse" && block.name === "submit",
    );
  const words = content
    .flatMap((block) => (block.type === "text" ? [block.text.trim()] : []))
    .filter((text) => text !== "")
    .join("\n\n");
  if (!seals && words !== "") run.said(words);
}

const REMINDER =
  "You ended without calling submit, so nothing was handed in. Call submit now with the complete answer.";

function resultOf(toolUseId: string, ok: boolean, text: string): Block {
  return { type: "toolResult", toolUseId, text, isError: !ok };
}
