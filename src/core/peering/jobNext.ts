/** What the coordinator of a job says next. */
import type { JobPart, PeerBody, PeerBodyOf } from "../../protocol/peer.ts";
import type { JobView, PartView } from "./job.ts";
import { gathered } from "./jobText.ts";

/** Parts one hub works on at once; the next are given as they are done. */
const AT_ONCE = 2;

/** A hub as its coordinator sees it. */
export interface Crew {
  readonly hubId: string;
  /** `here`: connected, and it lets us give it work. `lately`: it may be back in a moment; it keeps what it has, and gets nothing new. */
  readonly state: "here" | "lately" | "away";
  /** Agents that take work, with how many tasks each has. Unknown when empty. */
  readonly agents: readonly {
    readonly agentId: string;
    readonly load: number;
  }[];
}

/**
 * What the coordinator says now, in order: parts for hubs that have room, and the end once everything is handed in. A part that another term
 * gave is given again, to the same hub where it is here; one whose hub is away or failed goes to another.
 */
export function nextOf(
  job: JobView,
  now: {
    readonly self: string;
    readonly term: number;
    readonly crew: readonly Crew[];
  },
): readonly PeerBody[] {
  const { self, term, crew } = now;
  if (job.done !== undefined) return [];
  const here = new Map(
    crew
      .filter(
        ({ hubId, state }) => state !== "away" && job.workers.includes(hubId),
      )
      .map((one) => [one.hubId, one] as const),
  );
  // What failed, with nobody else here who could try, has ended too.
  const open = job.parts.filter(
    (part) =>
      part.result === undefined &&
      (part.handedIn.length === 0 ||
        [...here.keys()].some((hub) => !hasFailed(part, hub))),
  );
  if (open.length === 0)
    return [{ kind: "jobDone", term, text: gathered(job) }];
  const busy = new Map<string, number>();
  const waiting = open.filter((part) => {
    const mine = lastOf(
      part.given.filter((one) => one.by === self && one.term === term),
    );
    const last = mine ?? lastOf(part.given);
    const state = here.get(last?.hub ?? "")?.state;
    if (last === undefined || state === undefined || hasFailed(part, last.hub))
      return true;
    // Somebody else's term is over: who has the part refuses it unless this term gives it too.
    if (state === "here" && mine === undefined) return true;
    busy.set(last.hub, (busy.get(last.hub) ?? 0) + 1);
    return false;
  });
  const bodies: PeerBodyOf<"partGiven">[] = [];
  for (const part of waiting) {
    const hub = choose(part, [...here.values()], busy);
    if (hub === undefined) continue;
    busy.set(hub.hubId, (busy.get(hub.hubId) ?? 0) + 1);
    bodies.push({
      kind: "partGiven",
      term,
      part: {
        partId: part.partId,
        hub: hub.hubId,
        agent: agentOf(hub, busy.get(hub.hubId) ?? 1),
        goal: part.goal,
      } satisfies JobPart,
    });
  }
  return bodies;
}

type Given = PartView["given"][number];

function lastOf(given: readonly Given[]): Given | undefined {
  return given.toSorted((a, b) => a.term - b.term || a.seq - b.seq).at(-1);
}

function hasFailed(part: PartView, hub: string): boolean {
  return part.handedIn.some((one) => one.hub === hub && !one.ok);
}

/** Where it is meant for, else who had it before, else who has the least to do. */
function choose(
  part: PartView,
  here: readonly Crew[],
  busy: ReadonlyMap<string, number>,
): Crew | undefined {
  const free = here.filter(
    ({ hubId, state }) =>
      state === "here" &&
      (busy.get(hubId) ?? 0) < AT_ONCE &&
      !hasFailed(part, hubId),
  );
  const before = lastOf(part.given)?.hub;
  const named = [before, part.meant]
    .map((hub) => free.find(({ hubId }) => hubId === hub))
    .find((one) => one !== undefined);
  if (named !== undefined) return named;
  const load = ({ hubId, agents }: Crew): number =>
    (busy.get(hubId) ?? 0) * 1000 +
    Math.min(999, ...agents.map((agent) => agent.load));
  return free.reduce<Crew | undefined>(
    (best, one) => (best === undefined || load(one) < load(best) ? one : best),
    undefined,
  );
}

/** The `nth` least loaded agent, so that parts of one hub go to different ones; whoever the hub chooses where its agents are not known. */
function agentOf({ agents }: Crew, nth: number): string {
  const byLoad = agents.toSorted((a, b) => a.load - b.load);
  return byLoad[(nth - 1) % Math.max(1, byLoad.length)]?.agentId ?? "any";
}
