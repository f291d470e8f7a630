/** What delivery did since the hub began; every number only grows. */
export interface DeliveryCounts {
  /** Letters on disk and acknowledged to their sender, each counted once. */
  accepted: number;
  /** Letters that were known already. */
  duplicates: number;
  /** Letters refused because there was no room. */
  overloads: number;
  /** Letters handed to a recipient the first time. */
  delivered: number;
  /** Letters handed to a recipient again. */
  redelivered: number;
  acknowledged: number;
  refused: number;
  /** Not acknowledged in time. */
  timedOut: number;
  /** Not acknowledged when the recipient went away. */
  departed: number;
  /** Dropped because their time was over, on arrival or in the mailbox. */
  expired: number;
  /** Given up after the last try. */
  died: number;
  /** Times a recipient was paused because it was too far behind. */
  paused: number;
}

/** All at zero. */
export function noCounts(): DeliveryCounts {
  return {
    ...{
      accepted: 0,
      duplicates: 0,
      overloads: 0,
      delivered: 0,
      redelivered: 0,
    },
    ...{ acknowledged: 0, refused: 0, timedOut: 0, departed: 0 },
    ...{ expired: 0, died: 0, paused: 0 },
  };
}
