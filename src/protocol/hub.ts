/** What crosses between the hub and an agent that sits at it: JSON-RPC 2.0, one object per frame, in process or over WebSocket. */
import * as z from "zod";
import { AgentCard, Artifact, Message, StatusUpdate } from "./a2a.ts";

/** Subprotocol of the WebSocket. */
export const SUBPROTOCOL = "a2a.v1";
/** URI that names our WebSocket binding in agent cards. */
export const WS_BINDING = "urn:roundtable:a2a:binding:websocket:v1";

/** agent → hub request `agent/register`: takes a seat. The answer is `{agentId}`. */
export const Register = z.object({
  agentId: z.string().regex(/^[a-z0-9][a-z0-9_-]{0,63}$/),
  role: z.string().min(1).max(64),
  lineage: z.string().max(128),
  card: AgentCard,
});
export type Register = z.infer<typeof Register>;

/** hub → agent request `task/execute`: do this piece of work. The answer is an empty object once the task has ended. */
export const Execute = z.object({
  taskId: z.string(),
  contextId: z.string(),
  message: Message,
});
export type Execute = z.infer<typeof Execute>;

/** hub → agent notification `task/cancel`. */
export const Cancel = z.object({ taskId: z.string() });
export type Cancel = z.infer<typeof Cancel>;

/** agent → hub notification `task/status`. */
export const TaskStatusFrame = StatusUpdate;
/** agent → hub notification `task/artifact`. */
export const TaskArtifactFrame = z.object({
  taskId: z.string(),
  artifact: Artifact,
  append: z.boolean().default(false),
});
export type TaskArtifactFrame = z.infer<typeof TaskArtifactFrame>;
/** agent → hub notification `task/text`: words as they are typed, shown but not stored. */
export const TaskTextFrame = z.object({
  taskId: z.string(),
  delta: z.string(),
});
export type TaskTextFrame = z.infer<typeof TaskTextFrame>;

/** First line a headless hub prints, and the content of its discovery file (which adds `token`). */
export const HubAddress = z.object({
  name: z.string(),
  url: z.string(),
  wsUrl: z.string(),
  tokenFile: z.string(),
  pid: z.number().int(),
});
export type HubAddress = z.infer<typeof HubAddress>;
