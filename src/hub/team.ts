import { isProblem } from "../core/errors.ts";
import { canonicalJson } from "../core/json.ts";
import type { EventLog, Hash, Reply, Team, TextLog } from "../ports.ts";
import type { Message, Part, Task } from "../protocol/a2a.ts";
import type { AnswerOf, Work } from "../protocol/work.ts";
import {
  Answer,
  ANSWER_MEDIA_TYPE,
  WORK_MEDIA_TYPE,
} from "../protocol/work.ts";
import { describeWork, doingWork } from "./describeWork.ts";
import type { Execution } from "./execution.ts";
import { readFailure } from "./failure.ts";
import type { Handler } from "./handler.ts";
import type { Registry } from "./registry.ts";
import { toSeat } from "./registry.ts";
import type { Caller, Submit } from "./submit.ts";
import { taskKey } from "./submit.ts";
import type { TaskRecord, Tasks } from "./tasks.ts";
import { isTerminal } from "./tasks.ts";

const HUB: Caller = { name: "hub", remote: false };

function toMessage(work: Work, messageId: string): Message {
  return {
    messageId,
    contextId: work.missionId,
    role: "ROLE_USER",
    parts: [
      { text: describeWork(work), mediaType: "text/plain" },
      { data: work, mediaType: WORK_MEDIA_TYPE },
    ],
    metadata: {
      workKey: work.key,
      doing: doingWork(work),
      ...(work.kind === "implement" ? { stepId: work.step.id } : {}),
    },
  };
}

function answerPart(
  task: Task,
): { readonly part: Part; readonly lineage: unknown } | undefined {
  for (const { parts, metadata } of (task.artifacts ?? []).toReversed()) {
    const part = parts.findLast(
      ({ mediaType }) => mediaType === ANSWER_MEDIA_TYPE,
    );
    if (part !== undefined) return { part, lineage: metadata?.["lineage"] };
  }
  return undefined;
}

function readReply<W extends Work>(
  task: Task,
  kind: W["kind"],
  seatLineage: string,
): Reply<AnswerOf<W["kind"]>> {
  if (task.status.state !== "TASK_STATE_COMPLETED") {
    const { code, text } = readFailure(task.status);
    return { ok: false, code, message: text };
  }
  const found = answerPart(task);
  const parsed = Answer.safeParse(found?.part.data);
  if (!parsed.success || parsed.data.kind !== kind)
    return {
      ok: false,
      code: "model-malformed",
      message: `The agent ended its work without an answer of the kind "${kind}".`,
    };
  const lineage = found?.lineage;
  return {
    ok: true,
    // The comparison of kinds above is what the type says.
    answer: parsed.data as AnswerOf<W["kind"]>,
    lineage: typeof lineage === "string" ? lineage : seatLineage,
  };
}

/** The team as the mission sees it: every piece of work is an A2A task of the agent, found again by the work's key after a restart. */
export function createTeam(parts: {
  readonly log: EventLog;
  readonly hash: Hash;
  readonly textLog: TextLog;
  readonly name: string;
  readonly registry: Registry;
  readonly tasks: Tasks;
  readonly execution: Execution;
  readonly submit: Submit;
  readonly handler: Handler;
}): Team {
  const { log, hash, textLog, name } = parts;
  const { registry, tasks, execution, submit, handler } = parts;

  function known(
    agentId: string,
    contextId: string,
    messageId: string,
  ): TaskRecord | undefined {
    const event = log.find(contextId, taskKey(HUB, agentId, messageId));
    return event?.type === "TaskSubmitted"
      ? tasks.get(event.data.taskId)
      : undefined;
  }

  /** Canceled work was never answered; failed work is asked again only after the mission was stalled or resumed, so that a crash alone repeats nothing. */
  function isSpent(record: TaskRecord): boolean {
    if (record.state === "TASK_STATE_CANCELED") return true;
    return (
      isTerminal(record.state) &&
      record.state !== "TASK_STATE_COMPLETED" &&
      record.statusSeq < tasks.turnedAt(record.contextId)
    );
  }

  function messageIdOf(
    { missionId, key }: Pick<Work, "missionId" | "key">,
    agentId: string,
    count: number,
  ): string {
    return hash(canonicalJson([missionId, key, agentId, count]));
  }

  /** The id of the work's message: the first try that is not spent. */
  async function currentTry(agentId: string, work: Work): Promise<string> {
    for (let count = 1; ; count += 1) {
      const messageId = messageIdOf(work, agentId, count);
      const record = known(agentId, work.missionId, messageId);
      if (record === undefined) return messageId;
      await execution.canceling(record.id);
      if (!isSpent(record)) return messageId;
    }
  }

  return {
    seats: () => registry.all().map((sitting) => toSeat(sitting, name)),
    answered(agentId, missionId, key) {
      tasks.catchUp();
      for (let count = 1; ; count += 1) {
        const messageId = messageIdOf({ missionId, key }, agentId, count);
        const record = known(agentId, missionId, messageId);
        if (record === undefined) return false;
        if (record.state === "TASK_STATE_COMPLETED") return true;
      }
    },
    async ask(agentId, work, signal) {
      signal.throwIfAborted();
      tasks.catchUp();
      const messageId = await currentTry(agentId, work);
      const earlier = known(agentId, work.missionId, messageId);
      const seat = registry.get(agentId);
      const ended = earlier !== undefined && isTerminal(earlier.state);
      if (seat === undefined && !ended)
        return {
          ok: false,
          code: "agent-missing",
          message: `The agent "${agentId}" does not sit at this table.`,
        };
      signal.throwIfAborted();
      let record: TaskRecord;
      try {
        record = await submit(agentId, toMessage(work, messageId), HUB);
      } catch (error) {
        if (!isProblem(error, "agent-missing")) throw error;
        return { ok: false, code: error.code, message: error.message };
      }
      try {
        await handler.until(record.id, isTerminal, signal);
      } catch (error) {
        // The hub keeps this promise; the mission need not wait for the agent to let go.
        if (signal.aborted)
          execution.cancel(record.id).catch((cause: unknown) => {
            textLog.warn("a cancellation could not be recorded", {
              taskId: record.id,
              why: String(cause),
            });
          });
        throw error;
      }
      const task = tasks.task(record.id);
      if (task === undefined) throw new Error("a task cannot be unmade");
      return readReply(task, work.kind, seat?.lineage ?? "");
    },
  };
}
