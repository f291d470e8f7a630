import type { Message } from "../../../protocol/a2a.ts";
import type { Recorded } from "../../../protocol/event.ts";
import { line, type Words } from "./words.ts";

type Conversation = Extract<
  Recorded,
  {
    type:
      | "TaskSubmitted"
      | "MessageSent"
      | "TaskStatusChanged"
      | "ToolCalled"
      | "PermissionAsked"
      | "PermissionAnswered";
  }
>;

/** What people read of messages between agents, tools and permissions; undefined when nothing was said. */
export function conversationWords(event: Conversation): Words | undefined {
  switch (event.type) {
    case "TaskSubmitted":
      return line(
        event.data.from,
        event.data.agentId,
        "message",
        textOf(event.data.message),
      );
    case "MessageSent":
      return line(
        event.data.from,
        event.data.to,
        "message",
        textOf(event.data.message),
      );
    case "TaskStatusChanged": {
      const { message, state } = event.data.status;
      const text = message ? textOf(message) : "";
      if (text === "") return undefined;
      return line(
        event.by,
        "everyone",
        "message",
        text,
        state === "TASK_STATE_FAILED" || state === "TASK_STATE_REJECTED"
          ? "bad"
          : "neutral",
      );
    }
    case "ToolCalled":
      return line(
        event.data.agentId,
        "hub",
        "tool",
        `\`${event.data.tool}\` ${event.data.summary}${event.data.ruling === "deny" ? ` — denied: ${event.data.rule}` : ""}`,
        event.data.ruling === "deny" ? "bad" : "neutral",
      );
    case "PermissionAsked":
      return line(
        event.data.agentId,
        "human",
        "permission",
        `May I? ${event.data.why}\n\n\`${event.data.subject}\``,
        "warn",
      );
    case "PermissionAnswered":
      return line(
        event.data.by,
        "everyone",
        "permission",
        PERMITTED[event.data.answer],
        event.data.answer === "no" ? "warn" : "good",
      );
  }
}

const PERMITTED = {
  once: "Allowed, this once.",
  mission: "Allowed for this mission.",
  no: "Not allowed.",
} as const;

/** The text parts of a message, joined. */
export function textOf(message: Message): string {
  return message.parts
    .map((part) => part.text)
    .filter((text) => text !== undefined)
    .join("\n\n");
}
