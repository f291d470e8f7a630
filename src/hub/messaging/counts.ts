/** What became of messages since the hub started. */
export interface MessageCounts {
  /** Came in and could be read. */
  received: number;
  /** Handed to a reader, one for each. */
  delivered: number;
  /** On disk. */
  stored: number;
  /** Led to nothing, and the sender was told. */
  refused: number;
  /** Live, for a reader that was gone or too far behind. */
  dropped: number;
  /** Past their `expiresAt`. */
  expired: number;
  /** Requests that got no answer. */
  unanswered: number;
}

/** Nothing has happened yet. */
export function createCounts(): MessageCounts {
  return {
    received: 0,
    delivered: 0,
    stored: 0,
    refused: 0,
    dropped: 0,
    expired: 0,
    unanswered: 0,
  };
}
