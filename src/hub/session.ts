import type { TextLog, Transport } from "../ports.ts";
import type { AgentPort } from "./agentPort.ts";
import type { Connection, Reply } from "./connection.ts";
import { openConnection } from "./connection.ts";
import type { Identity } from "./identity.ts";
import { callerOf, OWNER } from "./identity.ts";
import type { A2ACall } from "./jsonRpc.ts";
import { invalidField, notAllowed } from "./wireError.ts";

/** What the opening of a channel said. */
export interface Opening {
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
  /** Ends all and waits until their seats are free. */
  close(why: string): Promise<void>;
}

/** Makes the sessions of one hub. */
export function createSessions(parts: {
  readonly agentPort: AgentPort;
  readonly dispatch: (call: A2ACall) => Promise<Reply>;
  readonly textLog: TextLog;
}): Sessions {
  const { agentPort, dispatch, textLog } = parts;
  const open = new Set<Connection>();
  const leaving = new Set<Promise<void>>();

  return {
    open(transport, where, { version, identity = OWNER } = {}) {
      let seatedAs: string | undefined;
      const connection = openConnection(
        transport,
        {
          async request({ method, params, serviceParams, signal, pace }) {
            if (method === "agent/register") {
              checkSeat(identity, params);
              const seat = await agentPort.register(connection, where, params);
              seatedAs ??= seat.agentId;
              return { kind: "value", value: seat };
            }
            checkMayAsk(identity);
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
            agentPort.hear(connection, method, params);
          },
          closed(why) {
            open.delete(connection);
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
      open.add(connection);
    },
    count: () => open.size,
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
