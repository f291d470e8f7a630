/**
 * A2A 1.0 as it crosses a wire: ProtoJSON, camelCase, enums as their proto names. The same JSON is what the log stores.
 * Source: A2A specification 1.0.1, `a2a.proto` (package lf.a2a.v1). Unknown fields are kept.
 */
import * as z from "zod";

const Metadata = z.record(z.string(), z.unknown());

/** One piece of content: exactly one of `text`, `raw` (base64), `url` and `data`. */
export const Part = z
  .looseObject({
    text: z.string().optional(),
    raw: z.string().optional(),
    url: z.string().optional(),
    data: z.unknown().optional(),
    mediaType: z.string().optional(),
    filename: z.string().optional(),
    metadata: Metadata.optional(),
  })
  .refine(
    (part) =>
      ["text", "raw", "url", "data"].filter((key) => part[key] !== undefined)
        .length === 1,
    { error: "a part holds exactly one of text, raw, url and data" },
  );
export type Part = z.infer<typeof Part>;

/** Who speaks: the client (`ROLE_USER`) or the agent. */
export const Role = z.enum(["ROLE_USER", "ROLE_AGENT"]);
export type Role = z.infer<typeof Role>;

/** One turn of a conversation; `messageId` is the sender's, and the same id means the same message. */
export const Message = z.looseObject({
  messageId: z.string().min(1).max(256),
  contextId: z.string().max(256).optional(),
  taskId: z.string().max(256).optional(),
  role: Role,
  parts: z.array(Part).min(1),
  metadata: Metadata.optional(),
  extensions: z.array(z.string()).optional(),
  referenceTaskIds: z.array(z.string()).optional(),
});
export type Message = z.infer<typeof Message>;

/** The eight states of a task. */
export const TaskState = z.enum([
  "TASK_STATE_SUBMITTED",
  "TASK_STATE_WORKING",
  "TASK_STATE_INPUT_REQUIRED",
  "TASK_STATE_AUTH_REQUIRED",
  "TASK_STATE_COMPLETED",
  "TASK_STATE_FAILED",
  "TASK_STATE_CANCELED",
  "TASK_STATE_REJECTED",
]);
export type TaskState = z.infer<typeof TaskState>;

/** A task's state, with the agent's words for it and an ISO 8601 UTC time. */
export const TaskStatus = z.looseObject({
  state: TaskState,
  message: Message.optional(),
  timestamp: z.string().optional(),
});
export type TaskStatus = z.infer<typeof TaskStatus>;

/** A result of a task. */
export const Artifact = z.looseObject({
  artifactId: z.string().min(1).max(256),
  name: z.string().optional(),
  description: z.string().optional(),
  parts: z.array(Part).min(1),
  metadata: Metadata.optional(),
});
export type Artifact = z.infer<typeof Artifact>;

/** One agent's piece of work. */
export const Task = z.looseObject({
  id: z.string(),
  contextId: z.string(),
  status: TaskStatus,
  artifacts: z.array(Artifact).optional(),
  history: z.array(Message).optional(),
  metadata: Metadata.optional(),
});
export type Task = z.infer<typeof Task>;

/** A change of a task's state, as streamed. */
export const StatusUpdate = z.looseObject({
  taskId: z.string(),
  contextId: z.string(),
  status: TaskStatus,
  metadata: Metadata.optional(),
});
export type StatusUpdate = z.infer<typeof StatusUpdate>;

/** A piece of an artifact, as streamed: `append` adds its parts to the artifact of the same id. */
export const ArtifactUpdate = z.looseObject({
  taskId: z.string(),
  contextId: z.string(),
  artifact: Artifact,
  append: z.boolean().optional(),
  lastChunk: z.boolean().optional(),
  metadata: Metadata.optional(),
});
export type ArtifactUpdate = z.infer<typeof ArtifactUpdate>;

/** One item of a stream: exactly one of its four members. */
export const StreamResponse = z.looseObject({
  task: Task.optional(),
  message: Message.optional(),
  statusUpdate: StatusUpdate.optional(),
  artifactUpdate: ArtifactUpdate.optional(),
});
export type StreamResponse = z.infer<typeof StreamResponse>;

/** What goes into an HTTP header as it is. */
const HeaderText = z
  .string()
  .max(4096)
  .regex(/^[\x20-\x7e]*$/, { error: "must be printable ASCII" });

