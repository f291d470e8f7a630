import type { LogOutputChannel } from "vscode";
import type { JsonObject } from "../core/json.ts";
import { redact } from "../core/redact.ts";
import type { TextLog } from "../ports.ts";

/** The text log on VS Code's own log channel, redacted. */
export function channelLog(channel: LogOutputChannel): TextLog {
  const words = (message: string, fields?: JsonObject): string =>
    redact(
      fields === undefined ? message : `${message} ${JSON.stringify(fields)}`,
    );
  return {
    info: (message, fields) => {
      channel.info(words(message, fields));
    },
    warn: (message, fields) => {
      channel.warn(words(message, fields));
    },
    error: (message, fields) => {
      channel.error(words(message, fields));
    },
  };
}
