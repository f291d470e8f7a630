import type { Sealed } from "../../core/peering/room.ts";
import type { PeerBodyOf } from "../../protocol/peer.ts";
import { admit, type AdmissionParts, type Door } from "../admission.ts";
import type { Caps } from "../caps.ts";
import type { PeerLink } from "../link.ts";
import type { Directory, OfRoom } from "./directory.ts";
import { toMachine } from "./frames.ts";
import type { OpenRoom } from "./roomAtWork.ts";

/** Frames of one peer that may wait to be checked; more are dropped, and asked for again. */
const MAX_PENDING = 128;

/** Takes the frames of rooms from links. */
export interface Incoming {
  /** Frames of one link are taken in the order they came. */
  frame(link: PeerLink, frame: OfRoom): void;
  /** Resolves when everything that came is with its room. */
  idle(): Promise<void>;
}

/** Checks what comes before any room sees it. */
export function createIncoming(
  parts: AdmissionParts & {
    readonly directory: Directory;
    readonly caps: Caps;
    /** Joins the pair's room where that is the one meant. */
    readonly pairRoom: (
      hubId: string,
      id: string,
    ) => Promise<OpenRoom | undefined>;
    readonly complain: (hubId: string, why: string) => void;
    readonly took: (envelopes: number) => void;
    readonly changed: () => void;
    /** A member said how much it has of the room. */
    readonly told: (room: OpenRoom) => void;
  },
): Incoming {
  const { directory, caps, complain, pinned } = parts;
  const queues = new Map<string, { pending: number; last: Promise<void> }>();

  async function take(link: PeerLink, frame: OfRoom): Promise<void> {
    // Revoked while it waited.
    if (pinned(link.hubId) === undefined) return;
    const room = await roomOf(link, frame);
    if (room === undefined) return;
    if (!room.members.some(({ hubId }) => hubId === link.hubId)) {
      complain(link.hubId, "it is no member of the room it speaks in");
      return;
    }
    if (frame.t !== "push") {
      room.frame(link.hubId, toMachine(frame), new Map());
      // It has more than before, perhaps: less waits for it.
      if (frame.t === "have" && !frame.ask) {
        parts.told(room);
        parts.changed();
      }
      return;
    }
    await push(link, room, frame.sealed);
  }

  async function push(
    link: PeerLink,
    room: OpenRoom,
    all: readonly string[],
  ): Promise<void> {
    const sealed: Sealed[] = [];
    const refused = new Map<string, string>();
    const full = new Set<string>();
    for (const jws of all) {
      if (room.holds(parts.hash(jws))) continue;
      const admission = await admit(jws, room, parts);
      if (admission.kind === "dropped") {
        complain(admission.origin ?? link.hubId, admission.why);
        continue;
      }
      const { envelope, hash } = admission.sealed;
      const { origin, body } = envelope;
      // What comes behind a gap would not be kept.
      if (full.has(origin)) continue;
      const over =
        origin === parts.self.hubId
          ? undefined
          : caps.take(origin, body.kind, jws.length, room.count());
      if (over !== undefined) {
        complain(origin, `${over}; what comes now is left until later`);
        full.add(origin);
        continue;
      }
      sealed.push(admission.sealed);
      if (admission.refused !== undefined) {
        refused.set(hash, admission.refused);
        complain(origin, admission.refused);
      }
    }
    parts.took(sealed.length);
    // Also when nothing is left: who sent it goes on once it has an answer.
    room.frame(link.hubId, { t: "push", sealed }, refused);
  }

  async function roomOf(
    link: PeerLink,
    frame: OfRoom,
  ): Promise<OpenRoom | undefined> {
    const { room: id } = frame;
    const known = directory.get(id) ?? (await parts.pairRoom(link.hubId, id));
    if (known !== undefined) return known;
    if (frame.t === "push") return opened(link, id, frame.sealed);
    // A room that may be new to this hub: its opening comes to who has nothing of it.
    if (frame.t === "have" && directory.isFree(id))
      link.send({ t: "have", room: id, have: {}, ask: false, heads: {} });
    return undefined;
  }

  /** A room begins with what its home says first. */
  async function opened(
    link: PeerLink,
    id: string,
    all: readonly string[],
  ): Promise<OpenRoom | undefined> {
    for (const jws of all) {
      const opening = await openingOf(jws, id);
      if (opening === undefined) continue;
      const { home, body } = opening;
      const why = directory.unwelcome(id, home, body, parts.self.hubId);
      if (why !== undefined) {
        complain(home, why);
        return undefined;
      }
      const { room: kind, title, members } = body;
      return directory.join({ id, kind, home, title, members });
    }
    return undefined;
  }

  async function openingOf(
    jws: string,
    id: string,
  ): Promise<
    | { readonly home: string; readonly body: PeerBodyOf<"roomOpened"> }
    | undefined
  > {
    const anyHome: Door = { id, kind: "mission", home: "" };
    const admission = await admit(jws, anyHome, parts);
    if (admission.kind === "dropped") return undefined;
    const { envelope } = admission.sealed;
    const { origin, seq, body } = envelope;
    if (seq !== 1 || body.kind !== "roomOpened") return undefined;
    const again = await admit(jws, { ...anyHome, home: origin }, parts);
    if (again.kind === "dropped") return undefined;
    if (again.refused !== undefined) {
      complain(origin, again.refused);
      return undefined;
    }
    return { home: origin, body };
  }

  return {
    frame(link, frame) {
      const { hubId } = link;
      const queue = queues.get(hubId) ?? {
        pending: 0,
        last: Promise.resolve(),
      };
      queues.set(hubId, queue);
      if (queue.pending >= MAX_PENDING) return;
      queue.pending += 1;
      queue.last = queue.last
        .then(() => take(link, frame))
        .catch((error: unknown) => {
          complain(hubId, `what it sent led to trouble: ${String(error)}`);
        })
        .finally(() => {
          queue.pending -= 1;
        });
    },
    async idle() {
      await Promise.all([...queues.values()].map(({ last }) => last));
    },
  };
}
