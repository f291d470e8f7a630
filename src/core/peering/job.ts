/** A job spread over hubs: its goal cut into parts, what became of each, and what its coordinator says next. All of it follows from what was said in the room. */
import type { JobPart, PeerBody, PeerBodyOf } from "../../protocol/peer.ts";
import type { Sealed } from "./room.ts";

/** Most parts a goal is cut into. */
export const MAX_PARTS = 64;
/** Parts one hub works on at once; the next are given as they are done. */
const AT_ONCE = 2;
/** Hubs that a part may fail at before the job goes on without it. */
const TRIES = 2;
/** Longest gathered text, and longest text of one part, characters. */
const MAX_TEXT = 60_000;
const MAX_RESULT = 20_000;

/** What a hub handed in for a part. */
export interface PartResult {
  readonly hub: string;
  readonly agentId: string;
  readonly ok: boolean;
  readonly text: string;
}

/** A part of a job as it stands. */
export interface PartView {
  readonly partId: string;
  readonly goal: string;
  /** The hub it is meant for, where every hub does the same. */
  readonly meant: string | undefined;
  /** Whom it was given to, in the order of the room. */
  readonly given: readonly {
    readonly by: string;
    readonly term: number;
    readonly seq: number;
    readonly hub: string;
    readonly agent: string;
  }[];
  /** Everything that was handed in by a hub that had it. */
  readonly handedIn: readonly PartResult[];
  /** What counts: the first success in the order of the room (origin, then place), else the first failure once enough hubs failed. */
  readonly result: PartResult | undefined;
}

/** A job as it stands. */
export interface JobView {
  readonly goal: string;
  readonly members: readonly {
    readonly hubId: string;
    readonly name: string;
  }[];
  /** Hubs that do its parts. */
  readonly workers: readonly string[];
  readonly parts: readonly PartView[];
  /** The gathered text of the highest term, once the job is done. */
  readonly done: { readonly term: number; readonly text: string } | undefined;
}

/** A hub as its coordinator sees it. */
export interface Crew {
  readonly hubId: string;
  /** Connected, or not away for long, and it lets us give it work. */
  readonly here: boolean;
  /** Agents that take work, with how many tasks each has. Unknown when empty. */
  readonly agents: readonly {
    readonly agentId: string;
    readonly load: number;
  }[];
}

/** The parts of a goal: its lines, numbered items, or what semicolons part. A first line that ends with a colon belongs to every part. One piece is one part. */
export function partsOf(goal: string): readonly string[] {
  const lines = goal
    .split(/\r?\n/)
    .map((line) => line.replace(/^\s*(?:[-*•]|\(?\d{1,3}[.)])\s+/, "").trim())
    .filter((line) => line !== "");
  const [first = "", ...rest] = lines;
  if (rest.length > 0)
    return first.endsWith(":") ? rest.map((line) => `${first} ${line}`) : lines;
  const numbered = first.split(/(?:^|\s)\(?\d{1,3}[.)]\s+/);
  // "Ask 2) …" alone is a sentence with a number in it.
  if (numbered.length > 2) {
    const [before = "", ...items] = numbered.map((item) => item.trim());
    return items.map((item) => (before === "" ? item : `${before} ${item}`));
  }
  const clauses = first
    .split(";")
    .map((clause) => clause.trim())
    .filter((clause) => clause !== "");
  return clauses;
}

/** The job of a room; undefined before its opening is known. `said` is everything that counts in the room, by origin and place. */
export function foldJob(said: readonly Sealed[]): JobView | undefined {
  const opening = said
    .map(({ envelope }) => envelope.body)
    .find((body) => body.kind === "roomOpened");
  if (opening?.room !== "job") return undefined;
  const { title: goal, members } = opening;
  const workers = opening.workers ?? members.map(({ hubId }) => hubId);
  const pieces = partsOf(goal).slice(0, MAX_PARTS);
  const everyone = pieces.length <= 1;
  const plan = everyone
    ? workers.map((meant) => ({ goal: pieces[0] ?? goal, meant }))
    : pieces.map((piece) => ({ goal: piece, meant: undefined }));
  return {
    goal,
    members,
    workers,
    parts: plan.map((part, at) =>
      partView(`p${String(at + 1)}`, part, said, workers),
    ),
    done: doneOf(said),
  };
}

