/**
 * What clients of A2A 0.3 and before send: JSON-RPC parameters with `kind` discriminators, lower-case roles and states.
 * Source: A2A specification 0.3.0, and the parts `{"type": "text", "content": "…"}` of early servers. Unknown fields are kept.
 */
import * as z from "zod";

const Metadata = z.record(z.string(), z.unknown());

/** A file's content (base64) or address. */
const LegacyFile = z
  .looseObject({
    bytes: z.string().optional(),
    uri: z.string().optional(),
    mimeType: z.string().optional(),
    name: z.string().optional(),
  })
  .refine(({ bytes, uri }) => (bytes === undefined) !== (uri === undefined), {
    error: "a file holds exactly one of bytes and uri",
  });
export type LegacyFile = z.infer<typeof LegacyFile>;

/** One piece of content of 0.3. */
const KindPart = z.discriminatedUnion("kind", [
  z.looseObject({
    kind: z.literal("text"),
    text: z.string(),
    metadata: Metadata.optional(),
  }),
  z.looseObject({
    kind: z.literal("file"),
    file: LegacyFile,
    metadata: Metadata.optional(),
  }),
  z.looseObject({
    kind: z.literal("data"),
    data: Metadata,
    metadata: Metadata.optional(),
  }),
]);

/** One piece of content of early servers: `type` names it, text is in `content` or, later, in `text`. */
const EarlyPart = z.discriminatedUnion("type", [
  z
    .looseObject({
      type: z.literal("text"),
      content: z.string().optional(),
      text: z.string().optional(),
      metadata: Metadata.optional(),
    })
    .refine(
      ({ content, text }) => (content === undefined) !== (text === undefined),
      { error: "a text part holds its text in content" },
    ),
  z.looseObject({
    type: z.literal("file"),
    file: LegacyFile,
    metadata: Metadata.optional(),
  }),
  z.looseObject({
    type: z.literal("data"),
    data: z.unknown(),
    metadata: Metadata.optional(),
  }),
]);

const message = {
  role: z.enum(["user", "agent"]),
  contextId: z.string().optional(),
  taskId: z.string().optional(),
  metadata: Metadata.optional(),
  extensions: z.array(z.string()).optional(),
  referenceTaskIds: z.array(z.string()).optional(),
};

/** A message of 0.3. */
const LegacyMessage = z.looseObject({
  ...message,
  messageId: z.string().min(1).max(256),
  parts: z.array(KindPart).min(1),
});
export type LegacyMessage = z.infer<typeof LegacyMessage>;

/** A message of an early client; it may have no id. */
const EarlyMessage = z.looseObject({
  ...message,
  messageId: z.string().min(1).max(256).optional(),
  parts: z.array(EarlyPart).min(1),
});
export type EarlyMessage = z.infer<typeof EarlyMessage>;

/** Where a task's updates are pushed to. */
const LegacyPushConfig = z.looseObject({
  id: z.string().optional(),
  url: z.string(),
  token: z.string().optional(),
  authentication: z
    .looseObject({
      schemes: z.array(z.string()),
      credentials: z.string().optional(),
    })
    .optional(),
});
export type LegacyPushConfig = z.infer<typeof LegacyPushConfig>;

const sendParams = {
  configuration: z
    .looseObject({
      acceptedOutputModes: z.array(z.string()).optional(),
      blocking: z.boolean().optional(),
      historyLength: z.number().int().min(0).optional(),
      pushNotificationConfig: LegacyPushConfig.optional(),
    })
    .optional(),
  metadata: Metadata.optional(),
};

/** Parameters of `message/send` and `message/stream`; `blocking` is true when unset. */
export const LegacySend = z.looseObject({
  ...sendParams,
  message: LegacyMessage,
});
export type LegacySend = z.infer<typeof LegacySend>;

/** The same from an early client. */
export const EarlySend = z.looseObject({
  ...sendParams,
  message: EarlyMessage,
});
export type EarlySend = z.infer<typeof EarlySend>;

/** Parameters of `tasks/get`, `tasks/cancel`, `tasks/resubscribe` and of the push methods that name a config or none. */
export const LegacyTaskId = z.looseObject({
  id: z.string().min(1),
  historyLength: z.number().int().min(0).optional(),
  pushNotificationConfigId: z.string().optional(),
});

/** Parameters of `tasks/pushNotificationConfig/set`. */
export const LegacyTaskPushConfig = z.looseObject({
  taskId: z.string().min(1),
  pushNotificationConfig: LegacyPushConfig,
});
