import { once } from "node:events";
import type { ServerResponse } from "node:http";
import type { Clock } from "../ports.ts";
import { toRpcError } from "./wireError.ts";

/** A comment this often keeps proxies and clients from taking silence for the end, ms. */
const HEARTBEAT_MS = 15_000;

async function beat(
  response: ServerResponse,
  clock: Clock,
  signal: AbortSignal,
): Promise<void> {
  for (;;) {
    await clock.after(HEARTBEAT_MS, signal);
    response.write(": still here\n\n");
  }
}

/** Sends items as server-sent events, as fast as the reader reads; an error on the way is the last event. Resolves when the stream has ended or the reader is gone. */
export async function writeEvents(
  response: ServerResponse,
  items: AsyncIterable<unknown>,
  say: (rest: object) => string,
  clock: Clock,
  gone: AbortSignal,
): Promise<void> {
  response.writeHead(200, {
    "Content-Type": "text/event-stream",
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Resource-Policy": "same-origin",
  });
  response.flushHeaders();
  const ended = new AbortController();
  const stop = AbortSignal.any([gone, ended.signal]);
  // Ends by abort, always.
  beat(response, clock, stop).catch(() => undefined);
  try {
    for await (const item of items)
      if (!response.write(`data: ${say({ result: item })}\n\n`))
        await once(response, "drain", { signal: gone });
  } catch (error) {
    if (!gone.aborted)
      response.write(`data: ${say({ error: toRpcError(error) })}\n\n`);
  } finally {
    ended.abort();
    response.end();
  }
}
