/** Missions of other hubs that this one is invited to, as their homes tell of them: to be looked at, and nothing else. */
import { readSharedEvent } from "../core/peering/sharedEvents.ts";
import { viewMission, type MissionView } from "../core/views/mission.ts";
import { HUB_STREAM, type DataOf, type Recorded } from "../protocol/event.ts";
import type { MissionLine } from "../protocol/panel.ts";
import type { EventLog } from "../ports.ts";

/** Shared missions of the log. What their homes tell is data: no fold of this hub's own missions, tasks or trust ever sees it. */
export interface SharedViews {
  get(missionId: string): MissionView | undefined;
  /** The newest in short, newest first, at most `limit`. */
  lines(limit: number): readonly MissionLine[];
  /** Takes the next event of the log. */
  take(event: Recorded): void;
}

type Joined = DataOf<"RoomJoined">;

interface Folded {
  view: MissionView | undefined;
  /** Place of the last event that was looked at. */
  seq: number;
  /** Its home signed two things for one place: nothing it says counts any more. */
  forked: boolean;
}

/** Missions that are kept in full, those looked at last. */
const MAX_FOLDED = 16;
const PAGE = 1000;
/** Name of the lines in the log's snapshots. */
const LINE = "shared";
const SAID = ["PeerSaid", "PeerForked"] as const;

/** Shared missions of the log, as far as it goes; `take` goes on from there. */
export function followShared(log: EventLog): SharedViews {
  const rooms = new Map<string, Joined>();
  const folded = new Map<string, Folded>();
  const lines = new Map<string, { seq: number; line: MissionLine }>();

  const join = (event: Recorded): void => {
    if (event.type !== "RoomJoined" || event.data.kind !== "mission") return;
    const self = log.last(HUB_STREAM, ["HubIdentified"]);
    if (self?.type === "HubIdentified" && self.data.hubId !== event.data.home)
      rooms.set(event.data.room, event.data);
  };

  const apply = (joined: Joined, into: Folded, event: Recorded): void => {
    into.seq = event.seq;
    if (into.forked) return;
    if (event.type === "PeerForked" && event.data.origin === joined.home) {
      into.forked = true;
      into.view?.apply(brokenOff(event));
      return;
    }
    if (event.type !== "PeerSaid" || event.data.origin !== joined.home) return;
    if (event.data.refused !== undefined) return;
    const told = readSharedEvent(toldIn(event.data.jws), {
      missionId: joined.room,
      seq: event.seq,
    });
    if (told === undefined) return;
    if (into.view !== undefined) into.view.apply(told);
    else if (told.type === "MissionOpened") into.view = viewMission(told);
  };

  const look = (missionId: string): Folded | undefined => {
    const joined = rooms.get(missionId);
    if (joined === undefined) return undefined;
    const known = folded.get(missionId);
    folded.delete(missionId);
    const into = known ?? { view: undefined, seq: 0, forked: false };
    folded.set(missionId, into);
    const [oldest] = folded.keys();
    if (folded.size > MAX_FOLDED && oldest !== undefined) folded.delete(oldest);
    if (known !== undefined) return known;
    for (;;) {
      const page = log.read({
        missionId,
        types: SAID,
        after: into.seq,
        limit: PAGE,
      });
      for (const event of page) apply(joined, into, event);
      if (page.length < PAGE) return into;
    }
  };

  const lineOf = (missionId: string, joined: Joined): MissionLine[] => {
    const kept = lines.get(missionId) ?? keptLine(log, missionId);
    const last = log.last(missionId, SAID)?.seq ?? 0;
    if (kept?.seq === last) return [kept.line];
    const now = look(missionId);
    if (now?.view === undefined) return [];
    const line = { ...now.view.line(), sharedBy: homeOf(joined) };
    lines.set(missionId, { seq: now.seq, line });
    if (line.status === "closed")
      log.keepSnapshot(LINE, missionId, now.seq, line);
    return [line];
  };

  // Most hubs have no teammates; they pay one look at an index.
  const last = log.last(HUB_STREAM, ["RoomJoined"])?.seq ?? 0;
  for (let after = 0; after < last;) {
    const page = log.read({
      missionId: HUB_STREAM,
      types: ["RoomJoined"],
      after,
      limit: PAGE,
    });
    for (const event of page) {
      after = event.seq;
      join(event);
    }
  }

  return {
    get(missionId) {
      const joined = rooms.get(missionId);
      const view = look(missionId)?.view;
      return joined && view && toBeLookedAt(view, homeOf(joined));
    },
    lines: (limit) =>
      [...rooms]
        .slice(-limit)
        .flatMap(([missionId, joined]) => lineOf(missionId, joined))
        .sort((a, b) => b.openedAt - a.openedAt),
    take(event) {
      join(event);
      const joined = rooms.get(event.missionId);
      const into = folded.get(event.missionId);
      if (joined !== undefined && into !== undefined && event.seq > into.seq)
        if (event.type === "PeerSaid" || event.type === "PeerForked")
          apply(joined, into, event);
    },
  };
}

/** The view without anything that asks somebody here. */
function toBeLookedAt(
  view: MissionView,
  sharedBy: NonNullable<MissionLine["sharedBy"]>,
): MissionView {
  return {
    ...view,
    line: () => ({ ...view.line(), sharedBy }),
    detail: (tail) => {
      const detail = view.detail(tail);
      return {
        ...detail,
        sharedBy,
        repoRoot: "",
        permissions: [],
        decisions: detail.decisions.map((card) => ({ ...card, asks: null })),
      };
    },
  };
}

function homeOf({
  home,
  members,
}: Joined): NonNullable<MissionLine["sharedBy"]> {
  const member = members.find(({ hubId }) => hubId === home);
  return { hubId: home, name: member?.name ?? home.slice(0, 8) };
}

/** The event inside an envelope that was checked before it was stored; undefined where it holds something else. */
function toldIn(jws: string): unknown {
  const [, payload = ""] = jws.split(".");
  const envelope: unknown = JSON.parse(
    Buffer.from(payload, "base64url").toString("utf8"),
  );
  const body =
    typeof envelope === "object" && envelope !== null && "body" in envelope
      ? envelope.body
      : undefined;
  return typeof body === "object" && body !== null && "event" in body
    ? body.event
    : undefined;
}

/** What people see of a mission whose home contradicts itself. */
function brokenOff({ missionId, seq, at, by, v }: Recorded): Recorded {
  return {
    missionId,
    type: "MissionStalled",
    data: {
      problem: {
        code: "peering-failed",
        message:
          "The hub this mission belongs to signed two different accounts of it.",
        next: "Nothing it says of it is believed any more. Ask your teammate what happened, and whether its keys were copied.",
      },
    },
    ...{ by, v, seq, at },
    epoch: 1,
    prevHash: "",
    hash: "",
  };
}

function keptLine(
  log: EventLog,
  missionId: string,
): { readonly seq: number; readonly line: MissionLine } | undefined {
  const kept = log.snapshot(LINE, missionId);
  // Nobody but this file keeps lines under this name, and each is held to its place in the log before it counts.
  return kept && { seq: kept.seq, line: kept.body as MissionLine };
}
