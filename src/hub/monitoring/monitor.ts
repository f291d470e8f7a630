import type { Clock, EventLog, Hash, Seat, TextLog } from "../../ports.ts";
import type { Exposition, Metrics, Traces } from "../../ports/monitoring.ts";
import type { MissionStatus } from "../../protocol/panel.ts";
import type { PeerLine } from "../../protocol/peers.ts";
import type { HubStatus } from "../../protocol/status.ts";
import type { Trace } from "../../protocol/trace.ts";
import type { DeliveryStats } from "../delivery/createDelivery.ts";
import { keepTime } from "./busy.ts";
import { createCounters } from "./counters.ts";
import { countEvents } from "./eventCounts.ts";
import { watchProcess, type ProcessWatch } from "./processFacts.ts";
import { exportTraces } from "./exportTraces.ts";
import { findTrace } from "./findTrace.ts";
import { logBytes, readGauges, type Utilised } from "./gauges.ts";

/** Mailboxes a status names. */
const MAX_QUEUES = 100;
/** What the loop's delay is while nobody watches it. */
const UNWATCHED = 0;

/** What the rest of the hub lets the monitor see; everything is read when somebody asks. */
export interface Watched {
  readonly name: () => string;
  readonly agents: () => readonly (Pick<
    Seat,
    "agentId" | "role" | "lineage"
  > & {
    readonly where: string;
    /** Why it is not well, if so. */
    readonly unhealthy?: string | undefined;
    /** What it said of itself, 0 to 1. */
    readonly load?: number | undefined;
    /** Tasks that wait for a slot of it. */
    readonly waiting: number;
    readonly circuit: "closed" | "open" | "halfOpen";
  })[];
  readonly runningTasks: () => number;
  readonly sessions: () => number;
  /** What became of envelopes, live and durable. */
  readonly envelopes?: () => Readonly<Record<string, number>>;
  /** The durable side, where there is one. */
  readonly mail?: () => DeliveryStats | undefined;
  /** What became of push notifications. */
  readonly pushes?: () => Readonly<Record<string, number>>;
}

/** Teammates' hubs as a monitor sees them. */
export interface PeersSeen {
  readonly all: readonly Pick<
    PeerLine,
    "hubId" | "name" | "state" | "latencyMs" | "waiting"
  >[];
  /** Since this hub was started. */
  readonly envelopesIn: number;
  readonly envelopesOut: number;
  readonly refused: number;
}

/** What is known outside the hub and shown with it. */
export interface Surroundings {
  readonly version?: string;
  /** All missions of the log by how they stand, and how many of the closed ones ended well. */
  readonly missions?: () => Readonly<Record<MissionStatus, number>> & {
    readonly endedWell: number;
  };
  /** Trust as learned so far; none before there is any. */
  readonly trust?: () => readonly {
    readonly lineage: string;
    readonly role: string;
    readonly score: number;
  }[];
  /** Teammates' hubs, and the envelopes between them and this one; undefined before there is any. */
  readonly peers?: () => PeersSeen | undefined;
  /** Calls the listener after each commit of the log with how long it took, ms. */
  readonly onCommit?: (listener: (tookMs: number) => void) => void;
  /** Writes `/metrics`; without it there is no such page. */
  readonly expose?: Exposition;
  /** Where finished spans go; without it they are worked out only for who asks. */
  readonly traces?: Traces;
}

/** What a hub tells of itself: monitoring only, without effects. */
export interface Monitor {
  readonly metrics: Metrics;
  /** Small and quick: whether it lives. */
  health(): unknown;
  status(): HubStatus;
  /** The metrics as Prometheus reads them; undefined where nothing can write them. */
  exposition(): ReturnType<Exposition> | undefined;
  /** The path that the id of a mission, task or message names; undefined where nothing has it. */
  trace(id: string): Promise<Trace | undefined>;
  /** Watches the event loop from now on; a hub that does not listen need not. */
  watch(): void;
  dispose(): void;
}

