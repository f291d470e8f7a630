import { RoundtableError } from "../core/errors.ts";
import { viewMission, type MissionView } from "../core/views/mission.ts";
import { HUB_STREAM, type Recorded } from "../protocol/event.ts";
import type { MissionLine } from "../protocol/panel.ts";
import type { EventLog, MissionFact } from "../ports.ts";
import { followShared } from "./sharedMissions.ts";

/** The missions of the log, and those of teammates it holds. Those that go on are folded as events arrive, others when somebody looks at them. */
export interface Views {
  get(missionId: string): MissionView | undefined;
  /** Missions of this hub that run or wait, newest first. */
  open(): readonly MissionView[];
  /** The newest missions in short, teammates' among them, newest first, at most `limit`. */
  lines(limit: number): readonly MissionLine[];
  /** Whether the kill switch is pulled. */
  stopped(): boolean;
  /** Position in the log the views have reached. */
  seq(): number;
  onChange(listener: () => void): () => void;
  dispose(): void;
}

/** Missions that do not go on and are kept in full all the same, because somebody looked at them. */
const MAX_LOOKED_AT = 8;
/** Missions of which the line is kept. */
const MAX_LINES = 200;
const PAGE = 1000;
/** Name of the lines in the log's snapshots. */
const LINE = "mission";

interface Folded {
  readonly view: MissionView;
  /** Place of the last event in it. */
  seq: number;
}

/** Missions at hand: what goes on, and the few that were looked at last. */
interface Shelf {
  readonly goesOn: Map<string, Folded>;
  readonly lookedAt: Map<string, Folded>;
}

/** Follows the log from here on; of what was before, only missions that go on are read. Listeners are called at most once per turn of the event loop. */
export function followLog(log: EventLog): Views {
  const shared = followShared(log);
  const shelf: Shelf = { goesOn: new Map(), lookedAt: new Map() };
  const lines = new Map<string, { seq: number; line: MissionLine }>();
  const listeners = new Set<() => void>();
  let stopped =
    log.last(HUB_STREAM, ["StopPulled", "StopReleased"])?.type === "StopPulled";
  let reached = log.head();
  let scheduled = false;

  /** Puts a mission where it belongs now; of one that stands still, the line is kept for the next start. */
  const place = (missionId: string, folded: Folded): void => {
    shelf.goesOn.delete(missionId);
    shelf.lookedAt.delete(missionId);
    if (goesOn(folded.view)) {
      shelf.goesOn.set(missionId, folded);
      return;
    }
    keepLine(missionId, folded.seq, folded.view.line());
    shelf.lookedAt.set(missionId, folded);
    const [oldest] = shelf.lookedAt;
    if (shelf.lookedAt.size <= MAX_LOOKED_AT || oldest === undefined) return;
    shelf.lookedAt.delete(oldest[0]);
    keepFolded(oldest);
  };

  const keepFolded = ([missionId, { view, seq }]: [string, Folded]): void => {
    keepLine(missionId, seq, view.line());
  };

  const keepLine = (
    missionId: string,
    seq: number,
    line: MissionLine,
  ): void => {
    const known = lines.get(missionId);
    lines.delete(missionId);
    lines.set(missionId, { seq, line });
    const [oldest] = lines.keys();
    if (lines.size > MAX_LINES && oldest !== undefined) lines.delete(oldest);
    if (known?.seq !== seq) log.keepSnapshot(LINE, missionId, seq, line);
  };

  const at = (missionId: string): Folded | undefined =>
    shelf.goesOn.get(missionId) ?? shelf.lookedAt.get(missionId);

  const look = (missionId: string): Folded | undefined => {
    const folded = at(missionId) ?? fold(log, missionId);
    if (folded !== undefined) place(missionId, folded);
    return folded;
  };

  const take = (event: Recorded): void => {
    reached = event.seq;
    shared.take(event);
    const { missionId, type } = event;
    if (type === "StopPulled") stopped = true;
    if (type === "StopReleased") stopped = false;
    if (type === "MissionArchived") {
      shelf.lookedAt.delete(event.data.missionId);
      lines.delete(event.data.missionId);
    }
    if (type === "MissionOpened") {
      if (at(missionId) === undefined)
        place(missionId, { view: viewMission(event), seq: event.seq });
      return;
    }
    if (type === "MissionResumed") look(missionId);
    const folded = at(missionId);
    if (folded === undefined || folded.seq >= event.seq) return;
    folded.view.apply(event);
    folded.seq = event.seq;
    if (
      type === "MissionClosed" ||
      type === "MissionStalled" ||
      type === "MissionResumed"
    )
      place(missionId, folded);
  };

  const tell = (): void => {
    if (scheduled) return;
    scheduled = true;
    setImmediate(() => {
      scheduled = false;
      for (const listener of [...listeners]) listener();
    });
  };

  const lineOf = (fact: MissionFact): MissionLine | undefined => {
    const { missionId, lastSeq } = fact;
    const folded = at(missionId);
    if (folded !== undefined) return folded.view.line();
    const known = lines.get(missionId) ?? keptLine(log, missionId);
    if (known?.seq === lastSeq) {
      lines.set(missionId, known);
      return known.line;
    }
    const again = fold(log, missionId);
    if (again === undefined) return undefined;
    const line = again.view.line();
    keepLine(missionId, again.seq, line);
    return line;
  };

  for (const fact of openMissions(log)) {
    const kept = keptLine(log, fact.missionId);
    if (kept?.seq === fact.lastSeq && kept.line.status === "stalled") continue;
    look(fact.missionId);
  }
  const unsubscribe = log.subscribe((events) => {
    for (const event of events) if (event.seq > reached) take(event);
    tell();
  });

  return {
    get: (missionId) =>
      missionId === HUB_STREAM
        ? undefined
        : // A room of a teammate never has the name of a mission of ours.
          (shared.get(missionId) ?? look(missionId)?.view),
    open: () =>
      [...shelf.goesOn.values()]
        .map(({ view }) => view)
        .sort((a, b) => b.line().openedAt - a.line().openedAt),
    lines: (limit) => {
      const own = log.opened({ limit }).flatMap((fact) => lineOf(fact) ?? []);
      const theirs = shared.lines(limit);
      return theirs.length === 0
        ? own
        : [...own, ...theirs]
            .sort((a, b) => b.openedAt - a.openedAt)
            .slice(0, limit);
    },
    stopped: () => stopped,
    seq: () => reached,
    onChange: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    dispose: () => {
      unsubscribe();
      for (const folded of shelf.lookedAt) keepFolded(folded);
      listeners.clear();
    },
  };
}

