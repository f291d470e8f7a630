import type { Chance, Clock, TextLog } from "../../ports.ts";
import type { Identities } from "../../ports/peering.ts";
import type { Scope } from "../../protocol/peer.ts";
import { PairAnswer, PairFrame, type Hello } from "../../protocol/peerLink.ts";
import type { Pairing } from "../../protocol/peers.ts";
import { cleaned } from "../talk/cleaned.ts";
import type { Channel } from "./channel.ts";
import { readJson, reasonOf, type Speaker } from "./hello.ts";
import { PAIRING_MS } from "./limits.ts";
import { peerRefused, peeringFailed } from "./trouble.ts";
import { CLOSE, type Wire } from "./wire.ts";

/** Ends that are remembered, so that a late answer learns what became of its pairing. */
const MAX_ENDS = 16;

/** Two hubs that have heard each other's hello. */
export interface Met {
  readonly wire: Wire;
  readonly channel: Channel;
  readonly speaker: Speaker;
  readonly hello: Hello;
  /** What the other may do here. */
  readonly scopes: readonly Scope[];
  /** What we may do there. */
  readonly theirs: readonly Scope[];
  /** Keeps the pin; called once both people said yes. */
  readonly keep: () => Promise<void>;
  /** Called once, at the end: `kept` when the other is a peer from now on. */
  readonly onEnd: (kept: boolean) => void;
}

/** Pairings that wait for people. */
export interface Pairings {
  list(): readonly Pairing[];
  /** Shows it to the person here, and hears the answer from there. Throws `peer-refused` after {@link Pairings.close}. */
  begin(met: Met): Pairing;
  /** The answer of the person here. Rejects with `peering-failed` when there is no such pairing any more. */
  confirm(pairingId: string, same: boolean): Promise<void>;
  /** Ends all of them, and lets none begin any more. */
  close(): void;
}

interface Running {
  readonly met: Met;
  readonly shown: Omit<Pairing, "waitsFor">;
  readonly stop: AbortController;
  restart(): void;
  ours: boolean;
  others: boolean;
  /** Both said yes, and it is being kept or is kept. */
  keeping?: Promise<void>;
}

/** The next frame of a pairing. Rejects with `peer-refused` for anything else. */
export async function nextPairFrame<T extends PairFrame["t"]>(
  wire: Wire,
  signal: AbortSignal,
  ...of: readonly T[]
): Promise<Extract<PairFrame, { t: T }>> {
  const frame = PairFrame.safeParse(readJson(await wire.next(signal))).data;
  const isOne = (
    one: PairFrame | undefined,
  ): one is Extract<PairFrame, { t: T }> =>
    of.some((t) => one !== undefined && one.t === t);
  if (isOne(frame)) return frame;
  throw peerRefused(
    "The other hub said something that is not part of pairing.",
  );
}

/** Sends a frame of a pairing. */
export function sendPairFrame(wire: Wire, frame: PairFrame): void {
  wire.send(JSON.stringify(frame));
}

