import { RoundtableError } from "../../core/errors.ts";
import type {
  Clock,
  EventLog,
  RemoteAgents,
  TextLog,
  Transport,
} from "../../ports.ts";
import { createAgentMethods, isAgentMethod } from "./agentMethods.ts";
import { readAgentTokens } from "./agentTokens.ts";
import { why } from "../callHub.ts";
import type { Circuits } from "../circuits.ts";
import type { Reply } from "../connection.ts";
import type { Execution } from "../execution.ts";
import type { Identity } from "./identity.ts";
import { OWNER } from "./identity.ts";
import type { A2ACall } from "../jsonRpc.ts";
import { createLinks } from "./links.ts";
import type { Publish } from "../monitor.ts";
import { startMonitor } from "../monitor.ts";
import type { Registry } from "../registry.ts";
import type { Sessions } from "../session.ts";
import { WireError } from "../wireError.ts";

/** How the owner in this process asks. */
const OURS = {
  version: "1.0",
  agentId: undefined,
  caller: { name: "human", remote: false, identity: OWNER },
  signal: new AbortController().signal,
};

/** Everything about agents that are not the hub's own: their tokens, servers elsewhere, their health, and the methods about them. */
export interface Outside {
  /** Whose token an `Authorization` header carries. */
  accepts(authorization: string): Identity | undefined;
  isGood(identity: Identity): boolean;
  /** Answers the methods about agents, and passes all others on. */
  before(
    dispatch: (call: A2ACall) => Promise<Reply>,
  ): (call: A2ACall) => Promise<Reply>;
  /** Does what a method about agents asks, for the owner in this process. Rejects with `hub-failed`. */
  ask(method: string, params: unknown): Promise<unknown>;
  /** Ids of the servers elsewhere that are to sit here. */
  linked(): ReadonlySet<string>;
  /** Seats the servers elsewhere that the log knows of. */
  start(): void;
  close(): Promise<void>;
}

/** Puts the parts together. */
export function createOutside(parts: {
  readonly log: EventLog;
  readonly clock: Clock;
  readonly textLog: TextLog;
  readonly registry: Registry;
  readonly circuits: Circuits;
  readonly execution: Execution;
  readonly remoteAgents?: RemoteAgents;
  readonly sessions: () => Pick<Sessions, "cut" | "cutExpired">;
  readonly publish: Publish;
  readonly connect: () => Transport;
  readonly wsUrl: () => string;
}): Outside {
  const { log, clock, sessions } = parts;
  const tokens = readAgentTokens(log, clock);
  const links = createLinks(parts);
  const answer = createAgentMethods({
    ...parts,
    tokens,
    links,
    cut: (agentId) => {
      sessions().cut(agentId);
    },
  });
  const monitor = startMonitor({
    ...parts,
    onRound: () => {
      sessions().cutExpired();
    },
  });
  return {
    accepts: (authorization) => tokens.accepts(authorization),
    isGood: (identity) => tokens.isGood(identity),
    before: (dispatch) => (call) =>
      isAgentMethod(call.method) ? answer(call) : dispatch(call),
    async ask(method, params) {
      try {
        const reply = await answer({ ...OURS, method, params });
        return reply.kind === "value" ? reply.value : undefined;
      } catch (error) {
        if (!(error instanceof WireError)) throw error;
        throw new RoundtableError(
          "hub-failed",
          `The hub says no: ${why(error)}`,
          "Nothing was changed.",
        );
      }
    },
    linked: () => new Set(links.list().map(({ agentId }) => agentId)),
    start: () => {
      links.start();
    },
    async close() {
      monitor.stop();
      await links.close();
    },
  };
}
