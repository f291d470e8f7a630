/** A job spread over hubs: its goal cut into parts, and what became of each. All of it follows from what was said in the room. */
import { gathered } from "./jobText.ts";
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
  /** What was gathered, once a coordinator said that the job is done and every part was handed in. It is made of the parts, not of what was said. */
  readonly done: { readonly text: string } | undefined;
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
  const home = members[0]?.hubId ?? "";
  const plan = everyone
    ? workers.map((meant) => ({ goal: pieces[0] ?? goal, meant }))
    : pieces.map((piece) => ({ goal: piece, meant: undefined }));
  const parts = plan.map((part, at) =>
    partView(`p${String(at + 1)}`, part, said, { home, workers }),
  );
  const isDone =
    said.some(({ envelope }) => envelope.body.kind === "jobDone") &&
    parts.every(({ handedIn }) => handedIn.length > 0);
  return {
    goal,
    members,
    workers,
    parts,
    done: isDone ? { text: gathered({ members, parts }) } : undefined,
  };
}

function partView(
  partId: string,
  { goal, meant }: Pick<PartView, "goal" | "meant">,
  said: readonly Sealed[],
  {
    home,
    workers,
  }: { readonly home: string; readonly workers: readonly string[] },
): PartView {
  const given: PartView["given"][number][] = [];
  for (const { envelope } of said) {
    const { body, origin, seq } = envelope;
    if (body.kind !== "partGiven" || body.part.partId !== partId) continue;
    const { hub, agent } = body.part;
    // The first term is its home's, whoever claims it.
    const mayGive = body.term > 1 || origin === home;
    if (mayGive && workers.includes(hub))
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

/** How a job stands, in a few words. */
export function jobState({ parts, done }: JobView): string {
  if (done !== undefined) return "done";
  const ended = parts.filter(({ result }) => result !== undefined).length;
  return `${String(ended)} of ${String(parts.length)} parts done`;
}
