import { RoundtableError } from "../../core/errors.ts";
import type { Clock, TextLog } from "../../ports.ts";
import type { BlobRef } from "../../protocol/peer.ts";
import type { BlobFrame, PeeringTable } from "../rooms.ts";
import { openBlobStore, type BlobStore } from "./store.ts";

/** Bytes of a piece: with what base64 adds, well below the longest frame. */
const PIECE = 98_304;
/** Pieces smaller than this are no way to send a file, unless it ends there. */
const LEAST = 4096;
/** Time between two asks, ms: about 2 MB/s on the wire, half of what a link takes for long. */
const PACE_MS = 60;
/** An answer that takes longer is asked for again, ms. */
const ANSWER_MS = 5000;

/** Files that go over links in pieces, each only to the peers it was offered to. */
export interface Blobs {
  readonly store: BlobStore;
  /** From now on the peer may fetch it, until it is withdrawn or this hub ends. */
  offer(hubId: string, sha256: string): void;
  withdraw(hubId: string, sha256: string): void;
  /**
   * The file, fetched from the peer unless it is here; what was here already of it is not asked for again, also after a restart. Waits while there
   * is no link. Rejects with `peering-failed` when the peer does not have it or sends something else, with the signal's reason when aborted.
   */
  fetch(hubId: string, ref: BlobRef, signal: AbortSignal): Promise<string>;
  dispose(): void;
}

/** The way to peers. */
export type BlobWire = Pick<
  PeeringTable,
  "sendBlob" | "onBlob" | "onLink" | "isConnected"
>;

type Piece = Extract<BlobFrame, { t: "blob" }>;

interface Wait {
  readonly offset: number;
  /** Undefined: nothing came, ask again. */
  readonly settle: (piece: Piece | undefined) => void;
}

