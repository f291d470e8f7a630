import { createHash } from "node:crypto";
import { createRoomMachine } from "../../../src/core/peering/machine.ts";
import type {
  RoomEffect,
  RoomFrame,
  RoomInput,
  RoomMachine,
  Sealed,
} from "../../../src/core/peering/room.ts";
import type { PeerBody } from "../../../src/protocol/peer.ts";
import type { Agenda } from "../../reliability/peering/agenda.ts";
import { createAgenda } from "../../reliability/peering/agenda.ts";

/** The machines of a room and the links between all of them, in simulated time; everything that crosses a link is counted. */
export interface RoomOfHubs {
  readonly agenda: Agenda;
  readonly names: readonly string[];
  readonly machines: readonly RoomMachine[];
  say(hub: number, body: PeerBody): void;
  /** Called for everything that is new at a hub. */
  onSaid(listener: (hub: number, sealed: Sealed) => void): void;
  /** Since the start. */
  readonly counted: { frames: number; bytes: number };
}

const ROOM = "mission-of-a-bench";
const TICK_MS = 250;
/** Time a frame takes, ms. */
const DELAY_MS = 5;
/** Bytes of the header and of the signature of a JWS in compact form, with its points. */
const HEADER_BYTES = 20;
const SIGNATURE_BYTES = 88;

/** Hubs that are all linked to each other, the first one the home; `elects`: a job's room. */
export function openRoom(hubs: number, elects: boolean): RoomOfHubs {
  const agenda = createAgenda();
  const names = Array.from({ length: hubs }, (_, at) =>
    `hub${String(at).padStart(3, "0")}`.padEnd(52, "x"),
  );
  const counted = { frames: 0, bytes: 0 };
  const listeners: ((hub: number, sealed: Sealed) => void)[] = [];
  const indexOf = new Map(names.map((name, at) => [name, at]));
  const machines = names.map((self, at) =>
    createRoomMachine(
      {
        self,
        members: names,
        epoch: 1,
        elects,
        leaseMs: 6000,
        beatMs: 1500,
        seed: at,
      },
      { said: [], forks: [], vote: { term: 0, candidate: null } },
      0,
    ),
  );

  const take = (at: number, input: RoomInput): void => {
    for (const effect of machines[at]?.take(input) ?? []) happen(at, effect);
  };

  const happen = (at: number, effect: RoomEffect): void => {
    if (effect.kind === "keepSaid")
      for (const listener of listeners) listener(at, effect.sealed);
    if (effect.kind !== "send") return;
    const to = indexOf.get(effect.to) ?? 0;
    const from = names[at] ?? "";
    counted.frames += 1;
    counted.bytes += bytesOf(effect.frame);
    agenda.in(DELAY_MS, () => {
      const { frame } = effect;
      take(to, { kind: "frame", from, frame, mono: agenda.now });
    });
  };

  for (let at = 0; at < hubs; at += 1) {
    const tick = (): void => {
      take(at, { kind: "tick", mono: agenda.now });
      agenda.in(TICK_MS, tick);
    };
    agenda.in(Math.floor((at * TICK_MS) / hubs), tick);
    for (const peer of names)
      if (peer !== names[at]) take(at, { kind: "linked", peer, mono: 0 });
  }

  return {
    agenda,
    names,
    machines,
    counted,
    say(at, body) {
      const next = machines[at]?.next();
      if (next === undefined) return;
      const origin = names[at] ?? "";
      const envelope = {
        v: 1,
        room: ROOM,
        origin,
        ...next,
        at: 1_700_000_000_000 + agenda.now,
        body,
      } as const;
      const text = JSON.stringify(envelope);
      const sealed = {
        jws: "x".repeat(
          HEADER_BYTES + Math.ceil((text.length * 4) / 3) + SIGNATURE_BYTES,
        ),
        hash: createHash("sha256").update(text).digest("hex"),
        envelope,
      };
      take(at, { kind: "said", sealed, mono: agenda.now });
    },
    onSaid(listener) {
      listeners.push(listener);
    },
  };
}

/** Bytes of a frame as JSON; a JWS stands for its envelope. */
function bytesOf(frame: RoomFrame): number {
  if (frame.t !== "push")
    return JSON.stringify({ ...frame, room: ROOM }).length;
  return frame.sealed.reduce((sum, { jws }) => sum + jws.length + 3, 64);
}
