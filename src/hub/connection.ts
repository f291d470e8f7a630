import { createRpcPeer } from "../core/rpcPeer.ts";
import type { TextLog, Transport } from "../ports.ts";
import { RpcId, RpcRequest } from "../protocol/jsonRpc.ts";
import { parseBoundedJson } from "./boundedJson.ts";
import type { Credit } from "./credit.ts";
import { creditOf, isGrant } from "./credit.ts";
import { jsonOf } from "./update.ts";
import { overloaded, RPC_CODE, toRpcError, WireError } from "./wireError.ts";

/** Requests of the other side that may be under way at once. */
const MAX_INBOUND = 256;
/** Requests of ours that may wait for an answer at once. */
const MAX_OUTBOUND = 1024;
/** Frames that do not fit before the other side is cut off. */
const MAX_BAD_FRAMES = 32;

/** What a request gives: one value, or a stream of objects. */
export type Reply =
  | { readonly kind: "value"; readonly value: unknown }
  | { readonly kind: "stream"; readonly items: AsyncIterable<unknown> };

/** A request of the other side; `signal` aborts when it loses interest or goes away. */
export interface Call {
  readonly method: string;
  readonly params: unknown;
  /** A2A service parameters, names in lower case. */
  readonly serviceParams: ReadonlyMap<string, string>;
  readonly signal: AbortSignal;
  /** Resolves when the other side has read what was sent; left out where nothing piles up. */
  readonly pace?: () => Promise<void>;
}

/** A request of the other side that is under way. */
interface Inbound {
  readonly controller: AbortController;
  readonly credit: Credit | undefined;
}

/** What the owner of a connection does with what arrives. */
export interface Handlers {
  request(call: Call): Promise<Reply>;
  notification(method: string, params: unknown): void;
  closed(why: string): void;
}

/** One side of a JSON-RPC 2.0 conversation, both ways, over any transport. */
export interface Connection {
  /** Resolves with the result; rejects with `RpcFault` when the other side says no, with `RpcClosed` when it goes away first. */
  request(method: string, params: unknown): Promise<unknown>;
  notify(method: string, params: unknown): void;
  close(why: string): void;
}

function serviceParamsOf(frame: object): ReadonlyMap<string, string> {
  const given = "serviceParams" in frame ? frame.serviceParams : undefined;
  if (given === null || typeof given !== "object") return new Map();
  return new Map(
    Object.entries(given).flatMap(([name, value]) =>
      typeof value === "string" ? [[name.toLowerCase(), value] as const] : [],
    ),
  );
}

/** A JSON-RPC answer around a result that is JSON already. */
export function resultFrame(id: RpcId, json: string): string {
  return `{"jsonrpc":"2.0","id":${JSON.stringify(id)},"result":${json}}`;
}

function idOf(frame: object): RpcId | null {
  const id = RpcId.safeParse("id" in frame ? frame.id : undefined);
  return id.success ? id.data : null;
}

/**
 * Speaks JSON-RPC 2.0 over a transport. Frames that do not fit are answered and survived, up to a limit; notifications are handled in order and at once.
 * Beyond JSON-RPC: a stream is several results under one id, ended by `{id, streamEnd: true}`; `{id, cancelStream: true}` ends it from the other side,
 * and where it was opened with a credit, `{id, credit: n}` grants `n` more results.
 */