/** Blobs in a folder of their own. */
export function openBlobs(ports: {
  readonly wire: BlobWire;
  readonly dir: string;
  readonly clock: Pick<Clock, "after">;
  readonly textLog: TextLog;
}): Blobs {
  const { wire, clock, textLog } = ports;
  const store = openBlobStore(ports.dir);
  const offers = new Set<string>();
  const serving = new Set<string>();
  const waits = new Map<string, Wait>();
  const arrivals = new Set<() => void>();
  /** The last fetch of each file from each peer: they go one after another, and the second finds what the first brought. */
  const fetches = new Map<string, Promise<unknown>>();
  const closing = new AbortController();

  const serve = async (
    hubId: string,
    { sha256, offset }: Extract<BlobFrame, { t: "blobAsked" }>,
  ): Promise<void> => {
    // One at a time: who asks for more than it takes waits, and asks again.
    if (serving.has(hubId)) return;
    serving.add(hubId);
    try {
      const piece = offers.has(`${hubId} ${sha256}`)
        ? await store.piece(sha256, offset, PIECE)
        : undefined;
      const data = piece?.toString("base64") ?? "";
      wire.sendBlob(hubId, { t: "blob", sha256, offset, data });
    } finally {
      serving.delete(hubId);
    }
  };

  /** Resolves once there is a link to a peer. */
  const linked = async (hubId: string, signal: AbortSignal): Promise<void> => {
    while (!wire.isConnected(hubId)) {
      signal.throwIfAborted();
      const { promise, resolve } = Promise.withResolvers<undefined>();
      const arrived = (): void => {
        resolve(undefined);
      };
      arrivals.add(arrived);
      signal.addEventListener("abort", arrived, { once: true });
      await promise;
      arrivals.delete(arrived);
      signal.removeEventListener("abort", arrived);
    }
    signal.throwIfAborted();
  };

  /** One answer; undefined when the link broke or nothing came in time. */
  const ask = async (
    hubId: string,
    sha256: string,
    offset: number,
    signal: AbortSignal,
  ): Promise<Piece | undefined> => {
    const name = `${hubId} ${sha256}`;
    const { promise, resolve } = Promise.withResolvers<Piece | undefined>();
    const late = new AbortController();
    const giveUp = (): void => {
      resolve(undefined);
    };
    waits.set(name, { offset, settle: resolve });
    signal.addEventListener("abort", giveUp, { once: true });
    clock.after(ANSWER_MS, late.signal).then(giveUp, () => undefined);
    try {
      return wire.sendBlob(hubId, { t: "blobAsked", sha256, offset })
        ? await promise
        : undefined;
    } finally {
      late.abort();
      waits.delete(name);
      signal.removeEventListener("abort", giveUp);
    }
  };

  const fetch = async (
    hubId: string,
    ref: BlobRef,
    signal: AbortSignal,
  ): Promise<string> => {
    signal.throwIfAborted();
    const here = await store.whole(ref);
    if (here !== undefined) return here;
    const begun = await store.begun(ref);
    await fill(hubId, ref, begun, signal);
    // A crash may have torn what was here before: then all of it comes anew.
    if (!(await store.finish(ref)) && begun > 0) {
      await fill(hubId, ref, 0, signal);
      await store.finish(ref);
    }
    const file = await store.whole(ref);
    if (file === undefined) throw another();
    return file;
  };

  const fill = async (
    hubId: string,
    ref: BlobRef,
    from: number,
    signal: AbortSignal,
  ): Promise<void> => {
    for (let offset = from; offset < ref.bytes;) {
      await linked(hubId, signal);
      const answer = await ask(hubId, ref.sha256, offset, signal);
      signal.throwIfAborted();
      if (answer === undefined) continue;
      const piece = Buffer.from(answer.data, "base64");
      const left = ref.bytes - offset;
      if (piece.length === 0) throw gone();
      if (piece.length > left || piece.length < Math.min(LEAST, left))
        throw another();
      await store.add(ref, offset, piece);
      offset += piece.length;
      if (offset < ref.bytes) await clock.after(PACE_MS, signal);
    }
  };

  const stops = [
    wire.onBlob((hubId, frame) => {
      if (frame.t === "blob") {
        const wait = waits.get(`${hubId} ${frame.sha256}`);
        // Nobody asked, or not for this: an answer that came twice, or a peer that makes it up.
        if (wait?.offset === frame.offset) wait.settle(frame);
        return;
      }
      serve(hubId, frame).catch((error: unknown) => {
        textLog.warn("A piece of a file could not be sent.", {
          hubId,
          why: String(error),
        });
      });
    }),
    wire.onLink((hubId, isUp) => {
      if (isUp) for (const arrived of [...arrivals]) arrived();
      else
        for (const [name, wait] of waits)
          if (name.startsWith(`${hubId} `)) wait.settle(undefined);
    }),
  ];

  return {
    store,
    offer: (hubId, sha256) => {
      offers.add(`${hubId} ${sha256}`);
    },
    withdraw: (hubId, sha256) => {
      offers.delete(`${hubId} ${sha256}`);
    },
    async fetch(hubId, ref, signal) {
      const name = `${hubId} ${ref.sha256}`;
      const before = fetches.get(name) ?? Promise.resolve();
      const mine = before.then(() =>
        fetch(hubId, ref, AbortSignal.any([signal, closing.signal])),
      );
      const settled = mine.then(
        () => undefined,
        () => undefined,
      );
      fetches.set(name, settled);
      try {
        return await mine;
      } finally {
        if (fetches.get(name) === settled) fetches.delete(name);
      }
    },
    dispose() {
      for (const stop of stops) stop();
      closing.abort(
        new RoundtableError(
          "stopped",
          "This hub ends.",
          "Nothing is lost; it goes on at the next start.",
        ),
      );
    },
  };
}

function gone(): RoundtableError {
  return new RoundtableError(
    "peering-failed",
    "The other hub no longer has the file it announced.",
    "Nothing was taken. Ask for the work again.",
  );
}

function another(): RoundtableError {
  return new RoundtableError(
    "peering-failed",
    "The other hub sent something else than it announced.",
    "Nothing of it was kept. Ask the person there, or revoke the hub.",
  );
}
