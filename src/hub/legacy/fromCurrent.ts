import type {
  Artifact,
  Message,
  Part,
  StreamResponse,
  Task,
  TaskState,
  TaskStatus,
} from "../../protocol/a2a.ts";
import { isInterrupted, isTerminal } from "../tasks.ts";

/** Whom we answer: a client of 0.3, or one from before whose parts have `type` and `content`. */
export type Dialect = "0.3" | "early";

/** Metadata of a data part whose data is not an object, which 0.3 cannot hold: it is wrapped as `{"value": …}`. The name is the reference SDK's. */
export const WRAPPED = "data_part_compat";

function isObject(value: unknown): value is Record<string, unknown> {
  return value !== null && typeof value === "object" && !Array.isArray(value);
}

function fileOf(part: Part): object {
  const { raw, url, mediaType, filename } = part;
  return {
    ...(raw === undefined ? { uri: url } : { bytes: raw }),
    ...(mediaType === undefined ? {} : { mimeType: mediaType }),
    ...(filename === undefined ? {} : { name: filename }),
  };
}

/** A part in the words of 0.3 (`kind`) or of early clients (`type`, text in `content`). */
function partOf(part: Part, dialect: Dialect): object {
  const { text, raw, url, data, metadata } = part;
  const named = (kind: string): object =>
    dialect === "early" ? { type: kind } : { kind };
  const kept = metadata === undefined ? {} : { metadata };
  if (text !== undefined)
    return {
      ...named("text"),
      ...(dialect === "early" ? { content: text } : { text }),
      ...kept,
    };
  if (raw !== undefined || url !== undefined)
    return { ...named("file"), file: fileOf(part), ...kept };
  if (isObject(data) || dialect === "early")
    return { ...named("data"), data, ...kept };
  return {
    ...named("data"),
    data: { value: data },
    metadata: { ...metadata, [WRAPPED]: true },
  };
}

function messageOf(message: Message, dialect: Dialect): object {
  const { role, parts, ...rest } = message;
  return {
    ...rest,
    kind: "message",
    role: role === "ROLE_USER" ? "user" : "agent",
    parts: parts.map((part) => partOf(part, dialect)),
  };
}

function artifactOf(artifact: Artifact, dialect: Dialect): object {
  return {
    ...artifact,
    parts: artifact.parts.map((part) => partOf(part, dialect)),
  };
}

/** `TASK_STATE_INPUT_REQUIRED` was `input-required`. */
function stateOf(state: TaskState): string {
  return state.slice("TASK_STATE_".length).toLowerCase().replaceAll("_", "-");
}

function statusOf(status: TaskStatus, dialect: Dialect): object {
  const { state, message, ...rest } = status;
  return {
    ...rest,
    state: stateOf(state),
    ...(message === undefined ? {} : { message: messageOf(message, dialect) }),
  };
}

/** A task in the words of 0.3 or before. */
export function fromTask(task: Task, dialect: Dialect): object {
  const { status, artifacts, history, ...rest } = task;
  return {
    ...rest,
    kind: "task",
    status: statusOf(status, dialect),
    ...(artifacts === undefined
      ? {}
      : { artifacts: artifacts.map((item) => artifactOf(item, dialect)) }),
    ...(history === undefined
      ? {}
      : { history: history.map((item) => messageOf(item, dialect)) }),
  };
}

/** An item of a stream. `final` marks the status this stream ends with: of a subscription the task's end, else also where the agent needs the client. */
export function fromStreamItem(
  item: StreamResponse,
  dialect: Dialect,
  isSubscription: boolean,
): object {
  const { task, message, statusUpdate, artifactUpdate } = item;
  if (task !== undefined) return fromTask(task, dialect);
  if (statusUpdate !== undefined) {
    const { state } = statusUpdate.status;
    return {
      ...statusUpdate,
      kind: "status-update",
      status: statusOf(statusUpdate.status, dialect),
      final: isTerminal(state) || (!isSubscription && isInterrupted(state)),
    };
  }
  if (artifactUpdate !== undefined)
    return {
      ...artifactUpdate,
      kind: "artifact-update",
      artifact: artifactOf(artifactUpdate.artifact, dialect),
    };
  return message === undefined ? item : messageOf(message, dialect);
}

/** A push configuration of 1.0 as 0.3 nests it. */
export function fromPushConfig(config: Record<string, unknown>): object {
  const { taskId, tenant: _tenant, authentication, ...rest } = config;
  const { scheme, credentials } = isObject(authentication)
    ? authentication
    : {};
  return {
    taskId,
    pushNotificationConfig: {
      ...rest,
      ...(scheme === undefined
        ? {}
        : { authentication: { schemes: [scheme], credentials } }),
    },
  };
}
