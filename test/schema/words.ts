import * as z from "zod";
import * as a2a from "../../src/protocol/a2a.ts";
import { EnvelopeHeader } from "../../src/protocol/envelope.ts";
import { EventData } from "../../src/protocol/event.ts";
import * as hub from "../../src/protocol/hub.ts";
import { LogFileEnd, LogFileHeader } from "../../src/protocol/logFile.ts";
import type { Schema, Words } from "./compatible.ts";

/** The words that outlive a version: what logs and files hold, and what other programs say. The page's are not among them, it ships with us. */
export function wordsNow(): Words {
  const schemas: Record<string, z.ZodType> = {
    ...named("event", EventData),
    "envelope/header": EnvelopeHeader,
    ...named("a2a", {
      Message: a2a.Message,
      Task: a2a.Task,
      AgentCard: a2a.AgentCard,
      StreamResponse: a2a.StreamResponse,
      SendMessageRequest: a2a.SendMessageRequest,
      TaskIdRequest: a2a.TaskIdRequest,
      ListTasksRequest: a2a.ListTasksRequest,
    }),
    ...named("hub", {
      Register: hub.Register,
      Execute: hub.Execute,
      Cancel: hub.Cancel,
      TaskStatusFrame: hub.TaskStatusFrame,
      TaskArtifactFrame: hub.TaskArtifactFrame,
      TaskTextFrame: hub.TaskTextFrame,
      HubAddress: hub.HubAddress,
    }),
    ...named("logFile", { header: LogFileHeader, end: LogFileEnd }),
  };
  return Object.fromEntries(
    Object.entries(schemas).map(([name, schema]) => {
      // What may be written: with its defaults left out.
      const { $schema: _, ...json } = z.toJSONSchema(schema, { io: "input" });
      return [name, json as Schema];
    }),
  );
}

function named(
  room: string,
  schemas: Readonly<Record<string, z.ZodType>>,
): Record<string, z.ZodType> {
  return Object.fromEntries(
    Object.entries(schemas).map(([name, schema]) => [
      `${room}/${name}`,
      schema,
    ]),
  );
}