/** Where updates of a task are POSTed, and how the receiver knows them. `id` and `taskId` are the hub's to fill in where they are left out. */
export const PushConfig = z.looseObject({
  tenant: z.string().optional(),
  id: z.string().max(256).optional(),
  taskId: z.string().max(256).optional(),
  url: z.string().min(1).max(2048),
  token: HeaderText.optional(),
  authentication: z
    .looseObject({
      scheme: HeaderText.regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/, {
        error: "must be the name of an HTTP authentication scheme",
      }),
      credentials: HeaderText.optional(),
    })
    .optional(),
});
export type PushConfig = z.infer<typeof PushConfig>;

/** Parameters of CreateTaskPushNotificationConfig. */
export const CreatePushConfigRequest = PushConfig.extend({
  taskId: z.string().min(1).max(256),
});

/** Parameters of GetTaskPushNotificationConfig and DeleteTaskPushNotificationConfig. */
export const PushConfigRequest = z.looseObject({
  tenant: z.string().optional(),
  taskId: z.string().min(1).max(256),
  id: z.string().min(1).max(256),
});
export type PushConfigRequest = z.infer<typeof PushConfigRequest>;

/** Parameters of ListTaskPushNotificationConfigs; `pageSize` is 1 to 100, 50 when unset or 0. */
export const ListPushConfigsRequest = z.looseObject({
  tenant: z.string().optional(),
  taskId: z.string().min(1).max(256),
  pageSize: z.number().int().min(0).max(100).optional(),
  pageToken: z.string().optional(),
});
export type ListPushConfigsRequest = z.infer<typeof ListPushConfigsRequest>;

/** Parameters of SendMessage and SendStreamingMessage. */
export const SendMessageRequest = z.looseObject({
  tenant: z.string().optional(),
  message: Message,
  configuration: z
    .looseObject({
      acceptedOutputModes: z.array(z.string()).optional(),
      taskPushNotificationConfig: PushConfig.optional(),
      historyLength: z.number().int().min(0).optional(),
      returnImmediately: z.boolean().optional(),
    })
    .optional(),
  metadata: Metadata.optional(),
});
export type SendMessageRequest = z.infer<typeof SendMessageRequest>;

/** Parameters of GetTask, CancelTask and SubscribeToTask. */
export const TaskIdRequest = z.looseObject({
  tenant: z.string().optional(),
  id: z.string().min(1),
  historyLength: z.number().int().min(0).optional(),
});
export type TaskIdRequest = z.infer<typeof TaskIdRequest>;

/** Parameters of SubscribeToTask; `afterGeneration` is our extension: the stream goes on after that generation instead of starting with the task. */
export const SubscribeRequest = TaskIdRequest.extend({
  afterGeneration: z.number().int().min(0).optional(),
});
export type SubscribeRequest = z.infer<typeof SubscribeRequest>;

/** Parameters of ListTasks; `pageSize` is 1 to 100, 50 when unset. */
export const ListTasksRequest = z.looseObject({
  tenant: z.string().optional(),
  contextId: z.string().optional(),
  status: TaskState.optional(),
  statusTimestampAfter: z.string().optional(),
  pageSize: z.number().int().min(1).max(100).optional(),
  pageToken: z.string().optional(),
  historyLength: z.number().int().min(0).optional(),
  includeArtifacts: z.boolean().optional(),
});
export type ListTasksRequest = z.infer<typeof ListTasksRequest>;

/** One thing an agent can do. */
export const AgentSkill = z.looseObject({
  id: z.string(),
  name: z.string(),
  description: z.string(),
  tags: z.array(z.string()),
});
export type AgentSkill = z.infer<typeof AgentSkill>;

/** Where and how an agent is reached. */
export const AgentInterface = z.looseObject({
  url: z.string(),
  protocolBinding: z.string(),
  protocolVersion: z.string(),
  tenant: z.string().optional(),
});
export type AgentInterface = z.infer<typeof AgentInterface>;

/** What an agent says of itself. */
export const AgentCard = z.looseObject({
  name: z.string().min(1).max(64),
  description: z.string().max(512),
  version: z.string(),
  supportedInterfaces: z.array(AgentInterface).min(1),
  capabilities: z.looseObject({
    streaming: z.boolean().optional(),
    pushNotifications: z.boolean().optional(),
    extendedAgentCard: z.boolean().optional(),
  }),
  defaultInputModes: z.array(z.string()),
  defaultOutputModes: z.array(z.string()),
  skills: z.array(AgentSkill),
  securitySchemes: Metadata.optional(),
  securityRequirements: z.array(z.unknown()).optional(),
});
export type AgentCard = z.infer<typeof AgentCard>;