function partView(
  partId: string,
  { goal, meant }: Pick<PartView, "goal" | "meant">,
  said: readonly Sealed[],
  workers: readonly string[],
): PartView {
  const given: PartView["given"][number][] = [];
  for (const { envelope } of said) {
    const { body, origin, seq } = envelope;
    if (body.kind !== "partGiven" || body.part.partId !== partId) continue;
    const { hub, agent } = body.part;
    if (workers.includes(hub))
      given.push({ by: origin, term: body.term, seq, hub, agent });
  }
  const handedIn: PartResult[] = [];
  for (const { envelope } of said) {
    const { body, origin: hub } = envelope;
    if (body.kind !== "partDone" || body.partId !== partId) continue;
    const hadIt = given.some((one) => one.hub === hub);
    // A hub's first word on a part is its only one.
    if (!hadIt || handedIn.some((one) => one.hub === hub)) continue;
    const { agentId, ok, text } = body;
    handedIn.push({ hub, agentId, ok, text });
  }
  const enough = Math.min(TRIES, workers.length);
  const result =
    handedIn.find(({ ok }) => ok) ??
    (handedIn.length >= enough ? handedIn[0] : undefined);
  return { partId, goal, meant, given, handedIn, result };
}

function doneOf(said: readonly Sealed[]): JobView["done"] {
  let done: JobView["done"];
  for (const { envelope } of said) {
    const { body } = envelope;
    if (body.kind !== "jobDone") continue;
    if (done === undefined || body.term > done.term)
      done = { term: body.term, text: body.text };
  }
  return done;
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
      .filter((one) => one.here && job.workers.includes(one.hubId))
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
    const mine = lastGiven(part, (one) => one.by === self && one.term === term);
    if (mine === undefined || !here.has(mine.hub) || hasFailed(part, mine.hub))
      return true;
    busy.set(mine.hub, (busy.get(mine.hub) ?? 0) + 1);
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

function lastGiven(
  part: PartView,
  fits: (given: Given) => boolean,
): Given | undefined {
  return part.given
    .filter(fits)
    .toSorted((a, b) => a.term - b.term || a.seq - b.seq)
    .at(-1);
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
    ({ hubId }) => (busy.get(hubId) ?? 0) < AT_ONCE && !hasFailed(part, hubId),
  );
  const before = lastGiven(part, () => true)?.hub;
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

/** Everything that was handed in, one section for each part. */
function gathered(job: JobView): string {
  const most = Math.min(
    MAX_RESULT,
    Math.floor(MAX_TEXT / job.parts.length) - 700,
  );
  const sections = job.parts.map(({ goal, handedIn, ...part }) => {
    const result = part.result ?? handedIn[0];
    const who = nameOf(job, result?.hub ?? "");
    const by = `${who}/${result?.agentId ?? ""}`;
    const text = cut(result?.text ?? "", most);
    return `## ${cut(goal, 400)}\n${by}${result?.ok === true ? "" : " could not do it"}:\n${text}`;
  });
  return sections.join("\n\n").slice(0, MAX_TEXT);
}

/** What the room calls a hub. */
export function nameOf(
  { members }: Pick<JobView, "members">,
  hub: string,
): string {
  return members.find(({ hubId }) => hubId === hub)?.name ?? hub.slice(0, 8);
}

/** How a job stands, in a few words. */
export function jobState({ parts, done }: JobView): string {
  if (done !== undefined) return "done";
  const ended = parts.filter(({ result }) => result !== undefined).length;
  return `${String(ended)} of ${String(parts.length)} parts done`;
}

function cut(text: string, most: number): string {
  return text.length <= most ? text : `${text.slice(0, most - 1)}…`;
}
