import type { RoomEffect, RoomInput } from "../../../src/core/peering/room.ts";
import { seeded } from "../seeded.ts";
import { checkAgreement } from "./agreement.ts";
import { createAgenda } from "./agenda.ts";
import { createDisk } from "./disk.ts";
import { breakThings } from "./faults.ts";
import type { Life } from "./life.ts";
import { createLife } from "./life.ts";
import { createLiar } from "./liar.ts";
import { createNetwork } from "./network.ts";
import type { Figures } from "./referee.ts";
import { createReferee } from "./referee.ts";
import { createTrace, numberOf } from "./trace.ts";
import { effectWords, inputWords } from "./words.ts";
import type { Work } from "./work.ts";
import { createWork, opening } from "./work.ts";

/** What came out of a seed. */
export interface Outcome {
  readonly seed: number;
  /** One sentence for each thing that must never be. Empty: all is well. */
  readonly problems: readonly string[];
  /** The same for the same seed. */
  readonly trace: string;
  readonly figures: Figures & {
    readonly crashes: number;
    readonly starts: number;
    /** Simulated time of trouble, ms. */
    readonly troubleMs: number;
    /** Simulated time from the end of all trouble until nothing new was kept any more, ms. */
    readonly settledMs: number;
  };
}

/** What a seed is run with. */
export interface Settings {
  readonly steps: number;
  /** Gets every line of what happens. */
  readonly say?: (line: string) => void;
}

/** Hubs of a room. */
const HUBS = 5;
/** Simulated time from the end of all trouble to the last look, ms. */
const HEAL_MS = 30_000;
/** Part of it in which what is open is still voted on and closed, ms. */
const WIND_MS = 12_000;
const DAY_MS = 86_400_000;

/** Runs a seed: `steps` things happen to five hubs in trouble, then all of it ends and they have 30 simulated seconds. */
export function simulate(seed: number, { steps, say }: Settings): Outcome {
  const chance = seeded(seed);
  const agenda = createAgenda();
  const trace = createTrace(
    say &&
      ((line) => {
        say(`${String(agenda.now).padStart(6)} ${line}`);
      }),
  );
  const names = Array.from({ length: HUBS }, (_, at) => `hub${String(at)}`);
  const leaseMs = chance.of([1000, 2000, 4000]);
  const rules = {
    elects: chance.below(8) > 0,
    leaseMs,
    beatMs: leaseMs / 4,
  };
  const liarAt = chance.below(5) === 0 ? chance.below(HUBS) : -1;
  const ghosts = chance.below(3) === 0;
  const slowDisks = names.map(() => chance.below(5) === 0);
  const wall = names.map(() => 1e12 + chance.below(DAY_MS));
  const network = createNetwork(HUBS, chance, agenda, {
    delayMs: leaseMs / 40,
    lateMs: chance.of([200, 3000]),
    detectMs: chance.of([200, 3000]),
    dialMs: chance.of([50, 1000]),
  });
  const disks = names.map(() => createDisk());
  const lives: (Life | undefined)[] = [];
  const works = new Map<Life, Work>();
  const referee = createReferee(names, lives);
  const liar = createLiar(names, network, chance);
  const { figures } = referee;
  let crashes = 0;
  let starts = 0;
  let lastKept = 0;
  let isWinding = false;
  let isQuiet = false;
  if (liarAt >= 0) referee.distrust(liarAt);

  const start = (at: number): void => {
    const disk = disks[at];
    const name = names[at];
    if (disk === undefined || name === undefined) return;
    const work = createWork(name, names, chance, agenda);
    for (const sealed of disk.kept.said) work.heard(sealed);
    const life = createLife({
      at,
      names,
      rules,
      disk,
      slowDisk: slowDisks[at] === true,
      network,
      agenda,
      chance,
      wallClock: () => agenda.now + (wall[at] ?? 0),
      watcher,
      onSaid: work.heard,
    });
    lives[at] = life;
    works.set(life, work);
    starts += 1;
    trace.note(() => `${name} starts, epoch ${String(life.epoch)}`, 20, at);
    network.started(life);
    if (at === 0 && disk.kept.said.length === 0) life.say(opening(names));
    const act = (): void => {
      if (!life.isAlive || isQuiet || lives[at] !== life) return;
      work.act(life, isWinding);
      agenda.in(50 + chance.below(500), act);
    };
    agenda.in(chance.below(500), act);
  };

  const watcher = {
    took(life: Life, input: RoomInput, effects: readonly RoomEffect[]): void {
      trace.note(
        () =>
          `${names[life.at] ?? ""} ${inputWords(input)}: ${effects.map(effectWords).join(", ")}`,
        agenda.now,
        life.at,
        input.kind.length,
        effects.length,
      );
      for (const effect of effects) {
        trace.note(undefined, effect.kind.length);
        if (effect.kind === "keepSaid")
          trace.note(undefined, numberOf(effect.sealed.hash));
        else if (effect.kind === "refused") figures.refused += 1;
      }
      if (lives[life.at] === life && life.mayCoordinate()) referee.office(life);
    },
    kept(life: Life, effect: Parameters<typeof referee.kept>[1]): void {
      lastKept = agenda.now;
      referee.kept(life, effect);
      if (life.at !== liarAt || isWinding || effect.kind !== "keepSaid") return;
      if (effect.sealed.envelope.origin === names[liarAt])
        liar.lie(life, effect.sealed);
    },
    sends(life: Life, _to: number, frame: Parameters<Life["frame"]>[1]): void {
      referee.sends(life, frame);
    },
    died(life: Life, why: string): void {
      crashes += 1;
      trace.note(() => `${names[life.at] ?? ""} ${why}`, 21, life.at);
    },
  };

  const haunt = (ghost: Life): void => {
    const self = names[ghost.at] ?? "";
    const said = ghost.say({
      kind: "partDone",
      partId: "p1",
      ok: true,
      agentId: `${self}-agent1`,
      text: "ghost",
    });
    if (said === undefined || chance.below(2) === 0) return;
    referee.distrust(ghost.at);
    liar.forge(ghost.at, said);
  };

  for (let at = 0; at < HUBS; at += 1) start(at);
  breakThings(
    {
      hubs: HUBS,
      lives,
      start,
      haunt,
      jumpClock(at) {
        wall[at] = (wall[at] ?? 0) + chance.below(2 * DAY_MS + 1) - DAY_MS;
      },
      note: (words, ...numbers) => {
        trace.note(() => `-- ${words}`, ...numbers);
      },
    },
    network,
    chance,
    agenda,
    { everyMs: chance.of([400, 1200, 3000]), ghosts },
    () => isWinding,
  );

  for (let step = 0; step < steps; step += 1) agenda.step(Infinity);
  const troubleMs = agenda.now;
  trace.note(() => "-- all is well from here on", 22);
  isWinding = true;
  network.heal();
  for (let at = 0; at < HUBS; at += 1)
    if (lives[at]?.isAlive !== true) start(at);
  while (agenda.step(troubleMs + WIND_MS));
  isQuiet = true;
  while (agenda.step(troubleMs + HEAL_MS));
  checkAgreement(
    lives.filter((life) => life !== undefined),
    names,
    rules.elects,
    referee,
  );
  return {
    seed,
    problems: referee.problems,
    trace: trace.hash,
    figures: {
      ...figures,
      crashes,
      starts,
      troubleMs,
      settledMs: lastKept - troubleMs,
    },
  };
}