/** No pairing is under way. */
export function createPairings(deps: {
  readonly clock: Clock;
  readonly chance: Chance;
  readonly textLog: TextLog;
  readonly identities: Identities;
  readonly changed: () => void;
}): Pairings {
  const { clock, chance, identities } = deps;
  const running = new Map<string, Running>();
  const ends = new Map<string, string>();
  let isClosed = false;

  function finish(one: Running, kept: boolean, why: string): void {
    const { pairingId, name, hubId } = one.shown;
    if (!running.delete(pairingId)) return;
    one.stop.abort(new Error(why));
    ends.set(pairingId, why);
    const [oldest] = ends.keys();
    if (ends.size > MAX_ENDS && oldest !== undefined) ends.delete(oldest);
    deps.textLog.info(
      kept ? "Paired with a teammate's hub." : "A pairing came to nothing.",
      { hubId, name, why },
    );
    one.met.wire.close(kept ? CLOSE.done : CLOSE.refused, why);
    one.met.onEnd(kept);
    deps.changed();
  }

  /** The pairing that waits for people. Throws `peering-failed` when it has ended. */
  function waiting(pairingId: string): Running {
    const one = running.get(pairingId);
    if (one !== undefined && one.keeping === undefined) return one;
    const why = one === undefined ? ends.get(pairingId) : "both said yes";
    throw peeringFailed(
      `That pairing has ended: ${why ?? "it is not known here"}.`,
      "The list of teammates shows whether it was kept. If not, make a new invitation and try again.",
    );
  }

  function fail(one: Running, error: unknown): void {
    // What is kept stays kept, whatever becomes of the connection after it.
    if (one.keeping !== undefined) return;
    const why = one.stop.signal.aborted
      ? "nobody answered in time"
      : reasonOf(error);
    finish(one, false, why);
  }

  /** Both said yes: on disk here, then told. */
  async function settle(one: Running): Promise<void> {
    if (!one.ours || !one.others || one.stop.signal.aborted) return;
    one.keeping ??= one.met.keep().then(() => {
      sendPairFrame(one.met.wire, { t: "paired" });
    });
    await one.keeping.catch((error: unknown) => {
      finish(one, false, "it could not be kept here");
      throw error;
    });
  }

  async function hearAnswer(one: Running): Promise<void> {
    const { wire, hello, speaker, channel } = one.met;
    const { jws } = await nextPairFrame(wire, one.stop.signal, "answer");
    const text = await identities.verify(jws, hello.publicKey);
    const answer = PairAnswer.safeParse(readJson(text ?? "")).data;
    if (
      answer?.to !== speaker.identity.hubId ||
      answer.channel !== channel.binding
    )
      throw peerRefused("The answer is not of the person at the other hub.");
    if (!answer.same)
      throw peerRefused(
        "The person at the other hub said that the words differ.",
      );
    one.others = true;
    one.restart();
    deps.changed();
    await settle(one);
  }

  async function run(one: Running): Promise<void> {
    const { wire } = one.met;
    await hearAnswer(one);
    // Comes only after both said yes: ours is then on its way to the disk.
    await nextPairFrame(wire, one.stop.signal, "paired");
    if (one.keeping === undefined)
      throw peerRefused(
        "The other hub paired before the person here answered.",
      );
    await one.keeping;
    finish(one, true, "both said that the words are the same");
  }

  /** Runs out {@link PAIRING_MS} after the last answer. */
  function limited(one: Running): () => void {
    let timer = new AbortController();
    one.stop.signal.addEventListener("abort", () => {
      timer.abort(new Error("the pairing has ended"));
    });
    return () => {
      if (one.stop.signal.aborted) return;
      timer.abort(new Error("somebody answered"));
      timer = new AbortController();
      clock.after(PAIRING_MS, timer.signal).then(
        () => {
          one.stop.abort(new Error("nobody answered in time"));
        },
        // Somebody answered, or it has ended.
        () => undefined,
      );
    };
  }

  return {
    list: () =>
      [...running.values()].map(({ shown, ours }) => ({
        ...shown,
        waitsFor: ours ? "theirs" : "ours",
      })),
    begin(met) {
      if (isClosed) throw peerRefused("The other hub ends.");
      const { hello, speaker, channel, scopes, theirs } = met;
      const pins = new Map([
        [hello.hubId, channel.pin],
        [speaker.identity.hubId, speaker.identity.pin],
      ]);
      const both = [...pins].sort(([a], [b]) => (a < b ? -1 : 1)).flat();
      const one: Running = {
        met,
        stop: new AbortController(),
        ours: false,
        others: false,
        restart: () => undefined,
        shown: {
          pairingId: chance.id(),
          hubId: hello.hubId,
          name: nameOf(hello),
          words: [...identities.words(both)],
          scopes: [...scopes],
          theirs: [...theirs],
          at: clock.now(),
        },
      };
      one.restart = limited(one);
      one.restart();
      running.set(one.shown.pairingId, one);
      void met.wire.ended.then(async (why) => {
        // Kept here, but the other's word that it is kept there is lost.
        const kept = await one.keeping?.then(
          () => true,
          () => false,
        );
        finish(one, kept === true, why);
      });
      run(one).catch((error: unknown) => {
        fail(one, error);
      });
      deps.changed();
      return { ...one.shown, waitsFor: "ours" };
    },
    async confirm(pairingId, same) {
      const one = waiting(pairingId);
      const { speaker, hello, channel, wire } = one.met;
      const answer: PairAnswer = {
        typ: "pair-answer",
        to: hello.hubId,
        channel: channel.binding,
        same,
      };
      const jws = await speaker.identity.sign(JSON.stringify(answer));
      // It may have ended while this was signed.
      waiting(pairingId);
      sendPairFrame(wire, { t: "answer", jws });
      if (!same) {
        finish(one, false, "the person here said that the words differ");
        return;
      }
      one.ours = true;
      one.restart();
      deps.changed();
      await settle(one);
    },
    close() {
      isClosed = true;
      for (const one of [...running.values()])
        finish(one, false, "the hub ends");
    },
  };
}

/** A name from outside, as one line. */
export function nameOf({ name, hubId }: Hello): string {
  const line = cleaned(name, 64);
  return line === "" ? hubId.slice(0, 8) : line;
}
