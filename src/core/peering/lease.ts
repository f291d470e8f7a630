/** How long the holder of an office may act: as long as a majority cannot have promised itself to anybody else. */

/** Renewals whose sending is remembered. */
const REMEMBERED = 64;

/** The lease of one term at its holder. Times are of the holder's monotonic clock, ms. */
export interface Lease {
  /** Number of a renewal that is sent now. */
  beat(mono: number): number;
  /** A member promised itself for that renewal. */
  heard(hubId: string, beat: number): void;
  /** When the oldest renewal was sent that the latest majority rests on, this hub included; −Infinity before there is one. */
  from(mono: number): number;
}

/** A lease nobody has acknowledged yet, in a room of `members` hubs. */
export function createLease(members: number): Lease {
  const others = majorityOf(members) - 1;
  const sentAt = new Map<number, number>();
  const heardOf = new Map<string, number>();
  let last = 0;
  let since = -Infinity;
  return {
    beat(mono) {
      last += 1;
      sentAt.set(last, mono);
      sentAt.delete(last - REMEMBERED);
      return last;
    },
    heard(hubId, beat) {
      const at = sentAt.get(beat);
      if (at === undefined || at <= (heardOf.get(hubId) ?? -Infinity)) return;
      heardOf.set(hubId, at);
      if (heardOf.size < others) return;
      const latest = [...heardOf.values()].toSorted((a, b) => b - a);
      since = latest[others - 1] ?? -Infinity;
    },
    from: (mono) => (others === 0 ? mono : since),
  };
}

/** More than half. */
export function majorityOf(members: number): number {
  return Math.floor(members / 2) + 1;
}
