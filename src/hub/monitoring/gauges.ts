import { statSync } from "node:fs";
import type { EventLog } from "../../ports.ts";
import type { Labels, Metrics } from "../../ports/monitoring.ts";
import { noCounts, type DeliveryCounts } from "../delivery/counts.ts";
import type { DeliveryStats } from "../delivery/createDelivery.ts";
import type { Busy } from "./busy.ts";
import type { Surroundings, Watched } from "./monitor.ts";

/** An agent's time, and the share of it that it worked, 0 to 1. */
export type Utilised = ReturnType<Busy["all"]>[number] & {
  readonly share: number;
};

/** Tells `metrics` how to read what stands for itself: nothing of it is worked out before somebody asks. */
export function readGauges(
  metrics: Metrics,
  parts: {
    readonly log: EventLog;
    readonly watched: Watched;
    readonly surroundings: Surroundings;
    readonly utilisation: () => readonly Utilised[];
  },
): void {
  const { log, watched, surroundings, utilisation } = parts;
  const { agents, sessions } = watched;
  const { envelopes = () => ({}), pushes = () => ({}) } = watched;
  const { mail = () => undefined } = watched;
  const { version = "", missions, trust = () => [] } = surroundings;

  /** One value; none where it is not known. */
  const one = (family: string, read: () => number | null): void => {
    metrics.gauge(`roundtable_${family}`, () => {
      const value = read();
      return value === null ? [] : [{ value }];
    });
  };
  const many = <T>(
    family: string,
    all: () => readonly T[],
    labels: (item: T) => Labels,
    value: (item: T) => number,
  ): void => {
    metrics.gauge(`roundtable_${family}`, () =>
      all().map((item) => ({ labels: labels(item), value: value(item) })),
    );
  };
  const agent = ({ agentId }: Utilised): Labels => ({ agent: agentId });

  one("sessions", sessions);
  one("dead_letters", () => mail()?.deadLetters ?? null);
  one("in_flight", () => mail()?.inFlight ?? null);
  one("queued_bytes", () => mail()?.waitingBytes ?? null);
  one("mailbox_commits_total", () => mail()?.commits ?? null);
  one("log_head", () => log.head());
  one("log_epoch", () => log.epoch);
  one("log_size_bytes", () => logBytes(log.place));
  one(
    "agents_active",
    () => utilisation().filter(({ tasks }) => tasks > 0).length,
  );
  one(
    "agents_unhealthy",
    () => agents().filter(({ unhealthy }) => unhealthy !== undefined).length,
  );
  one(
    "circuits_open",
    () => agents().filter(({ circuit }) => circuit !== "closed").length,
  );
  many(
    "agent_waiting_tasks",
    agents,
    ({ agentId }) => ({ agent: agentId }),
    ({ waiting }) => waiting,
  );
  const { peers = () => undefined } = surroundings;
  many(
    "peers",
    () => [...Map.groupBy(peers()?.all ?? [], ({ state }) => state)],
    ([state]) => ({ state }),
    ([, all]) => all.length,
  );
  many(
    "peer_envelopes_waiting",
    () => peers()?.all ?? [],
    ({ name }) => ({ peer: name }),
    ({ waiting }) => waiting,
  );
  many(
    "peer_envelopes_total",
    () => {
      const seen = peers();
      if (seen === undefined) return [];
      const { envelopesIn, envelopesOut, refused } = seen;
      return Object.entries({ in: envelopesIn, out: envelopesOut, refused });
    },
    ([fate]) => ({ fate }),
    ([, number]) => number,
  );
  one("mission_success_ratio", () => {
    const all = missions?.();
    return all === undefined || all.closed === 0
      ? null
      : all.endedWell / all.closed;
  });
  metrics.gauge("roundtable_build_info", () => [
    { labels: { version }, value: 1 },
  ]);
  many(
    "agents",
    () => [...Map.groupBy(agents(), ({ role }) => role)],
    ([role]) => ({ role }),
    ([, all]) => all.length,
  );
  many(
    "missions",
    () => {
      const { endedWell: _, ...byStatus } = missions?.() ?? { endedWell: 0 };
      return Object.entries(byStatus);
    },
    ([status]) => ({ status }),
    ([, number]) => number,
  );
  many(
    "queue_depth",
    () => mail()?.mailboxes ?? [],
    ({ name: mailbox }) => ({ mailbox }),
    ({ letters }) => letters,
  );
  for (const [family, label, read] of [
    ["envelopes_total", "fate", envelopes],
    ["letters_total", "fate", () => fatesOf(mail())],
    ["push_total", "outcome", pushes],
  ] as const)
    many(
      family,
      () => Object.entries<number>(read()),
      ([name]) => ({ [label]: snake(name) }),
      ([, number]) => number,
    );
  many(
    "trust_score",
    trust,
    ({ lineage, role }) => ({ lineage, role }),
    ({ score }) => score,
  );
  many("agent_tasks", utilisation, agent, ({ tasks }) => tasks);
  many(
    "agent_busy_seconds_total",
    utilisation,
    agent,
    ({ busyMs }) => busyMs / 1000,
  );
  many("agent_utilisation_ratio", utilisation, agent, ({ share }) => share);
}

/** What became of letters since the hub began; the rest of the stats is how things stand. */
function fatesOf(
  mail: DeliveryStats | undefined,
): Readonly<Record<string, number>> {
  if (mail === undefined) return {};
  const names = Object.keys(noCounts()) as (keyof DeliveryCounts)[];
  return Object.fromEntries(names.map((name) => [name, mail[name]]));
}

function snake(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** Size of the log's file and its write-ahead log; null where it is in no file. */
export function logBytes(place: string): number | null {
  const main = statSync(place, { throwIfNoEntry: false });
  if (main?.isFile() !== true) return null;
  const ahead = statSync(`${place}-wal`, { throwIfNoEntry: false });
  return main.size + (ahead?.size ?? 0);
}
