import { RpcFault } from "../core/rpcPeer.ts";
import type { JsonObject } from "../core/json.ts";
import type { Clock, EventLog, TextLog } from "../ports.ts";
import type { DraftOf } from "../protocol/event.ts";
import { HUB_STREAM } from "../protocol/event.ts";
import { Heartbeat } from "../protocol/hub.ts";
import type { Execution } from "./execution.ts";
import { takeHeartbeat } from "./presence.ts";
import type { Registry, Sitting } from "./registry.ts";

/** Time between two rounds of health checks, ms. */
const ROUND_MS = 10_000;
/** How long an agent may take to answer a check, ms. */
const ANSWER_MS = 5000;
/** Checks missed in a row that make an agent unhealthy. */
const MISSES = 3;
/** Agents that went away at work and are remembered until they sit again. */
const MAX_LOST = 256;

/** Topic on which everybody hears of agents that are not well. */
const UNHEALTHY_TOPIC = "agent.unhealthy";

/** Tells everybody who wants to know; nobody is waited for. */
export type Publish = (topic: string, payload: JsonObject) => void;

interface Watched {
  misses: number;
  /** When it had last been heard at the check before. */
  heardAt: number;
  /** Whether a check is still without an answer; there is never more than one. */
  asking: boolean;
}

/**
 * Looks after the agents that sit on sockets: asks each for its health every 10 s (`agent/health`; any answer counts, "no such method" too, and so does
 * a heartbeat), calls one that misses three in a row unhealthy until it answers, says so in the log and to all, and has its work taken over.
 * The work of an agent that leaves is given to others, or fails. Nothing is asked as long as no agent sits on a socket.
 */
export function startMonitor(parts: {
  readonly registry: Registry;
  readonly execution: Execution;
  readonly log: EventLog;
  readonly clock: Clock;
  readonly textLog: TextLog;
  readonly publish: Publish;
  /** Called with each round. */
  readonly onRound: () => void;
}): { stop(): void } {
  const { registry, execution, log, clock, textLog } = parts;
  const watched = new WeakMap<Sitting, Watched>();
  const lost = new Set<string>();
  const ended = new AbortController();
  let going = false;

  function record(
    draft: DraftOf<"AgentUnhealthy"> | DraftOf<"AgentRecovered">,
  ): void {
    log.append(draft).catch((error: unknown) => {
      textLog.warn("an agent's health could not be recorded", {
        why: String(error),
      });
    });
  }

  function complain(agentId: string, why: string): void {
    textLog.warn("an agent is not well", { agentId, why });
    const data = { agentId, why };
    record({ missionId: HUB_STREAM, type: "AgentUnhealthy", data, by: "hub" });
    parts.publish(UNHEALTHY_TOPIC, data);
  }

  function recovered(agentId: string): void {
    textLog.info("an agent is well again", { agentId });
    const data = { agentId };
    record({ missionId: HUB_STREAM, type: "AgentRecovered", data, by: "hub" });
  }

  function answers(sitting: Sitting, answer: unknown): void {
    const said = Heartbeat.safeParse(answer);
    takeHeartbeat(sitting.presence, said.success ? said.data : {}, clock.now());
    isAlive(sitting);
  }

  function isAlive(sitting: Sitting): void {
    const { agentId, presence } = sitting;
    const watch = watched.get(sitting);
    if (watch !== undefined) {
      watch.misses = 0;
      watch.heardAt = presence.heardAt;
    }
    if (presence.unhealthy === undefined) return;
    presence.unhealthy = undefined;
    recovered(agentId);
  }

  function missed(sitting: Sitting, watch: Watched): void {
    const { agentId, presence } = sitting;
    watch.misses += 1;
    if (watch.misses < MISSES || presence.unhealthy !== undefined) return;
    const why = `It did not answer ${String(MISSES)} health checks in a row.`;
    presence.unhealthy = why;
    complain(agentId, why);
    execution.takeFrom(sitting, why, false);
  }

  async function check(sitting: Sitting): Promise<void> {
    const { presence, connection } = sitting;
    const watch = watched.get(sitting) ?? {
      misses: 0,
      heardAt: presence.heardAt,
      asking: false,
    };
    watched.set(sitting, watch);
    const answered = new AbortController();
    const isAsked = (): boolean => watch.asking;
    if (!isAsked()) {
      watch.asking = true;
      void connection
        .request("agent/health", {})
        .then(
          (answer) => {
            answers(sitting, answer);
          },
          (error: unknown) => {
            if (error instanceof RpcFault) answers(sitting, undefined);
          },
        )
        .finally(() => {
          watch.asking = false;
          answered.abort();
        });
    }
    const patience = AbortSignal.any([answered.signal, ended.signal]);
    // Aborted means that the wait is over, nothing else.
    await clock.after(ANSWER_MS, patience).catch(() => undefined);
    const sitsHere = registry.get(sitting.agentId) === sitting;
    if (ended.signal.aborted || !isAsked() || !sitsHere) return;
    if (presence.heardAt > watch.heardAt) isAlive(sitting);
    else missed(sitting, watch);
  }

  async function rounds(): Promise<void> {
    for (;;) {
      const onSockets = registry
        .all()
        .filter(({ where }) => where === "webSocket");
      if (onSockets.length === 0) return;
      await clock.after(ROUND_MS, ended.signal);
      parts.onRound();
      await Promise.all(onSockets.map((sitting) => check(sitting)));
    }
  }

  function go(): void {
    if (going || ended.signal.aborted) return;
    going = true;
    rounds()
      // Aborted: the hub ends.
      .catch(() => undefined)
      .finally(() => {
        going = false;
        if (registry.all().some(({ where }) => where === "webSocket")) go();
      });
  }

  const stopListening = registry.onSeats({
    seated({ agentId, where }) {
      if (lost.delete(agentId)) recovered(agentId);
      if (where === "webSocket") go();
    },
    left(sitting, why) {
      const { agentId } = sitting;
      if (execution.countOf(sitting) === 0) return;
      if (lost.size < MAX_LOST) lost.add(agentId);
      complain(agentId, `It went away while it worked: ${why}`);
      execution.takeFrom(sitting, `its agent went away: ${why}`, true);
    },
  });

  return {
    stop() {
      stopListening();
      ended.abort(new Error("the hub ends"));
    },
  };
}
