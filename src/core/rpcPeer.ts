import { RpcRequest, RpcResponse } from "../protocol/jsonRpc.ts";
import type { RpcError, RpcId } from "../protocol/jsonRpc.ts";

/** Codes JSON-RPC 2.0 itself defines. */
export const RPC = {
  parseError: -32700,
  invalidRequest: -32600,
  methodNotFound: -32601,
  invalidParams: -32602,
  internalError: -32603,
} as const;

/** An error meant for the other side: thrown by a handler it is sent as it is, thrown by {@link RpcPeer.request} it came from there. */
export class RpcFault extends Error {
  readonly code: number;
  readonly data: unknown;
  constructor(code: number, message: string, data?: unknown) {
    super(message);
    this.name = "RpcFault";
    this.code = code;
    this.data = data;
  }
}

/** The other end went away; every request that waited for it rejects with this. */
export class RpcClosed extends Error {
  constructor(why: string) {
    super(`The connection ended: ${why}`);
    this.name = "RpcClosed";
  }
}

/** One side of a JSON-RPC 2.0 conversation, one object per frame; no I/O of its own. */
export interface RpcPeer {
  /** Asks the other side. Rejects with {@link RpcFault} when it says no, with {@link RpcClosed} when the connection ends first. */
  request(method: string, params: unknown): Promise<unknown>;
  /** Tells the other side; nothing comes back. */
  notify(method: string, params: unknown): void;
  /** Takes one frame from the other side. Never throws. */
  onFrame(frame: string): void;
  /** Takes one frame that is parsed already. Never throws. */
  onObject(frame: object): void;
  /** Ends the conversation: pending requests reject, later frames are ignored. Twice is safe. */
  close(why: string): void;
  /** Requests sent that have no answer yet. */
  pending(): number;
}

/** What a peer needs from its owner. */
export interface RpcPeerOptions {
  /** Puts one frame on the wire. */
  send(frame: string): void;
  /** Answers a request (`isRequest`) or takes a notification. Throw {@link RpcFault} for an error the other side may read; anything else becomes a bare −32603. Throw {@link methodNotFound} for an unknown method. */
  handle(method: string, params: unknown, isRequest: boolean): unknown;
  /** Told of everything that went wrong and is not sent in full: handler errors, unmatched responses. */
  onProblem?(problem: unknown): void;
}

/** The fault for a method nobody handles. */
export function methodNotFound(method: string): RpcFault {
  return new RpcFault(
    RPC.methodNotFound,
    `There is no method ${JSON.stringify(method)}.`,
  );
}

interface Waiting {
  readonly resolve: (result: unknown) => void;
  readonly reject: (why: Error) => void;
}

/** Makes one side of a conversation. Request ids count up from 1. */
export function createRpcPeer(options: RpcPeerOptions): RpcPeer {
  const waiting = new Map<RpcId, Waiting>();
  let lastId = 0;
  let ended: string | undefined;

  const say = (object: unknown): void => {
    if (ended === undefined) options.send(JSON.stringify(object));
  };
  const refuse = (id: RpcId | null, error: RpcError): void => {
    say({ jsonrpc: "2.0", id, error });
  };

  const serve = async (request: RpcRequest): Promise<void> => {
    const { id, method, params } = request;
    try {
      const result = await options.handle(method, params, id !== undefined);
      if (id !== undefined) say({ jsonrpc: "2.0", id, result: result ?? null });
    } catch (error) {
      if (!(error instanceof RpcFault)) options.onProblem?.(error);
      if (id !== undefined) refuse(id, toWireError(error));
    }
  };

  const settle = (response: RpcResponse): void => {
    const waiter = response.id === null ? undefined : waiting.get(response.id);
    if (waiter === undefined || response.id === null) {
      options.onProblem?.(
        new Error(
          response.error === undefined
            ? "An answer came that nobody asked for."
            : `The other side reported: ${response.error.message}`,
        ),
      );
      return;
    }
    waiting.delete(response.id);
    if (response.error === undefined) waiter.resolve(response.result);
    else {
      const { code, message, data } = response.error;
      waiter.reject(new RpcFault(code, message, data));
    }
  };

  const take = (object: unknown): void => {
    const request = RpcRequest.safeParse(object);
    if (request.success) {
      void serve(request.data);
      return;
    }
    const response = RpcResponse.safeParse(object);
    if (response.success && !namesAMethod(object)) {
      settle(response.data);
      return;
    }
    refuse(null, {
      code: RPC.invalidRequest,
      message: "The frame is not one JSON-RPC 2.0 object.",
    });
  };

  return {
    request(method, params) {
      if (ended !== undefined) return Promise.reject(new RpcClosed(ended));
      lastId += 1;
      const id = lastId;
      return new Promise((resolve, reject) => {
        waiting.set(id, { resolve, reject });
        say({ jsonrpc: "2.0", id, method, params });
      });
    },
    notify(method, params) {
      say({ jsonrpc: "2.0", method, params });
    },
    onFrame(frame) {
      if (ended !== undefined) return;
      const object = parseFrame(frame);
      if (object !== undefined) take(object);
      else
        refuse(null, {
          code: RPC.parseError,
          message: "The frame is not JSON.",
        });
    },
    onObject(frame) {
      if (ended === undefined) take(frame);
    },
    close(why) {
      if (ended !== undefined) return;
      ended = why;
      for (const waiter of waiting.values()) waiter.reject(new RpcClosed(why));
      waiting.clear();
    },
    pending: () => waiting.size,
  };
}

function parseFrame(frame: string): unknown {
  try {
    return JSON.parse(frame);
  } catch {
    return undefined;
  }
}

function namesAMethod(object: unknown): boolean {
  return typeof object === "object" && object !== null && "method" in object;
}

function toWireError(error: unknown): RpcError {
  if (!(error instanceof RpcFault))
    return { code: RPC.internalError, message: "Internal error." };
  return error.data === undefined
    ? { code: error.code, message: error.message }
    : { code: error.code, message: error.message, data: error.data };
}
