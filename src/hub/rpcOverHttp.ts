import type { Clock } from "../ports.ts";
import { parseBoundedJson } from "./boundedJson.ts";
import type { Reply } from "./connection.ts";
import type { Exchange } from "./httpRequest.ts";
import { callHead, goneSignal, readBody } from "./httpRequest.ts";
import type { A2ACall } from "./jsonRpc.ts";
import { readRequest } from "./jsonRpc.ts";
import { answer } from "./server.ts";
import { writeEvents } from "./sse.ts";
import { jsonOf } from "./update.ts";
import { toRpcError } from "./wireError.ts";

/** Serves JSON-RPC 2.0 over HTTP: one request a body, a stream as server-sent events. Never rejects. */
export function createRpcOverHttp(
  dispatch: (call: A2ACall) => Promise<Reply>,
  clock: Clock,
): (exchange: Exchange, agentId: string | undefined) => Promise<void> {
  return async (exchange, agentId) => {
    const { request, response } = exchange;
    const signal = goneSignal(response);
    let id: string | number | null = null;
    const say = (rest: object): string =>
      JSON.stringify({ jsonrpc: "2.0", id, ...rest });
    try {
      const read = readRequest(parseBoundedJson(await readBody(request)));
      id = read.id;
      if (!read.ok) throw read.error;
      const reply = await dispatch({
        method: read.request.method,
        params: read.request.params,
        ...callHead(exchange),
        agentId,
        signal,
      });
      if (reply.kind === "value")
        answer(response, 200, say({ result: reply.value }));
      else
        await writeEvents(
          response,
          reply.items,
          {
            item: (item) =>
              `data: {"jsonrpc":"2.0","id":${JSON.stringify(id)},"result":${jsonOf(item)}}\n\n`,
            failure: (error) => `data: ${say({ error })}\n\n`,
          },
          clock,
          signal,
        );
    } catch (error) {
      if (signal.aborted || response.headersSent) return;
      // Only a body that is too large is answered before its end.
      const status = request.complete ? 200 : 413;
      answer(response, status, say({ error: toRpcError(error) }));
    }
  };
}
