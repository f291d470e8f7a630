/** Which events of a mission go to teammates, when, and in what shape. */
import { redact } from "../../core/redact.ts";
import type { Json, JsonObject } from "../../core/json.ts";
import type { EventType, Recorded } from "../../protocol/event.ts";
import type { PeerBodyOf } from "../../protocol/peer.ts";
import { SHARED_TYPES } from "../../protocol/sharedEvent.ts";
import {
  ANSWER_MEDIA_TYPE,
  Work,
  WORK_MEDIA_TYPE,
} from "../../protocol/work.ts";

/** Longest event as JSON, bytes: signing makes it a third longer, and the envelope has to fit as well. */
const MAX_SHARED_BYTES = 130_000;
/** Deepest nesting that is kept; peers drop what is much deeper. */
const MAX_DEPTH = 18;
/** Characters of a text and items of a list that are left, tried one after another. */
const CUTS = [
  [8_000, 500],
  [2_000, 200],
  [500, 60],
  [120, 20],
] as const;

/** A round of ballots, as one word. */
function roundKey(decisionId: string, round: number): string {
  return `${decisionId} ${String(round)}`;
}

/** Lets events through in the order of the log; what tells of a ballot waits until nobody can vote in its round any more. */
export interface Sieve {
  /** Takes the next event of the mission, and gives what may be shown now. */
  take(event: Recorded): readonly Recorded[];
}

/** A sieve that has seen nothing. */
export function createSieve(): Sieve {
  const closed = new Set<string>();
  const over = new Set<string>();
  /** Rounds that tasks are ballots for, by task id. */
  const ballots = new Map<string, readonly [string, number]>();
  let held: {
    readonly of: readonly [string, number];
    readonly event: Recorded;
  }[] = [];
  let ended = false;

  const sealed = ([decisionId, round]: readonly [string, number]): boolean =>
    !ended && !over.has(decisionId) && !closed.has(roundKey(decisionId, round));

  /** The round whose ballots the event tells of. */
  const roundOf = (event: Recorded): readonly [string, number] | undefined => {
    switch (event.type) {
      case "BallotCast":
      case "BallotSetAside":
        return [event.data.decisionId, event.data.ballot.round];
      case "TaskStatusChanged":
      case "TaskArtifactAdded":
        return ballots.get(event.data.taskId);
      case "MessageSent":
        return ballots.get(event.data.message.taskId ?? "");
      default:
        return undefined;
    }
  };

  const learn = (event: Recorded): void => {
    switch (event.type) {
      case "TaskSubmitted": {
        const part = event.data.message.parts.find(
          ({ mediaType }) => mediaType === WORK_MEDIA_TYPE,
        );
        const work = Work.safeParse(part?.data);
        if (work.success && work.data.kind === "ballot")
          ballots.set(event.data.taskId, [
            work.data.decisionId,
            work.data.round,
          ]);
        break;
      }
      case "VerificationOpened":
        closed.add(roundKey(event.data.decisionId, event.data.round));
        break;
      case "RoundTallied":
        closed.add(roundKey(event.data.decisionId, event.data.tally.round));
        break;
      case "DecisionMade":
      case "DecisionEscalated":
        over.add(event.data.decisionId);
        break;
      case "MissionClosed":
        ended = true;
        break;
      default:
    }
  };

  return {
    take(event) {
      if (!(SHARED_TYPES as readonly EventType[]).includes(event.type))
        return [];
      learn(event);
      const of = roundOf(event);
      if (of !== undefined && sealed(of)) {
        held.push({ of, event });
        return [];
      }
      const due = held.filter((one) => !sealed(one.of));
      held = held.filter((one) => sealed(one.of));
      return [...due.map((one) => one.event), event];
    },
  };
}

/** Folders of this machine that an event names. */
export function foldersIn(event: Recorded): readonly string[] {
  if (event.type === "MissionOpened") return [event.data.repo.root];
  if (event.type !== "TaskSubmitted") return [];
  return event.data.message.parts.flatMap(({ data, mediaType }) => {
    const work = Work.safeParse(mediaType === WORK_MEDIA_TYPE ? data : null);
    return work.success ? [work.data.root] : [];
  });
}

/**
 * An event as teammates get it: without secrets, without the names of folders here, without what only agents read, and shortened where it
 * would not fit into an envelope, which it then says.
 */
export function shownToPeers(
  event: Recorded,
  folders: readonly string[],
): PeerBodyOf<"event">["event"] {
  // Plain data made here: the types differ in who may change it.
  return asShown(event, folders) as unknown as PeerBodyOf<"event">["event"];
}

function asShown(
  { type, data, by, v, seq, at }: Recorded,
  folders: readonly string[],
): JsonObject {
  const hide = hider(folders);
  const whole = { type, data: clean(data, hide, 0), by, v, seq, at };
  if (bytesOf(whole) <= MAX_SHARED_BYTES) return whole;
  for (const [characters, items] of CUTS) {
    const short = {
      ...whole,
      data: cut(whole.data, characters, items),
      shortened: true,
    };
    if (bytesOf(short) <= MAX_SHARED_BYTES) return short;
  }
  const text = `Something too long to be shown here happened at the mission's home: ${type}.`;
  return {
    ...whole,
    type: "MessageSent",
    data: {
      from: "hub",
      to: "everyone",
      message: {
        messageId: `shortened-${String(seq)}`,
        role: "ROLE_AGENT",
        parts: [{ text }],
      },
    },
    shortened: true,
  };
}

/** The text without secrets and without names of folders here. */
export function hider(folders: readonly string[]): (text: string) => string {
  const names = [...new Set(folders)]
    .filter((name) => name.length > 3)
    .toSorted((a, b) => b.length - a.length);
  return (text) =>
    redact(
      names.reduce((rest, name) => rest.replaceAll(name, "«folder»"), text),
    );
}

/** A copy as JSON, every text through `hide`, parts of messages that only agents read left out. */
export function clean(
  value: unknown,
  hide: (text: string) => string,
  depth: number,
): Json {
  if (typeof value === "string") return hide(value);
  if (typeof value === "number" || typeof value === "boolean") return value;
  if (typeof value !== "object" || value === null) return null;
  if (depth >= MAX_DEPTH) return "…";
  if (Array.isArray(value))
    return value
      .filter((item: unknown) => !isForAgents(item))
      .map((item: unknown) => clean(item, hide, depth + 1));
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, member]) => member !== undefined)
      .map(([name, member]) => [name, clean(member, hide, depth + 1)]),
  );
}

function isForAgents(item: unknown): boolean {
  return (
    typeof item === "object" &&
    item !== null &&
    "mediaType" in item &&
    (item.mediaType === WORK_MEDIA_TYPE || item.mediaType === ANSWER_MEDIA_TYPE)
  );
}

function cut(value: Json, characters: number, items: number): Json {
  if (typeof value === "string") {
    const rest = value.length - characters;
    return rest > 80
      ? `${value.slice(0, characters)}… (shortened for teammates: ${String(rest)} more characters)`
      : value;
  }
  if (typeof value !== "object" || value === null) return value;
  if (isList(value))
    return value.slice(0, items).map((item) => cut(item, characters, items));
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [
      name,
      cut(member, characters, items),
    ]),
  );
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}

function bytesOf(value: unknown): number {
  return Buffer.byteLength(JSON.stringify(value));
}
