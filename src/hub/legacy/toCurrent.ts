import type { Message, Part } from "../../protocol/a2a.ts";
import type {
  EarlyMessage,
  EarlySend,
  LegacyFile,
  LegacyMessage,
  LegacyPushConfig,
  LegacySend,
} from "../../protocol/a2aLegacy.ts";
import type { Dialect } from "./fromCurrent.ts";
import { WRAPPED } from "./fromCurrent.ts";

type LegacyPart =
  LegacyMessage["parts"][number] | EarlyMessage["parts"][number];

function fileOf({ bytes, uri, mimeType, name }: LegacyFile): Part {
  return {
    ...(bytes === undefined ? { url: uri ?? "" } : { raw: bytes }),
    ...(mimeType === undefined ? {} : { mediaType: mimeType }),
    ...(name === undefined ? {} : { filename: name }),
  };
}

function dataOf(part: LegacyPart): Part {
  const { metadata } = part;
  const data = "data" in part ? part.data : undefined;
  if (metadata?.[WRAPPED] !== true)
    return { data, ...(metadata === undefined ? {} : { metadata }) };
  const { [WRAPPED]: _flag, ...rest } = metadata;
  const wrapped =
    data !== null && typeof data === "object" && "value" in data
      ? data.value
      : data;
  return {
    data: wrapped,
    ...(Object.keys(rest).length === 0 ? {} : { metadata: rest }),
  };
}

function partOf(part: LegacyPart): Part {
  const { metadata } = part;
  const kept = metadata === undefined ? {} : { metadata };
  if ("file" in part && part.file !== undefined)
    return { ...fileOf(part.file as LegacyFile), ...kept };
  const kind = "kind" in part ? part.kind : part.type;
  if (kind === "data") return dataOf(part);
  const text =
    "content" in part && part.content !== undefined ? part.content : part.text;
  return { text: String(text), ...kept };
}

function toMessage(
  legacy: LegacyMessage | EarlyMessage,
  messageId: string,
): Message {
  const { kind: _kind, role, parts, ...rest } = legacy;
  return {
    ...rest,
    messageId: legacy.messageId ?? messageId,
    role: role === "user" ? "ROLE_USER" : "ROLE_AGENT",
    parts: parts.map(partOf),
  };
}

/** A push configuration in the form of 1.0, which knows one scheme: the first. */
export function toPushConfig(
  config: LegacyPushConfig,
  taskId?: string,
): object {
  const { authentication, ...rest } = config;
  const { schemes: [scheme] = [], credentials } = authentication ?? {};
  return {
    ...rest,
    ...(taskId === undefined ? {} : { taskId }),
    ...(scheme === undefined
      ? {}
      : {
          authentication: {
            scheme,
            ...(credentials === undefined ? {} : { credentials }),
          },
        }),
  };
}

/** The parameters of SendMessage for those of `message/send`; `messageId` is for a message that has none. */
export function toSend(
  params: LegacySend | EarlySend,
  messageId: string,
): object {
  const { configuration, metadata } = params;
  const sent = {
    message: toMessage(params.message, messageId),
    ...(metadata === undefined ? {} : { metadata }),
  };
  if (configuration === undefined) return sent;
  const { blocking, pushNotificationConfig, ...rest } = configuration;
  return {
    ...sent,
    configuration: {
      ...rest,
      returnImmediately: blocking === false,
      ...(pushNotificationConfig === undefined
        ? {}
        : { taskPushNotificationConfig: toPushConfig(pushNotificationConfig) }),
    },
  };
}

/** Which words a message is in: parts named by `type` are an early client's, everything else is held against 0.3. */
export function dialectOf(params: unknown): Dialect {
  const message =
    params !== null && typeof params === "object" && "message" in params
      ? params.message
      : undefined;
  const parts =
    message !== null && typeof message === "object" && "parts" in message
      ? message.parts
      : undefined;
  if (!Array.isArray(parts)) return "0.3";
  const [first] = parts as readonly unknown[];
  return first !== null &&
    typeof first === "object" &&
    "type" in first &&
    !("kind" in first)
    ? "early"
    : "0.3";
}
