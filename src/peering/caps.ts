import type { PeerBody } from "../protocol/peer.ts";

/** What is taken from one peer: bytes in a day, envelopes in a room, and bodies that make work in a second. */
export const CAPS = {
  bytesPerDay: 50_000_000,
  envelopesPerRoom: 20_000,
  perSecond: 20,
  burst: 100,
} as const;

const DAY_MS = 86_400_000;
const MAKES_WORK: ReadonlySet<PeerBody["kind"]> = new Set([
  "message",
  "published",
  "taskAsked",
  "partGiven",
]);

/** Counts what each peer sends. */
export interface Caps {
  /** Takes an envelope from its origin's share; says why not when that is used up, and then takes nothing. */
  take(
    origin: string,
    kind: PeerBody["kind"],
    bytes: number,
    inRoom: number,
  ): string | undefined;
  /** Counts what was taken before a restart. */
  count(origin: string, bytes: number): void;
}

interface Share {
  /** Bytes of the day that began at `since`. */
  bytes: number;
  since: number;
  /** Bodies that may come at once, as of `at`. */
  left: number;
  at: number;
}

/** Full shares. `now` is ms since 1970, `mono` a clock that never jumps, ms. */
export function createCaps(now: () => number, mono: () => number): Caps {
  const shares = new Map<string, Share>();

  function of(origin: string): Share {
    const known = shares.get(origin);
    const share = known ?? {
      bytes: 0,
      since: now(),
      left: CAPS.burst,
      at: mono(),
    };
    if (known === undefined) shares.set(origin, share);
    if (now() - share.since >= DAY_MS || now() < share.since) {
      share.since = now();
      share.bytes = 0;
    }
    const at = mono();
    share.left = Math.min(
      CAPS.burst,
      share.left + ((at - share.at) * CAPS.perSecond) / 1000,
    );
    share.at = at;
    return share;
  }

  return {
    take(origin, kind, bytes, inRoom) {
      if (inRoom >= CAPS.envelopesPerRoom)
        return `the room is full (${String(CAPS.envelopesPerRoom)} envelopes)`;
      const share = of(origin);
      if (share.bytes + bytes > CAPS.bytesPerDay)
        return `it sent ${String(CAPS.bytesPerDay / 1_000_000)} MB in a day already`;
      const works = MAKES_WORK.has(kind);
      if (works && share.left < 1)
        return `it sends more than ${String(CAPS.perSecond)} messages a second`;
      if (works) share.left -= 1;
      share.bytes += bytes;
      return undefined;
    },
    count(origin, bytes) {
      of(origin).bytes += bytes;
    },
  };
}
