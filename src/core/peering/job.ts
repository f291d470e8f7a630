/** A job spread over hubs: its goal cut into parts, and what became of each. All of it follows from what was said in the room. */
import type { Sealed } from "./room.ts";

/** Most parts a goal is cut into. */
export const MAX_PARTS = 64;
/** Hubs that a part may fail at before the job goes on without it. */
const TRIES = 2;

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

/** The parts of a goal: its lines, numbered items, or what semicolons part. A first line that ends with a colon belongs to every part. One piece is one part. */
export function partsOf(goal: string): readonly string[] {
  const lines = goal
    .split(/\r?\n/)
    .map((line) => line.replace(/^\s*(?:[-*•]|\(?\d{1,3}[.)])\s+/, "").trim())
    .filter((line) => line !== "");
  const [first = "", ...rest] = lines;
  if (rest.length > 0)
    return first.endsWith(":") ? rest.map((line) => `${first} ${line}`) : lines;
  const numbered = goal.trim().split(/(?:^|\s)\(?\d{1,3}[.)]\s+/);
  // "Ask 2) …" alone is a sentence with a number in it.
  if (numbered.length > 2) {
    const [before = "", ...items] = numbered.map((item) =>
      item.trim().replace(/[;,]$/, ""),
    );
    return items.map((item) => (before === "" ? item : `${before} ${item}`));
  }
  return first
    .split(";")
    .map((clause) => clause.trim())
    .filter((clause) => clause !== "");
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