/** Begins to count. */
export function openMonitor(
  deps: {
    readonly log: EventLog;
    readonly clock: Clock;
    readonly hash: Hash;
    readonly textLog: TextLog;
    readonly surroundings?: Surroundings;
  },
  watched: Watched,
): Monitor {
  const { log, clock, hash, textLog, surroundings = {} } = deps;
  const { version = "", missions, expose, traces } = surroundings;
  const { agents, sessions, runningTasks, name } = watched;
  const { mail = () => undefined } = watched;
  const startedAt = clock.now();
  const counters = createCounters();
  const busy = keepTime(clock);
  const stopCounting = countEvents(log, counters, busy);
  const stopExporting =
    traces === undefined ? undefined : exportTraces(log, hash, traces);
  let loop: ProcessWatch | undefined;

  surroundings.onCommit?.((tookMs) => {
    counters.observe("roundtable_log_append_seconds", tookMs / 1000);
  });
  readGauges(counters, { log, watched, surroundings, utilisation });

  function utilisation(): readonly Utilised[] {
    for (const { agentId } of agents()) busy.seated(agentId);
    return busy.all().map((agent) => ({
      ...agent,
      share: agent.knownMs > 0 ? Math.min(1, agent.busyMs / agent.knownMs) : 0,
    }));
  }

  return {
    metrics: counters,
    health: () => ({
      status: "ok",
      name: name(),
      upMs: clock.now() - startedAt,
      agents: agents().length,
      runningTasks: runningTasks(),
      sessions: sessions(),
      log: { head: log.head(), epoch: log.epoch },
    }),
    status() {
      const times = new Map(
        utilisation().map((agent) => [agent.agentId, agent]),
      );
      const now = clock.now();
      const memory = process.memoryUsage();
      return {
        status: "ok",
        name: name(),
        version,
        a2a: ["1.0", "0.3"],
        pid: process.pid,
        startedAt,
        upMs: now - startedAt,
        agents: agents().map((agent) => {
          const { agentId, role, lineage, where, waiting, circuit } = agent;
          const { tasks = 0, share = 0 } = times.get(agentId) ?? {};
          return {
            ...{ agentId, role, lineage, where, tasks, waiting, circuit },
            state: stateOf(agent.unhealthy, tasks),
            load: agent.load ?? null,
            utilisation: Math.round(share * 1000) / 1000,
          };
        }),
        tasks: { running: runningTasks() },
        sessions: sessions(),
        queues: queuesOf(mail())
          .toSorted((a, b) => b.waiting - a.waiting)
          .slice(0, MAX_QUEUES),
        deadLetters: mail()?.deadLetters ?? 0,
        log: { head: log.head(), epoch: log.epoch, bytes: logBytes(log.place) },
        missions: onlyStatus(missions?.()),
        ...peersIn(surroundings.peers?.()),
        process: {
          residentBytes: memory.rss,
          heapBytes: memory.heapUsed,
          loopDelayP99Ms: loop?.loopDelayP99Ms() ?? UNWATCHED,
        },
      };
    },
    exposition: () =>
      expose?.(counters.read()).catch((error: unknown) => {
        textLog.warn("the metrics could not be written", {
          why: String(error),
        });
        throw error;
      }),
    trace: (id) => findTrace(log, hash, id),
    watch() {
      loop ??= watchProcess(counters);
    },
    dispose() {
      stopCounting();
      stopExporting?.();
      loop?.stop();
    },
  };
}

function stateOf(
  unhealthy: string | undefined,
  tasks: number,
): HubStatus["agents"][number]["state"] {
  if (unhealthy !== undefined) return "unhealthy";
  return tasks > 0 ? "working" : "idle";
}

/** Mailboxes with something in them. */
function queuesOf(mail: DeliveryStats | undefined): HubStatus["queues"] {
  const all = mail?.mailboxes ?? [];
  return all
    .filter(({ letters }) => letters > 0)
    .map(({ name: mailbox, letters }) => ({ mailbox, waiting: letters }));
}

function onlyStatus(
  all: ReturnType<NonNullable<Surroundings["missions"]>> | undefined,
): HubStatus["missions"] {
  const { running = 0, waiting = 0, stalled = 0, closed = 0 } = all ?? {};
  return { running, waiting, stalled, closed };
}

function peersIn(seen: PeersSeen | undefined): Pick<HubStatus, "peers"> {
  if (seen === undefined) return {};
  return {
    peers: seen.all.map(({ hubId, name, state, waiting, latencyMs }) => ({
      ...{ hubId, name, state, waiting },
      latencyMs: latencyMs ?? null,
    })),
  };
}
