import { canonicalJson } from "../core/json.ts";
import type { Chance, Clock, EventLog, Hash } from "../ports.ts";
import type { AgentCard, Message, Part } from "../protocol/a2a.ts";
import type { DataOf, Draft, Recorded } from "../protocol/event.ts";
import { HUB_STREAM } from "../protocol/event.ts";
import type { Circuits } from "./circuits.ts";
import type { Execution } from "./execution.ts";
import type { Identity } from "./outside/identity.ts";
import { isPeerName } from "./peers/peerName.ts";
import type { Registry, Sitting } from "./registry.ts";
import type { Routing } from "./routing.ts";
import { isRoute } from "./routing.ts";
import type { TaskRecord, Tasks } from "./tasks.ts";
import { isFor, isInterrupted, isTerminal, lastWord } from "./tasks.ts";
import { isoTime } from "./taskBody.ts";
import {
  contentTypeNotSupported,
  invalidField,
  overloaded,
  taskNotFound,
  unsupportedOperation,
} from "./wireError.ts";

/** Tasks that may be with agents at once. */
const MAX_RUNNING = 1000;

/** Who speaks to an agent. What `remote` callers get shows no agent's failure in its own words, and what they send is held against the agent's card. */
export interface Caller {
  readonly name: string;
  readonly remote: boolean;
  /** Whose token it showed; left out by the hub itself. */
  readonly identity?: Identity;
}

/** The owner sees every task, an agent from outside those it gave itself. */
export function maySee(
  { name, identity }: Caller,
  record: Pick<TaskRecord, "from">,
): boolean {
  return identity?.kind !== "agent" || record.from === name;
}

/** The only sender whose tasks the caller may see; undefined where it may see all. */
export function onlyFrom({ name, identity }: Caller): string | undefined {
  return identity?.kind === "agent" ? name : undefined;
}

/** The log's key of the task a message opened. It names the sender, so that nobody can take another's place by guessing an id, and the address as the sender wrote it: a route said again is not routed again. */
export function taskKey(
  caller: Caller,
  address: string,
  messageId: string,
): string {
  return `task:${caller.name}:${address}:${messageId}`;
}

/** Stores a message and gets it to its agent: the one of that id, or the one a route such as `role:developer` leads to. The same message of the same sender, address and context is the same task, before and after a restart. With `early` the agent gets a new task while it is being stored: for who waits for its end anyway. */
export type Submit = (
  address: string | undefined,
  message: Message,
  caller: Caller,
  early?: boolean,
) => Promise<TaskRecord>;

/** Ids become keys of the log and lines in terminals: whole Unicode text without control characters. */
function checkName(field: string, name: string): void {
  if (name === "" || !name.isWellFormed() || /\p{Cc}/u.test(name))
    throw invalidField(field, "must be text without control characters");
}

function checkMessage(message: Message): void {
  if (message.role !== "ROLE_USER")
    throw invalidField("message.role", "must be ROLE_USER");
  checkName("message.messageId", message.messageId);
  if (message.contextId === undefined) return;
  checkName("message.contextId", message.contextId);
  if (message.contextId === HUB_STREAM)
    throw invalidField("message.contextId", "this context is the hub's own");
}

function takes(modes: readonly string[], mediaType: string): boolean {
  const type = mediaType.split(";", 1)[0]?.trim().toLowerCase() ?? "";
  const family = `${type.split("/", 1)[0] ?? ""}/*`;
  return modes.some((mode) => [type, family, "*/*"].includes(mode));
}

function checkMediaTypes(card: AgentCard, parts: readonly Part[]): void {
  for (const { mediaType } of parts)
    if (
      mediaType !== undefined &&
      mediaType !== "" &&
      !takes(card.defaultInputModes, mediaType)
    )
      throw contentTypeNotSupported(mediaType);
}

