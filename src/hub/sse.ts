import { once } from "node:events";
import type { ServerResponse } from "node:http";
import type { Clock } from "../ports.ts";
import type { StreamResponse } from "../protocol/a2a.ts";
import type { RpcError } from "../protocol/jsonRpc.ts";
import { generationOf } from "./update.ts";
import { toRpcError } from "./wireError.ts";

/** A comment this often keeps proxies and clients from taking silence for the end, ms. */
const HEARTBEAT_MS = 15_000;

/** Text that is held before it is written within a turn, UTF-16 code units. */
const MAX_HELD = 64 * 1024;

/** How a binding writes the events of a stream: whole events, with the empty line that ends them. */
export interface EventText {
  item(item: object): string;
  failure(error: RpcError): string;
}

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

/** The line that names an event by its generation: what a client shows as `Last-Event-ID` to go on after it. */
function idLine(item: unknown): string {
  const generation = generationOf(item as StreamResponse);
  return generation > 0 ? `id: ${generation}\n` : "";
}

/**
 * Writes to a response; what is written in one turn of the event loop leaves in one piece. (`cork` of node's responses does not do: an `end` in
 * the same turn loses what was held.) `write` is false when the reader is behind: `flush`, and wait until it drained.
 */
function gathered(response: ServerResponse): {
  readonly write: (text: string) => boolean;
  readonly flush: () => void;
} {
  let held = "";
  const flush = (): void => {
    if (held === "") return;
    const text = held;
    held = "";
    response.write(text);
  };
  return {
    write(text) {
      if (held === "") setImmediate(flush);
      held += text;
      return held.length < MAX_HELD && !response.writableNeedDrain;
    },
    flush,
  };
}

/** Sends items as server-sent events, as fast as the reader reads; an error on the way is the last event. Resolves when the stream has ended or the reader is gone. */
export async function writeEvents(
  response: ServerResponse,
  items: AsyncIterable<unknown>,
  text: EventText,
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
  const { write, flush } = gathered(response);
  try {
    for await (const item of items)
      if (!write(idLine(item) + text.item(item as object))) {
        flush();
        if (response.writableNeedDrain)
          await once(response, "drain", { signal: gone });
      }
  } catch (error) {
    if (!gone.aborted) write(text.failure(toRpcError(error)));
  } finally {
    ended.abort();
    flush();
    response.end();
  }
}
