import type { ServerResponse } from "node:http";
import { answer } from "../server.ts";
import type { Monitor } from "./monitor.ts";

/** Pages of the monitor; the gate lets only the hub's owner see them. */
export type MonitorPage = "health" | "status" | "metrics";

/** Answers one of the monitor's pages. Never rejects: what goes wrong while it is written is a 500 that says nothing of it. */
export async function serveMonitor(
  monitor: Monitor,
  page: MonitorPage,
  response: ServerResponse,
): Promise<void> {
  try {
    if (page === "health")
      answer(response, 200, JSON.stringify(monitor.health()));
    else if (page === "status")
      answer(response, 200, JSON.stringify(monitor.status()));
    else await serveMetrics(monitor, response);
  } catch {
    if (!response.headersSent)
      answer(response, 500, '{"error":"the page could not be written"}');
  }
}

async function serveMetrics(
  monitor: Monitor,
  response: ServerResponse,
): Promise<void> {
  const written = await monitor.exposition();
  if (written === undefined)
    answer(response, 404, '{"error":"this hub writes no metrics"}');
  else
    answer(response, 200, written.text, {
      "Content-Type": written.contentType,
    });
}