function goesOn(view: MissionView): boolean {
  const { status } = view.line();
  return status === "running" || status === "waiting";
}

function openMissions(log: EventLog): readonly MissionFact[] {
  const found: MissionFact[] = [];
  for (;;) {
    const before = found.at(-1)?.openedSeq;
    const page = log.opened({
      open: true,
      limit: PAGE,
      ...(before !== undefined && { before }),
    });
    found.push(...page);
    if (page.length < PAGE) return found.reverse();
  }
}

function fold(log: EventLog, missionId: string): Folded | undefined {
  let folded: Folded | undefined;
  for (let after = 0; ;) {
    const page = log.read({ missionId, after, limit: PAGE });
    for (const event of page) {
      after = event.seq;
      if (folded !== undefined) {
        folded.view.apply(event);
        folded.seq = event.seq;
      } else if (event.type === "MissionOpened")
        folded = { view: viewMission(event), seq: event.seq };
    }
    // What does not begin as a mission is a conversation with an agent.
    if (folded === undefined || page.length < PAGE) return folded;
  }
}

function keptLine(
  log: EventLog,
  missionId: string,
): { readonly seq: number; readonly line: MissionLine } | undefined {
  const kept = log.snapshot(LINE, missionId);
  // Nobody but this file keeps lines, and each is held to its place in the log before it counts.
  return kept && { seq: kept.seq, line: kept.body as MissionLine };
}

/** The view of a mission of this hub; throws `bad-intent` when there is none of that id, or when it is a teammate's, who alone acts on it. */
export function known(views: Views, missionId: string): MissionView {
  const view = views.get(missionId);
  if (view === undefined)
    throw new RoundtableError(
      "bad-intent",
      `There is no mission "${missionId}".`,
      "List the missions with `roundtable log`, or pick one in the panel.",
    );
  const { sharedBy } = view.line();
  if (sharedBy === undefined) return view;
  throw new RoundtableError(
    "bad-intent",
    `This mission belongs to ${sharedBy.name}; it can only be looked at here.`,
    `Nothing was changed. Ask the person at ${sharedBy.name}: they rule, resume and stop it there.`,
  );
}
