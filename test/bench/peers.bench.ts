/**
 * What a decision of many hubs costs: hubs of a mission with ten agents each vote on one poll, in simulated time, with the machines that the
 * hub drives. Frames may grow no faster than the hubs. `node test/bench/peers.bench.ts`.
 */
import { seeded } from "../reliability/seeded.ts";
import { ballotOf, poll } from "../reliability/peering/work.ts";
import { openRoom } from "./peers/roomOfHubs.ts";
import { compare } from "./report.ts";

const SIZES = [5, 10, 25, 50, 100] as const;
const AGENTS = 10;
/** Time until the room is quiet after its opening, and longest time an agent thinks, ms. */
const QUIET_MS = 20_000;
const THINK_MS = 5000;
/** A decision that takes longer is none, ms of simulated time. */
const LONGEST_MS = 120_000;

interface Cost {
  readonly hubs: number;
  readonly frames: number;
  readonly bytes: number;
  /** Simulated time from the poll to the last hub that knows its end, ms. */
  readonly ms: number;
  /** Frames of the same time in a room where nothing is decided. */
  readonly idleFrames: number;
}

function decide(hubs: number, elects: boolean): Cost {
  const room = openRoom(hubs, elects);
  const { agenda, counted, machines } = room;
  const chance = seeded(hubs);
  while (agenda.step(QUIET_MS));
  const before = { ...counted };
  while (agenda.step(QUIET_MS * 2));
  const idle = (counted.frames - before.frames) / QUIET_MS;

  const home = machines.findIndex((one) => one.mayCoordinate(agenda.now));
  const ballots: [string, number][] = [];
  let knowing = 0;
  room.onSaid((at, { envelope: { origin, seq, body } }) => {
    if (body.kind === "pollOpened")
      for (let agent = 0; agent < AGENTS; agent += 1)
        agenda.in(1 + chance.below(THINK_MS), () => {
          room.say(
            at,
            ballotOf("d1", `${String(at)}-${String(agent)}`, "approve"),
          );
        });
    else if (body.kind === "pollClosed") knowing += 1;
    if (body.kind !== "ballot" || at !== home) return;
    ballots.push([origin, seq]);
    if (ballots.length === hubs * AGENTS)
      agenda.in(1, () => {
        const term = Math.max(1, machines[home]?.term ?? 0);
        room.say(home, { kind: "pollClosed", term, decisionId: "d1", ballots });
      });
  });
  const start = { ...counted };
  const beganAt = agenda.now;
  room.say(home, poll(Math.max(1, machines[home]?.term ?? 0), "d1"));
  while (knowing < hubs && agenda.step(beganAt + LONGEST_MS));
  if (knowing < hubs)
    throw new Error(`${String(knowing)} of ${String(hubs)} hubs know the end.`);
  const ms = agenda.now - beganAt;
  return {
    hubs,
    frames: counted.frames - start.frames,
    bytes: counted.bytes - start.bytes,
    ms,
    idleFrames: Math.round(idle * ms),
  };
}

/** Slope of a line of least squares through the logarithms: y grows as x to the power of it. */
function exponent(costs: readonly Cost[], of: (cost: Cost) => number): number {
  const points = costs.map((cost) => [Math.log(cost.hubs), Math.log(of(cost))]);
  const mean = (at: number): number =>
    points.reduce((sum, point) => sum + (point[at] ?? 0), 0) / points.length;
  const [x, y] = [mean(0), mean(1)];
  let above = 0;
  let below = 0;
  for (const [px = 0, py = 0] of points) {
    above += (px - x) * (py - y);
    below += (px - x) ** 2;
  }
  return above / below;
}

for (const elects of [false, true]) {
  const name = `peers-decision-${elects ? "job" : "mission"}`;
  const costs = SIZES.map((hubs) => {
    const cost = decide(hubs, elects);
    process.stdout.write(
      `${JSON.stringify({ bench: name, agents: hubs * AGENTS, ...cost })}\n`,
    );
    return cost;
  });
  compare({
    bench: `${name}/frames-exponent`,
    ours: exponent(costs, ({ frames }) => frames),
    theirs: 1,
    unit: "power of the hubs",
    atMost: 1,
  });
  compare({
    bench: `${name}/bytes-exponent`,
    ours: exponent(costs, ({ bytes }) => bytes),
    theirs: 1,
    unit: "power of the hubs",
  });
}
