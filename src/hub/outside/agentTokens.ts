import { timingSafeEqual } from "node:crypto";
import type { Clock, EventLog } from "../../ports.ts";
import type { Recorded } from "../../protocol/event.ts";
import { HUB_STREAM } from "../../protocol/event.ts";
import type { Identity } from "./identity.ts";
import { checkAgentName } from "../registry.ts";
import { createToken, digestOf, tokenIn } from "../token.ts";
import { invalidField, overloaded } from "../wireError.ts";

/** Tokens that may be good at once. */
const MAX_TOKENS = 256;
const DAY_MS = 86_400_000;

interface Known {
  readonly agentId: string;
  readonly digest: Buffer;
  readonly expiresAt: number;
  readonly mayAsk: boolean;
}

/** Tokens of agents from outside, one per agent. The log keeps their SHA-256 and nothing else of them. */
export interface AgentTokens {
  /** Whose token an `Authorization` header carries; takes the same time for every wrong one. */
  accepts(authorization: string): Identity | undefined;
  /** False once the token is revoked, replaced or past its time. */
  isGood(identity: Identity): boolean;
  /** Who has a token that is good. */
  list(): readonly {
    readonly agentId: string;
    readonly expiresAt: number;
    readonly mayAsk: boolean;
  }[];
  /** A new token, on disk before it is told; one issued before is no longer good. */
  issue(
    wanted: {
      readonly agentId: string;
      readonly days: number;
      readonly mayAsk: boolean;
    },
    by: string,
  ): Promise<{ readonly token: string; readonly expiresAt: number }>;
  /** Makes an agent's token useless; −32602 when it has none. */
  revoke(agentId: string, by: string): Promise<void>;
}

/** Reads the tokens that are good from the log. */
export function readAgentTokens(log: EventLog, clock: Clock): AgentTokens {
  const known = new Map<string, Known>();
  /** What identity was given out for which token: a replaced token's is no longer good. */
  const given = new WeakMap<Identity, Known>();

  function apply(event: Recorded): void {
    if (event.type === "AgentTokenRevoked") known.delete(event.data.agentId);
    if (event.type !== "AgentTokenIssued") return;
    const { agentId, digest, expiresAt, mayAsk = false } = event.data;
    known.set(agentId, {
      agentId,
      digest: Buffer.from(digest, "hex"),
      expiresAt: expiresAt ?? Infinity,
      mayAsk,
    });
  }

  for (const event of log.read({
    missionId: HUB_STREAM,
    types: ["AgentTokenIssued", "AgentTokenRevoked"],
    limit: Number.MAX_SAFE_INTEGER,
  }))
    apply(event);

  const isCurrent = (token: Known): boolean =>
    known.get(token.agentId) === token && clock.now() < token.expiresAt;

  return {
    accepts(authorization) {
      const digest = digestOf(tokenIn(authorization));
      let found: Known | undefined;
      // All are looked at, so that the time tells nothing.
      for (const token of known.values())
        if (timingSafeEqual(token.digest, digest)) found = token;
      if (found === undefined || !isCurrent(found)) return undefined;
      const { agentId, mayAsk } = found;
      const identity: Identity = { kind: "agent", agentId, mayAsk };
      given.set(identity, found);
      return identity;
    },
    isGood(identity) {
      const token = given.get(identity);
      return token === undefined ? identity.kind === "owner" : isCurrent(token);
    },
    list: () =>
      [...known.values()]
        .filter(isCurrent)
        .map(({ agentId, expiresAt, mayAsk }) => ({
          agentId,
          expiresAt,
          mayAsk,
        })),
    async issue({ agentId, days, mayAsk }, by) {
      checkAgentName(agentId);
      for (const [id, { expiresAt }] of known)
        if (clock.now() >= expiresAt) known.delete(id);
      if (known.size >= MAX_TOKENS && !known.has(agentId))
        throw overloaded("tokens of agents; revoke one");
      const { token } = createToken();
      const expiresAt = clock.now() + days * DAY_MS;
      const event = await log.append({
        missionId: HUB_STREAM,
        type: "AgentTokenIssued",
        data: {
          agentId,
          digest: digestOf(token).toString("hex"),
          expiresAt,
          mayAsk,
        },
        by,
      });
      apply(event);
      return { token, expiresAt };
    },
    async revoke(agentId, by) {
      if (!known.has(agentId))
        throw invalidField("agentId", "no token was issued to this agent");
      const event = await log.append({
        missionId: HUB_STREAM,
        type: "AgentTokenRevoked",
        data: { agentId },
        by,
      });
      apply(event);
    },
  };
}
