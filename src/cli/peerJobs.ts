import { JobOpened, JobShown, JobsShown } from "../protocol/jobs.ts";
import { RoundtableError } from "../core/errors.ts";
import { peerDesk, until, type PeerDesk } from "./peerDesk.ts";
import { interruptible } from "./peerPairing.ts";
import type { PeersOptions } from "./peers.ts";
import { createPrinter, type Printer } from "./print.ts";

/** Flags of `roundtable coordinate`. */
export interface CoordinateOptions extends PeersOptions {
  /** Names of hubs, with commas between them. */
  readonly hubs?: string;
}

/** Longest a job is followed, ms. */
const FOLLOW_MS = 24 * 3_600_000;

/** Spreads work over hubs, shows what comes back, and prints what was gathered; returns the exit code: 1 when a part failed. */
export async function coordinate(
  goal: string,
  options: CoordinateOptions,
): Promise<number> {
  const { hubs, json } = options;
  const desk = await peerDesk(options);
  const wanted = {
    goal,
    ...(hubs !== undefined && {
      hubs: hubs
        .split(",")
        .map((name) => name.trim())
        .filter((name) => name !== ""),
    }),
  };
  const { room } = JobOpened.parse(await desk.ask("peers/coordinate", wanted));
  const printer = createPrinter(
    json === true ? process.stderr : process.stdout,
  );
  printer.line(`Job ${room}.`);
  const wait = interruptible(FOLLOW_MS);
  try {
    const job = await follow(desk, room, printer, wait.signal);
    if (json === true) process.stdout.write(`${JSON.stringify(job)}\n`);
    else {
      printer.heading("What was gathered:");
      printer.line(job.text ?? "");
    }
    return job.parts.every(({ state }) => state === "done") ? 0 : 1;
  } catch (error) {
    if (!wait.signal.aborted) throw error;
    printer.line(`The job goes on: roundtable jobs ${room}`);
    return 2;
  } finally {
    wait.done();
  }
}

async function follow(
  desk: PeerDesk,
  room: string,
  printer: Printer,
  signal: AbortSignal,
): Promise<JobShown> {
  const said = new Set<string>();
  return until(async () => {
    const job = JobShown.parse(await desk.ask("peers/job", { room }));
    for (const line of newsOf(job))
      if (!said.has(line)) {
        said.add(line);
        printer.line(line);
      }
    return job.done ? job : undefined;
  }, signal);
}

/** What there is to tell of a job, each line once: who coordinates, who has what, what is done. */
export function newsOf({
  coordinator,
  parts,
  done,
}: JobShown): readonly string[] {
  return [
    ...(coordinator === undefined || done
      ? []
      : [
          `${coordinator.name} coordinates (term ${String(coordinator.term)}).`,
        ]),
    ...parts.flatMap(({ partId, state, hub = "", agent = "" }) => {
      switch (state) {
        case "waiting":
          return [];
        case "given":
          return [`${partId} given to ${hub}/${agent}.`];
        case "done":
          return [`${partId} done by ${hub}/${agent}.`];
        case "failed":
          return [`${partId} failed at ${hub}/${agent}.`];
      }
    }),
  ];
}

/** Lists the jobs of a running hub, or shows one; returns the exit code. */
export async function showJobs(
  room: string | undefined,
  options: PeersOptions,
): Promise<number> {
  const desk = await peerDesk(options);
  const printer = createPrinter(process.stdout);
  if (room !== undefined) {
    const job = JobShown.parse(await desk.ask("peers/job", { room }));
    if (options.json === true) process.stdout.write(`${JSON.stringify(job)}\n`);
    else tellJob(job, printer);
    return 0;
  }
  const { jobs } = JobsShown.parse(await desk.ask("peers/jobs"));
  if (options.json === true) {
    process.stdout.write(`${JSON.stringify({ jobs })}\n`);
    return 0;
  }
  for (const job of jobs) {
    const [first = ""] = job.goal.split("\n", 1);
    const who =
      job.coordinator === undefined || job.done
        ? ""
        : `, ${job.coordinator.name} coordinates`;
    printer.line(`${job.room}  ${first.slice(0, 60)} (${job.state}${who})`);
  }
  if (jobs.length === 0)
    printer.line('No jobs. `roundtable coordinate "…"` begins one.');
  return 0;
}

function tellJob(job: JobShown, printer: Printer): void {
  printer.heading(job.goal);
  printer.line(
    `${job.state}; hubs: ${job.members.map(({ name }) => name).join(", ")}`,
  );
  for (const line of newsOf(job)) printer.line(line);
  if (job.text !== undefined) {
    printer.heading("What was gathered:");
    printer.line(job.text);
  }
}

/** Moves the office of coordinator to another hub of the job; returns the exit code. */
export async function moveJob(
  room: string,
  to: string,
  options: PeersOptions,
): Promise<number> {
  const desk = await peerDesk(options);
  await desk.ask("peers/handOver", { room, to });
  const wait = interruptible(10_000);
  try {
    const job = await until(async () => {
      const now = JobShown.parse(await desk.ask("peers/job", { room }));
      const { coordinator } = now;
      const moved = coordinator?.name === to || coordinator?.hubId === to;
      return moved ? now : undefined;
    }, wait.signal);
    if (options.json === true) process.stdout.write(`${JSON.stringify(job)}\n`);
    else
      createPrinter(process.stdout).line(
        `${to} coordinates (term ${String(job.coordinator?.term ?? 0)}).`,
      );
    return 0;
  } catch (error) {
    if (!wait.signal.aborted) throw error;
    throw new RoundtableError(
      "peering-failed",
      `${to} did not take the office over in time.`,
      "The job goes on with whom the others elect; `roundtable jobs` shows who it is.",
      { cause: error },
    );
  } finally {
    wait.done();
  }
}