export function openConnection(
  transport: Transport,
  handlers: Handlers,
  textLog: TextLog,
): Connection {
  const inbound = new Map<RpcId, Inbound>();
  let badFrames = 0;
  let closed = false;
  const peer = createRpcPeer({
    send: (frame) => {
      transport.send(frame);
    },
    handle: (method, params) => {
      handlers.notification(method, params);
    },
    onProblem: (problem) => {
      textLog.warn("a frame led to nothing", { why: String(problem) });
    },
  });

  function send(frame: object): void {
    transport.send(JSON.stringify({ jsonrpc: "2.0", ...frame }));
  }

  function complain(id: RpcId | null, error: unknown): void {
    send({ id, error: toRpcError(error) });
    badFrames += 1;
    if (badFrames >= MAX_BAD_FRAMES) transport.close("too many bad frames");
  }

  function invalid(id: RpcId | null, message: string): void {
    complain(id, new WireError(RPC_CODE.invalidRequest, message));
  }

  async function sendItems(
    id: RpcId,
    items: AsyncIterable<unknown>,
    { controller: { signal }, credit }: Inbound,
  ): Promise<void> {
    for await (const item of items) {
      await credit?.take(signal);
      if (signal.aborted) break;
      transport.send(resultFrame(id, jsonOf(item as object)));
    }
    send({ id, streamEnd: true });
  }

  async function serve(id: RpcId, call: Call, under: Inbound): Promise<void> {
    try {
      const reply = await handlers.request(call);
      if (reply.kind === "stream") await sendItems(id, reply.items, under);
      else send({ id, result: reply.value });
    } catch (error) {
      send({ id, error: toRpcError(error) });
    } finally {
      inbound.delete(id);
    }
  }

  function begin(
    id: RpcId,
    { method, params }: RpcRequest,
    frame: object,
  ): void {
    const serviceParams = serviceParamsOf(frame);
    const controller = new AbortController();
    let under: Inbound;
    try {
      under = { controller, credit: creditOf(serviceParams) };
    } catch (error) {
      send({ id, error: toRpcError(error) });
      return;
    }
    inbound.set(id, under);
    const { signal } = controller;
    const { drained } = transport;
    const pace = drained === undefined ? {} : { pace: drained };
    void serve(id, { method, params, serviceParams, signal, ...pace }, under);
  }

  function takeRequest(frame: object): void {
    const parsed = RpcRequest.safeParse(frame);
    const id = idOf(frame);
    if (!parsed.success || id === null)
      invalid(id, "This is not a JSON-RPC 2.0 request.");
    else if (inbound.has(id))
      invalid(id, "A request of that id is still under way.");
    else if (inbound.size >= MAX_INBOUND)
      send({ id, error: toRpcError(overloaded("requests under way")) });
    else begin(id, parsed.data, frame);
  }

  function takeGrant(frame: object, grant: unknown): void {
    const id = idOf(frame);
    if (id === null || !isGrant(grant))
      invalid(id, "A credit is a whole number from 1 for a stream's id.");
    // A grant may cross the end of its stream on the way.
    else inbound.get(id)?.credit?.grant(grant);
  }

  transport.onFrame((text) => {
    if (closed) return;
    let frame: unknown;
    try {
      frame = parseBoundedJson(text);
    } catch (error) {
      complain(null, error);
      return;
    }
    if (frame === null || typeof frame !== "object" || Array.isArray(frame))
      invalid(null, "A frame holds one JSON-RPC 2.0 object.");
    else if ("method" in frame && "id" in frame) takeRequest(frame);
    else if ("cancelStream" in frame) {
      const id = idOf(frame);
      if (id !== null) inbound.get(id)?.controller.abort(new Error("canceled"));
    } else if ("credit" in frame) takeGrant(frame, frame.credit);
    else if ("method" in frame || "result" in frame || "error" in frame) {
      const fits = !("method" in frame) || RpcRequest.safeParse(frame).success;
      if (fits) peer.onObject(frame);
      else invalid(null, "This is not a JSON-RPC 2.0 notification.");
    } else invalid(idOf(frame), "This is neither a request nor a response.");
  });

  transport.onClose((why) => {
    closed = true;
    peer.close(why);
    for (const { controller } of inbound.values())
      controller.abort(new Error("the connection ended"));
    handlers.closed(why);
  });

  return {
    request: (method, params) =>
      peer.pending() < MAX_OUTBOUND
        ? peer.request(method, params)
        : Promise.reject(overloaded("requests waiting for an answer")),
    notify: (method, params) => {
      peer.notify(method, params);
    },
    close: (why) => {
      transport.close(why);
    },
  };
}
