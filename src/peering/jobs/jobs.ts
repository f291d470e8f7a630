/** Work spread over hubs and gathered: this hub's part in every job it is a member of, and the methods about jobs. */
import { RoundtableError, toProblem } from "../../core/errors.ts";
import { MAX_PARTS, partsOf } from "../../core/peering/job.ts";
import type { Chance, Clock, EventLog, Hash, TextLog } from "../../ports.ts";
import type { PeerTable } from "../../ports/peering.ts";
import {
  Coordinate,
  HandOver,
  JobNamed,
  type JobShown,
  type StatusReport,
} from "../../protocol/jobs.ts";
import type { PeersShown } from "../../protocol/peers.ts";
import { asked } from "../asked.ts";
import type { PeeringTable, Room } from "../rooms.ts";
import { watchCrews } from "./crew.ts";
import { hubNamed } from "./hubNamed.ts";
import { createLead } from "./lead.ts";
import { pastJob, pastJobs } from "./past.ts";
import { statusReport } from "./report.ts";
import { roomLine, showJob } from "./show.ts";
import { tell } from "./tell.ts";
import { createWorker } from "./work.ts";

/** Time between two looks at what nobody tells of: a hub that is away for long, ms. */
const LOOK_MS = 1000;
/** How long a report waits for those of others, ms. */
const REPORT_MS = 3000;

/** What jobs need. */
export interface JobsPorts {
  /** This hub's id. */
  readonly self: string;
  readonly table: PeeringTable;
  readonly own: Pick<PeerTable, "published" | "report" | "send">;
  readonly shown: () => PeersShown;
  /** Asks a peer how it is; what is shown has it when this resolves. */
  readonly askReport: (hubId: string) => Promise<unknown>;
  /** Where jobs of before are. */
  readonly log: EventLog;
  readonly hash: Hash;
  readonly clock: Clock;
  /** A clock that never jumps, ms. */
  readonly mono: () => number;
  readonly chance: Pick<Chance, "id">;
  /** Whether the kill switch is pulled. */
  readonly stopped: () => boolean;
  readonly textLog: TextLog;
}

/** Jobs of this hub. */
export interface Jobs {
  /** Opens a job and resolves with its room; with an `id` that is known already it is the same job. Rejects with `bad-intent` or `peering-failed`; then nothing was begun. */
  coordinate(wanted: {
    readonly goal: string;
    readonly hubs?: readonly string[] | undefined;
    readonly id?: string;
  }): Promise<string>;
  /** The job once it is done; rejects with the signal's reason. */
  ended(room: string, signal: AbortSignal): Promise<JobShown>;
  /** Jobs this hub takes part in that are not done. */
  open(): number;
  /** How this hub and its peers are; those that are connected are asked now, and have a few seconds to answer. */
  status(): Promise<StatusReport>;
  /** Lets go of all of them; they are taken up again after a restart. */
  dispose(): Promise<void>;
}