function checkSame(stored: Message, message: Message): void {
  if (canonicalJson(stored.parts) !== canonicalJson(message.parts))
    throw invalidField(
      "message.messageId",
      "another message of that id was sent before",
    );
}

/** Makes the one way in for messages to agents. */
export function createSubmit(parts: {
  readonly log: EventLog;
  readonly clock: Clock;
  readonly chance: Chance;
  readonly hash: Hash;
  readonly registry: Registry;
  readonly tasks: Tasks;
  readonly execution: Execution;
  readonly routing: Routing;
  readonly circuits: Circuits;
  /** Who gets a message that names no agent; the first that sat down where it says nobody, or somebody who does not sit here. */
  readonly preferred?: (message: Message) => string | undefined;
}): Submit {
  const { log, clock, chance, hash, registry, tasks, execution } = parts;
  const { routing, circuits } = parts;
  const delivering = new Map<string, Promise<void>>();
  const opening = new Map<string, Promise<TaskRecord>>();

  function sittingOf(agentId: string | undefined): Sitting {
    const sitting =
      agentId === undefined ? registry.all()[0] : registry.get(agentId);
    if (sitting === undefined)
      throw invalidField("tenant", "no such agent sits here");
    return sitting;
  }

  function unnamed(message: Message): Sitting {
    const wanted = parts.preferred?.(message);
    const sitting = wanted === undefined ? undefined : registry.get(wanted);
    return sitting ?? sittingOf(undefined);
  }

  /** Who works on a new task. The hub's own work goes to exactly who it names: a mission sees to its agents' failures itself. So does a peer's: who stands in may have tools that are not ours to bound. */
  function agentFor(address: string, caller: Caller): Sitting {
    return (caller.remote && !isPeerName(caller.name)) || isRoute(address)
      ? routing.resolve(address)
      : sittingOf(address);
  }

  /** A task whose agent stopped with the last hub is taken up by the next one who asks for it. */
  function takeUp(record: TaskRecord): TaskRecord {
    execution.ensure(record, lastWord(tasks, record));
    return record;
  }

  async function open(
    address: string | undefined,
    message: Message,
    caller: Caller,
    early: boolean,
  ): Promise<TaskRecord> {
    const to = address ?? unnamed(message).agentId;
    const contextId =
      message.contextId ??
      // A client that repeats itself without a context still means the same message.
      hash(canonicalJson([caller.name, to, message.messageId])).slice(0, 32);
    const key = taskKey(caller, to, message.messageId);
    // Names have no line ends.
    const name = `${contextId}\n${key}`;
    const under = opening.get(name);
    if (under !== undefined) {
      const record = await under;
      if (caller.remote) checkSame(record.message, message);
      return takeUp(record);
    }
    const event = log.find(contextId, key);
    if (event !== undefined) return opened(event, message, caller);
    const done = openNew({ to, contextId, key }, message, caller, early);
    opening.set(name, done);
    try {
      return await done;
    } finally {
      opening.delete(name);
    }
  }

  async function openNew(
    place: {
      readonly to: string;
      readonly contextId: string;
      readonly key: string;
    },
    message: Message,
    caller: Caller,
    early: boolean,
  ): Promise<TaskRecord> {
    const { to, contextId, key } = place;
    const sitting = agentFor(to, caller);
    const { agentId, card } = sitting;
    if (caller.remote) checkMediaTypes(card, message.parts);
    if (execution.running().length >= MAX_RUNNING)
      throw overloaded("running tasks");
    const letGo = caller.remote
      ? circuits.reserve(sitting)
      : (): void => undefined;
    const data: DataOf<"TaskSubmitted"> = {
      taskId: chance.id(),
      contextId,
      agentId,
      from: caller.name,
      ...(agentId === to ? {} : { to }),
      message: { ...message, contextId },
    };
    const stored = log.append({
      missionId: contextId,
      type: "TaskSubmitted",
      data,
      by: caller.name,
      key,
    });
    try {
      if (early) beginEarly(data, stored);
      const event = await stored;
      tasks.catchUp();
      const ours = early ? tasks.get(data.taskId) : undefined;
      // It is with its agent already, or done.
      return ours ?? opened(event, message, caller);
    } finally {
      letGo();
    }
  }

  /**
   * Gives a task to its agent while its opening is on the way to the disk. What the agent says is stored behind the opening or not at all,
   * so that nothing acknowledged rests on it before it is safe.
   */
  function beginEarly(
    data: DataOf<"TaskSubmitted">,
    stored: Promise<Recorded>,
  ): void {
    const { taskId } = data;
    const giveUp = (why: Error): void => {
      execution.abandon(taskId);
      tasks.forget(taskId, why);
    };
    stored.then(
      (event) => {
        // The same message was stored before: its task is another one.
        if (event.type === "TaskSubmitted" && event.data.taskId !== taskId)
          giveUp(new Error("the message was sent before"));
      },
      (error: unknown) => {
        giveUp(error instanceof Error ? error : new Error(String(error)));
      },
    );
    takeUp(tasks.expect(data, clock.now()));
  }

  /** The task an event opened, given to its agent. */
  function opened(
    event: Recorded,
    message: Message,
    caller: Caller,
  ): TaskRecord {
    const taskId = event.type === "TaskSubmitted" ? event.data.taskId : "";
    const record = tasks.get(taskId);
    if (record === undefined) throw taskNotFound(taskId);
    if (caller.remote) checkSame(record.message, message);
    return takeUp(record);
  }

  async function deliver(
    record: TaskRecord,
    message: Message,
    key: string,
    caller: Caller,
  ): Promise<void> {
    const said: Draft = {
      missionId: record.contextId,
      type: "MessageSent",
      data: { from: caller.name, to: record.agentId, message },
      by: caller.name,
      key,
    };
    const goesOn: Draft = {
      missionId: record.contextId,
      type: "TaskStatusChanged",
      data: {
        taskId: record.id,
        status: {
          state: "TASK_STATE_WORKING",
          timestamp: isoTime(clock.now()),
        },
      },
      by: "hub",
    };
    // The state first: its past words come before the message they led to.
    await log.appendAll(isInterrupted(record.state) ? [goesOn, said] : [said]);
    tasks.catchUp();
    if (!execution.queue(record.id, message)) execution.ensure(record, message);
  }

  async function goOn(
    taskId: string,
    address: string | undefined,
    message: Message,
    caller: Caller,
  ): Promise<TaskRecord> {
    const record = tasks.get(taskId);
    if (
      record === undefined ||
      !isFor(record, address) ||
      !maySee(caller, record)
    )
      throw taskNotFound(taskId);
    const { contextId } = record;
    if (message.contextId !== undefined && message.contextId !== contextId)
      throw invalidField(
        "message.contextId",
        "must be the task's context, or be left out",
      );
    if (message.messageId === record.message.messageId) {
      checkSame(record.message, message);
      return takeUp(record);
    }
    const key = `message:${caller.name}:${record.to}:${message.messageId}`;
    if (log.find(contextId, key) !== undefined) return takeUp(record);
    if (isTerminal(record.state))
      throw unsupportedOperation(
        "The task has ended and takes no more messages; send a new message without a task id.",
      );
    const { card } = sittingOf(record.agentId);
    if (caller.remote) checkMediaTypes(card, message.parts);
    const full = { ...message, taskId, contextId };
    const under =
      delivering.get(key) ??
      deliver(record, full, key, caller).finally(() => delivering.delete(key));
    delivering.set(key, under);
    await under;
    return record;
  }

  return (address, message, caller, early = false) => {
    checkMessage(message);
    return message.taskId === undefined || message.taskId === ""
      ? open(address, message, caller, early)
      : goOn(message.taskId, address, message, caller);
  };
}
