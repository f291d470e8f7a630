import { RoundtableError, toProblem } from "../../core/errors.ts";
import { createRoomMachine } from "../../core/peering/machine.ts";
import type {
  RoomEffect,
  RoomFrame,
  RoomInput,
  RoomMachine,
  Sealed,
} from "../../core/peering/room.ts";
import type { RoomKind } from "../../protocol/peer.ts";
import type { Room } from "../rooms.ts";
import { readKept, type KeptRoom } from "./kept.ts";
import { toLink } from "./frames.ts";
import type { OpenRoom, RoomFacts, RoomPorts } from "./roomAtWork.ts";
import { seal } from "./seal.ts";
import { storeKeeps, type Keep } from "./store.ts";

/** A coordinator that no majority heard for so long is none; and how often it lets hear of itself, ms. */
const LEASE_MS = 6000;
const BEAT_MS = 1500;
/** Bytes that may wait on a link before catching up waits too. */
const MAX_WAITING_BYTES = 8 * 1024 * 1024;
const DAY_MS = 86_400_000;

/** Opens a room over what the log holds of it. */
export function openRoom(
  facts: RoomFacts,
  ports: RoomPorts,
  joined: number,
): OpenRoom {
  const { log, hash, mono, identity } = ports;
  const { id, kind, members } = facts;
  const self = identity.hubId;
  const linkedTo = new Set<string>();
  const said = new Set<(sealed: Sealed) => void>();
  const moved = new Set<() => void>();
  /** Why envelopes under way to the disk count for nothing, by hash. */
  const refusing = new Map<string, string>();
  const waiting = new Map<string, PromiseWithResolvers<undefined>>();
  let effects: RoomEffect[] = [];
  let carrying: Promise<void> | undefined;
  let speaking: Promise<unknown> = Promise.resolve();
  let votesUnderWay = 0;
  let closed = false;
  let office = false;

  const since = ports.clock.now() - DAY_MS;
  let kept = readKept(log, hash, id, since);
  const { lately } = kept;
  let hashes = new Set(kept.said.map((sealed) => sealed.hash));
  let mute = new Set(kept.refused);
  let machine = machineOf(kept);

  function machineOf(from: KeptRoom): RoomMachine {
    return createRoomMachine(
      {
        self,
        members: members.map(({ hubId }) => hubId),
        epoch: log.epoch,
        elects: electsIn(kind),
        leaseMs: LEASE_MS,
        beatMs: BEAT_MS,
        seed: ports.seed,
      },
      from,
      mono(),
    );
  }

  /** Returns the hashes of what is kept because of it. */
  function take(input: RoomInput): ReadonlySet<string> {
    const kept = new Set<string>();
    if (closed) return kept;
    for (const effect of machine.take(input)) {
      effects.push(effect);
      if (effect.kind === "keepVote") votesUnderWay += 1;
      if (effect.kind === "keepSaid") kept.add(effect.sealed.hash);
    }
    if (effects.length > 0) carrying ??= carryOut();
    else watchOffice();
    return kept;
  }

  async function carryOut(): Promise<void> {
    try {
      while (effects.length > 0) {
        const batch = effects;
        effects = [];
        await carry(batch);
      }
    } catch (error) {
      startOver(toProblem(error));
    } finally {
      carrying = undefined;
    }
    watchOffice();
  }

  /** Everything that is kept goes to disk first, in one commit: earlier than asked for is never too late. */
  async function carry(batch: readonly RoomEffect[]): Promise<void> {
    const keeps = batch.filter((effect): effect is Keep => isKeep(effect));
    if (keeps.length > 0) {
      await storeKeeps(log, id, self, keeps, refusing);
      votesUnderWay -= keeps.filter((one) => one.kind === "keepVote").length;
    }
    for (const effect of batch) follow(effect);
  }

  function follow(effect: RoomEffect): void {
    switch (effect.kind) {
      case "keepSaid":
        heard(effect.sealed);
        break;
      case "keepFork":
        ports.notTaken(
          room,
          effect.first.envelope.origin,
          "signed two different things for one place; what it says in this room no longer counts",
        );
        break;
      case "keepVote":
        break;
      case "send":
        send(effect.to, effect.frame);
        break;
      case "coordinator":
        tellOffice();
        break;
      case "refused":
        if (effect.why !== "duplicate")
          ports.notTaken(room, effect.from, effect.why);
    }
  }

  function heard(sealed: Sealed): void {
    const why = refusing.get(sealed.hash);
    refusing.delete(sealed.hash);
    hashes.add(sealed.hash);
    if (why !== undefined) mute.add(sealed.hash);
    waiting.get(sealed.hash)?.resolve(undefined);
    waiting.delete(sealed.hash);
    if (why === undefined)
      for (const listener of [...said])
        guarded(() => {
          listener(sealed);
        });
    ports.kept(room, sealed, why);
  }

  function send(to: string, frame: RoomFrame): void {
    const link = ports.link(to);
    if (link === undefined) return;
    // What is not sent now is asked for again.
    if (frame.t === "push" && link.waiting() > MAX_WAITING_BYTES) return;
    link.send(toLink(id, frame));
  }

  /** The machine is ahead of the disk: it begins again from what is there. */
  function startOver(problem: RoundtableError): void {
    ports.textLog.error("A room could not be stored and is read again.", {
      room: id,
      why: problem.message,
    });
    effects = [];
    votesUnderWay = 0;
    refusing.clear();
    for (const { reject } of waiting.values()) reject(problem);
    waiting.clear();
    try {
      kept = readKept(log, hash, id, since);
    } catch {
      // The log has closed, and so has the room.
      closed = true;
      return;
    }
    hashes = new Set(kept.said.map((sealed) => sealed.hash));
    mute = new Set(kept.refused);
    machine = machineOf(kept);
    for (const peer of linkedTo) take({ kind: "linked", peer, mono: mono() });
  }

  function isClosed(): boolean {
    return closed;
  }

  function mayCoordinate(): boolean {
    return !closed && votesUnderWay === 0 && machine.mayCoordinate(mono());
  }

  function watchOffice(): void {
    if (mayCoordinate() !== office) tellOffice();
  }

  function tellOffice(): void {
    office = mayCoordinate();
    for (const listener of [...moved]) guarded(listener);
    ports.changed();
  }

  function guarded(act: () => void): void {
    try {
      act();
    } catch (error) {
      ports.textLog.error("Somebody who follows a room failed.", {
        room: id,
        why: String(error),
      });
    }
  }

  /** One at a time: nothing else is said between the place and its envelope. */
  async function speak(body: Parameters<Room["say"]>[0]): Promise<{
    readonly sealed: Sealed;
    readonly stored: Promise<undefined>;
  }> {
    if (closed) throw roomClosed();
    const sealed = await seal(body, {
      room: id,
      place: machine.next(),
      at: ports.clock.now(),
      identity,
      hash,
    });
    const now = machine.next();
    if (now.seq !== sealed.envelope.seq || now.prev !== sealed.envelope.prev)
      return speak(body);
    const done = Promise.withResolvers<undefined>();
    // Nothing is on disk before the next turn; of a room that closed meanwhile nothing ever is.
    take({ kind: "said", sealed, mono: mono() });
    if (isClosed()) throw roomClosed();
    waiting.set(sealed.hash, done);
    return { sealed, stored: done.promise };
  }

  const room: OpenRoom = {
    ...facts,
    joined,
    lately,
    async say(body) {
      const spoken = speaking.then(() => speak(body));
      speaking = spoken.catch(() => undefined);
      const { sealed, stored } = await spoken;
      await stored;
      return sealed;
    },
    said: () =>
      mute.size === 0
        ? machine.said()
        : machine.said().filter((sealed) => !mute.has(sealed.hash)),
    forked: () => machine.forked(),
    coordinator() {
      const { coordinator: hubId, term } = machine;
      return hubId === undefined ? undefined : { hubId, term };
    },
    mayCoordinate,
    async handOver(to) {
      take({ kind: "handOver", to, mono: mono() });
      await carrying;
    },
    onSaid: (listener) => {
      said.add(listener);
      return () => said.delete(listener);
    },
    onCoordinator: (listener) => {
      moved.add(listener);
      return () => moved.delete(listener);
    },
    linked(hubId) {
      linkedTo.add(hubId);
      take({ kind: "linked", peer: hubId, mono: mono() });
    },
    unlinked(hubId) {
      linkedTo.delete(hubId);
      take({ kind: "unlinked", peer: hubId, mono: mono() });
    },
    frame(from, frame, refused) {
      const fresh = [...refused].filter(([of]) => !refusing.has(of));
      for (const [of, why] of fresh) refusing.set(of, why);
      const kept = take({ kind: "frame", from, frame, mono: mono() });
      // What is not kept now comes again, or never.
      for (const [of] of fresh) if (!kept.has(of)) refusing.delete(of);
    },
    tick() {
      take({ kind: "tick", mono: mono() });
    },
    holds: (of) => hashes.has(of),
    count: () => hashes.size,
    heldBy: (origin, seq) => machine.heldBy(origin, seq),
    async close() {
      await speaking;
      await carrying;
      closed = true;
      for (const { reject } of waiting.values()) reject(roomClosed());
      waiting.clear();
    },
  };
  return room;
}

function electsIn(kind: RoomKind): boolean {
  return kind === "job";
}

function isKeep(effect: RoomEffect): effect is Keep {
  return (
    effect.kind === "keepSaid" ||
    effect.kind === "keepFork" ||
    effect.kind === "keepVote"
  );
}

function roomClosed(): RoundtableError {
  return new RoundtableError(
    "peering-failed",
    "This room is closed.",
    "What was said in it is kept; nothing more can be said there.",
  );
}