/** Takes part in jobs from now on, in those of before too, and answers the methods about them. */
export function openJobs(ports: JobsPorts): Jobs {
  const { self, table, own, log, hash, clock, mono, textLog } = ports;
  const crews = watchCrews({ ...ports, mono: mono() });
  const lead = createLead({ self, textLog, crew: () => crews.all(mono()) });
  const worker = createWorker({
    self,
    textLog,
    agents: () => crews.ours(),
    ask: (agentId, message, signal) => own.send(self, agentId, message, signal),
  });
  const over = new AbortController();
  const changed = new Set<() => void>();
  const stops: (() => void)[] = [];

  const look = (room: Room): void => {
    if (over.signal.aborted) return;
    // Under the kill switch nothing begins; the next look after it goes on.
    if (!ports.stopped()) {
      worker.look(room, room.said());
      void lead.look(room);
    }
    for (const listener of [...changed]) listener();
  };

  const attach = (room: Room): void => {
    if (room.kind !== "job") return;
    stops.push(
      room.onSaid((sealed) => {
        tell(textLog, room, sealed);
        table.changed();
        look(room);
      }),
      room.onCoordinator(() => {
        look(room);
      }),
    );
    look(room);
  };

  const jobRooms = (): readonly Room[] =>
    table.rooms().filter(({ kind }) => kind === "job");

  const closed = new Set<string>();
  /** Nothing more comes of a job that is over, so that it is not looked at for ever. */
  const goesOn = (room: Room): boolean => {
    if (closed.has(room.id)) return false;
    if (room.said().some(({ envelope }) => envelope.body.kind === "roomClosed"))
      closed.add(room.id);
    return !closed.has(room.id);
  };

  const watch = async (): Promise<void> => {
    while (!over.signal.aborted) {
      for (const room of jobRooms()) if (goesOn(room)) look(room);
      await clock.after(LOOK_MS, over.signal).catch(() => undefined);
    }
  };

  const isHere = (hubId: string): boolean =>
    hubId === self || table.isConnected(hubId);

  const find = (id: string): JobShown | undefined => {
    const room = table.room(id);
    if (room?.kind === "job") return showJob(room);
    return room === undefined ? pastJob(log, hash, id) : undefined;
  };

  const all = (): readonly JobShown[] => {
    const open = jobRooms();
    const known = new Set(open.map(({ id }) => id));
    const past = pastJobs(log).filter((id) => !known.has(id));
    return [
      ...past.flatMap((id) => pastJob(log, hash, id) ?? []),
      ...open.flatMap((room) => showJob(room) ?? []),
    ];
  };

  const shownOf = (id: string): JobShown => {
    const shown = find(id);
    if (shown !== undefined) return shown;
    throw new RoundtableError(
      "bad-intent",
      `There is no job ${JSON.stringify(id)} here.`,
      "Nothing was changed. `roundtable jobs` lists them.",
    );
  };

  const coordinate: Jobs["coordinate"] = async ({ goal, hubs, id }) => {
    const room = id ?? `job-${ports.chance.id()}`;
    if (find(room) !== undefined) return room;
    if (partsOf(goal).length > MAX_PARTS)
      throw new RoundtableError(
        "bad-intent",
        `The goal has more than ${String(MAX_PARTS)} parts.`,
        "Nothing was begun. Ask for it in several jobs.",
      );
    const workers = workersFor(hubs);
    const peers = workers.filter(({ hubId }) => hubId !== self);
    const members = [{ hubId: self, name: own.report().name }, ...peers];
    await table.open({
      id: room,
      kind: "job",
      opening: {
        kind: "roomOpened",
        room: "job",
        title: goal,
        members,
        electorate: [],
        workers: workers.map(({ hubId }) => hubId),
      },
    });
    return room;
  };

  /** This hub and every peer that is here, or those that are named. */
  const workersFor = (
    hubs: readonly string[] | undefined,
  ): readonly { readonly hubId: string; readonly name: string }[] => {
    const us = { hubId: self, name: own.report().name };
    const here = (hubId: string): boolean =>
      table.isConnected(hubId) && table.theirs(hubId).includes("message");
    if (hubs === undefined)
      return [us, ...table.peers().filter(({ hubId }) => here(hubId))];
    const found = hubs.map((named) => {
      const one = hubNamed(named, [us, ...table.peers()]);
      if (one.hubId === self || here(one.hubId)) return one;
      throw new RoundtableError(
        "peering-failed",
        table.isConnected(one.hubId)
          ? `${one.name} does not let this hub give it work: it has not granted the scope "message".`
          : `${one.name} is not connected.`,
        "Nothing was begun. `roundtable peers` shows who is here; leave the hub out, or try again when it is.",
      );
    });
    return [...new Map(found.map((one) => [one.hubId, one])).values()];
  };

  const handOver = async (id: string, to: string): Promise<void> => {
    const { done, members, coordinator } = shownOf(id);
    const next = hubNamed(to, members);
    const room = table.room(id);
    if (done || room === undefined)
      throw refusedMove("That job is done", "It needs no coordinator.");
    if (coordinator?.hubId !== self)
      throw refusedMove(
        `${coordinator?.name ?? "Nobody"} coordinates that job at the moment`,
        "Hand it over at the hub that coordinates it; if that is gone, the others elect one by themselves.",
      );
    if (next.hubId !== self && !table.isConnected(next.hubId))
      throw refusedMove(
        `${next.name} is not connected`,
        "Hand it to a hub that is.",
      );
    await room.handOver(next.hubId);
  };

  table.answers({
    "peers/coordinate": async (params) => {
      const wanted = asked(Coordinate, params);
      return { room: await coordinate(wanted) };
    },
    "peers/job": async (params) => {
      await Promise.resolve();
      return shownOf(asked(JobNamed, params).room);
    },
    "peers/jobs": () => Promise.resolve({ jobs: all() }),
    "peers/handOver": async (params) => {
      const wanted = asked(HandOver, params);
      await handOver(wanted.room, wanted.to);
      return shownOf(wanted.room);
    },
    "peers/statusReport": () => status(),
  });

  const status = async (): Promise<StatusReport> => {
    const asked = table
      .peers()
      .filter(({ hubId }) => table.isConnected(hubId))
      .map(({ hubId }) => ports.askReport(hubId));
    // Who cannot tell now is shown as it told last.
    await Promise.race([
      Promise.allSettled(asked),
      clock.after(REPORT_MS, over.signal).catch(() => undefined),
    ]);
    return statusReport(ports.shown(), own.report(), clock.now());
  };

  table.shows(() => ({
    rooms: jobRooms().flatMap((room) => roomLine(room, isHere) ?? []),
  }));

  stops.push(table.onRoom(attach));
  for (const room of jobRooms()) attach(room);
  const watching = watch();

  return {
    coordinate,
    open: () =>
      jobRooms().filter((room) => showJob(room)?.done === false).length,
    status,
    ended: (room, signal) =>
      new Promise((resolve, reject) => {
        const check = (): void => {
          const shown = find(room);
          if (shown?.done === true)
            finish(() => {
              resolve(shown);
            });
        };
        const abort = (): void => {
          finish(() => {
            reject(toProblem(signal.reason));
          });
        };
        const finish = (tellEnd: () => void): void => {
          changed.delete(check);
          signal.removeEventListener("abort", abort);
          tellEnd();
        };
        changed.add(check);
        signal.addEventListener("abort", abort, { once: true });
        if (signal.aborted) abort();
        else check();
      }),
    async dispose() {
      over.abort(new Error("the hub ends"));
      for (const stop of stops.splice(0)) stop();
      await worker.dispose();
      await watching;
    },
  };
}

function refusedMove(why: string, next: string): RoundtableError {
  return new RoundtableError(
    "peering-failed",
    `${why}.`,
    `Nothing was changed. ${next}`,
  );
}
