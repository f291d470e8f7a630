import { once } from "node:events";
import { WebSocket } from "ws";
import { RoundtableError } from "../core/errors.ts";
import { createRpcPeer, RpcFault } from "../core/rpcPeer.ts";
import type { Chance, Clock, Lifetime } from "../ports.ts";
import {
  ENVELOPE_MARK,
  ENVELOPE_SUBPROTOCOL,
  EnvelopeHeader,
} from "../protocol/envelope.ts";
import { why } from "./callHub.ts";
import { backOff } from "./delivery/limits.ts";
import type { Discovered } from "./discovery.ts";

/** A message as it came; the payload is what the sender sent, whatever that is. */
export interface Message {
  readonly header: EnvelopeHeader;
  readonly payload: unknown;
}

/** A client's socket at a running hub. */
export interface HubSocket extends Lifetime {
  /** A request of docs/messages.md or of A2A. Rejects with `hub-failed`: the hub says no and why, or it has gone. */
  call(method: string, params: unknown): Promise<unknown>;
  /** Resolves with why, once the socket has ended. */
  readonly ended: Promise<string>;
}

const MARK = ENVELOPE_MARK.charCodeAt(0);
/** Tries to connect to a hub that is there and has no room at the moment; with the waits between them some 10 s. */
const TRIES = 9;
const WAITS = { backOffMs: 100, longestBackOffMs: 2000 };
/** What a hub without room does: it ends the connection, or says 503. */
const NO_ROOM = /ECONNRESET|EPIPE|socket hang up|response: 503/;
const NEXT = "Nothing was changed. Start the hub again, then repeat it.";

/** Reads an envelope frame of the hub; undefined when it is none. */
function readMessage(frame: Buffer): Message | undefined {
  const end = frame.indexOf("\n");
  try {
    const header = JSON.parse(frame.toString("utf8", 1, end)) as unknown;
    const payload = JSON.parse(frame.toString("utf8", end + 1)) as unknown;
    const parsed = EnvelopeHeader.safeParse(header);
    return parsed.success ? { header: parsed.data, payload } : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Opens a socket that carries messages; messages that are not JSON are left out. A hub that has no room for it at the moment is tried again
 * after pauses that grow and differ, for some 10 s. Rejects with `hub-failed` when it still has none, does not answer, or refuses the token.
 */
export async function connectHub(
  discovered: Pick<Discovered, "wsUrl" | "token">,
  onMessage: (message: Message) => void,
  { clock, chance }: { readonly clock: Clock; readonly chance: Chance },
): Promise<HubSocket> {
  for (let tried = 1; ; tried += 1)
    try {
      return await connectOnce(discovered, onMessage);
    } catch (cause) {
      if (tried === TRIES || !NO_ROOM.test(String(cause)))
        throw new RoundtableError(
          "hub-failed",
          `The hub at ${discovered.wsUrl} does not answer.`,
          NEXT,
          { cause },
        );
      await clock.after(backOff(WAITS, tried, chance.seed()));
    }
}

async function connectOnce(
  { wsUrl, token }: Pick<Discovered, "wsUrl" | "token">,
  onMessage: (message: Message) => void,
): Promise<HubSocket> {
  const socket = new WebSocket(wsUrl, [ENVELOPE_SUBPROTOCOL], {
    headers: { authorization: `Bearer ${token}`, "a2a-version": "1.0" },
    perMessageDeflate: false,
    maxPayload: 2 * 1024 * 1024,
  });
  const ended = Promise.withResolvers<string>();
  const peer = createRpcPeer({
    send: (frame) => {
      socket.send(frame);
    },
    handle: () => undefined,
  });
  socket.on("message", (data: Buffer) => {
    if (data[0] !== MARK) peer.onFrame(data.toString("utf8"));
    else {
      const message = readMessage(data);
      if (message !== undefined) onMessage(message);
    }
  });
  socket.on("close", (code, reason) => {
    const words = reason.toString("utf8") || `closed (${String(code)})`;
    peer.close(words);
    ended.resolve(words);
  });
  // `close` follows and carries the consequence.
  socket.on("error", () => undefined);
  await once(socket, "open");
  return {
    ended: ended.promise,
    async call(method, params) {
      try {
        return await peer.request(method, params);
      } catch (cause) {
        throw new RoundtableError(
          "hub-failed",
          cause instanceof RpcFault
            ? `The hub says no: ${why(cause)}`
            : `The hub at ${wsUrl} has gone.`,
          cause instanceof RpcFault ? "Nothing was sent." : NEXT,
          { cause },
        );
      }
    },
    async dispose() {
      socket.close();
      await ended.promise;
    },
  };
}
