import type { TextLog, Transport } from "../ports.ts";
import { isAgentMethod } from "./outside/agentMethods.ts";
import type { AgentPort } from "./agentPort.ts";
import type { Connection, Reply } from "./connection.ts";
import { openConnection } from "./connection.ts";
import type { Identity } from "./outside/identity.ts";
import { callerOf, OWNER } from "./outside/identity.ts";
import type { A2ACall } from "./jsonRpc.ts";
import type { Messaging } from "./messaging/messaging.ts";
import type { SocketTransport } from "./socket.ts";
import { TOKEN_ENDED } from "./socket.ts";
import { invalidField, notAllowed } from "./wireError.ts";

/** What the opening of a channel said. */
export interface Opening {
  /** The socket, where it is one that can carry envelope frames. */
  readonly socket?: SocketTransport;
  /** The `A2A-Version` it named, if any. */
  readonly version?: string;
  /** Whose token it showed; the owner's without. */
  readonly identity?: Identity;
}

/** The hub's end of channels, in memory or over WebSocket alike: clients call A2A methods, agents take a seat and work. */
export interface Sessions {
  /** Serves a channel until it ends. */
  open(
    transport: Transport,
    where: "inProcess" | "webSocket",
    opening?: Opening,
  ): void;
  count(): number;
  /** Ends the channels that showed an agent's token. */
  cut(agentId: string): void;
  /** Ends the channels whose token is no longer good. */
  cutExpired(): void;
  /** Ends all and waits until their seats are free. */
  close(why: string): Promise<void>;
}

/** Makes the sessions of one hub. */
export function createSessions(parts: {
  readonly agentPort: AgentPort;
  readonly dispatch: (call: A2ACall) => Promise<Reply>;
  /** False once a token has ended. */
  readonly isGood: (identity: Identity) => boolean;
  readonly messaging: Messaging;
  readonly textLog: TextLog;
}): Sessions {
  const { agentPort, dispatch, isGood, messaging, textLog } = parts;
  const open = new Set<Connection>();
  const identities = new Map<Connection, Identity>();
  const leaving = new Set<Promise<void>>();

  return {
    open(transport, where, { version, identity = OWNER, socket } = {}) {
      let seatedAs: string | undefined;
      const connection = openConnection(
        transport,
        {
          async request({ method, params, serviceParams, signal, pace }) {
            if (!isGood(identity)) {
              connection.close(TOKEN_ENDED);
              throw new Error("the token is no longer good");
            }
            if (method === "agent/register") {
              checkSeat(identity, params);
              const seat = await agentPort.register(connection, where, params);
              seatedAs ??= seat.agentId;
              return { kind: "value", value: seat };
            }
            if (agentPort.answers(method)) {
              const value = await agentPort.answer(connection, method, params);
              return { kind: "value", value };
            }
            if (isMessageMethod(method)) {
              const value = await post.call(method, params);
              return { kind: "value", value };
            }
            if (!isAgentMethod(method)) checkMayAsk(identity);
            return dispatch({
              method,
              params,
              signal,
              pace,
              lastEventId: serviceParams.get("last-event-id"),
              version: serviceParams.get("a2a-version") ?? version,
              traceparent: serviceParams.get("traceparent"),
              agentId: undefined,
              caller: {
                ...callerOf(identity),
                ...(seatedAs === undefined ? {} : { name: seatedAs }),
                remote: where === "webSocket",
              },
            });
          },
          notification(method, params) {
            if (isMessageMethod(method)) post.hear(method, params);
            else agentPort.hear(connection, method, params);
          },
          closed(why) {
            post.leave();
            open.delete(connection);
            identities.delete(connection);
            const left = agentPort
              .leave(connection, why)
              .catch((error: unknown) => {
                textLog.warn("a leave could not be recorded", {
                  why: String(error),
                });
              })
              .finally(() => leaving.delete(left));
            leaving.add(left);
          },
        },
        textLog,
      );
      const post = messaging.join(connection, socket ?? transport, identity);
      socket?.onEnvelope(
        identity.kind === "owner"
          ? post.frame
          : (frame) => {
              if (isGood(identity)) post.frame(frame);
              else connection.close(TOKEN_ENDED);
            },
      );
      open.add(connection);
      identities.set(connection, identity);
    },
    count: () => open.size,
    cut(agentId) {
      for (const [connection, identity] of [...identities])
        if (identity.kind === "agent" && identity.agentId === agentId)
          connection.close(TOKEN_ENDED);
    },
    cutExpired() {
      for (const [connection, identity] of [...identities])
        if (!isGood(identity)) connection.close(TOKEN_ENDED);
    },
    async close(why) {
      // Answers that are due go out first.
      await turn();
      for (const connection of [...open]) connection.close(why);
      // Ends are told a turn later, in memory as on a socket.
      await turn();
      for (const connection of [...open])
        leaving.add(agentPort.leave(connection, why));
      await Promise.allSettled([...leaving]);
    },
  };
}

function isMessageMethod(method: string): boolean {
  return method.startsWith("envelope/");
}

/** A token of an agent's own seats that agent and no other. */
function checkSeat(identity: Identity, params: unknown): void {
  if (identity.kind === "owner") return;
  const agentId =
    params !== null && typeof params === "object" && "agentId" in params
      ? params.agentId
      : undefined;
  if (agentId !== identity.agentId)
    throw invalidField(
      "agentId",
      `this token is for the agent ${identity.agentId}`,
    );
}

function checkMayAsk(identity: Identity): void {
  if (identity.kind === "agent" && !identity.mayAsk)
    throw notAllowed(
      "This token lets its agent work, not ask others; the hub's owner can issue one that may (--can-ask).",
    );
}

function turn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
