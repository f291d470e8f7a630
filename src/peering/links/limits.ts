/** Bounds of a link and of what comes before one. */

/** Sockets that are listened to and have not shown who they are. */
export const MAX_STRANGERS = 16;
/** Longest one of them is listened to, and longest a call may take until both know each other, ms. */
export const STRANGER_MS = 5000;
/** Failures of one address within {@link FAILURES_MS} after which it is not listened to. */
export const MAX_FAILURES = 10;
export const FAILURES_MS = 60_000;

/** Time between heartbeats, ms. */
export const BEAT_MS = 2000;
/** Silence after which a link has ended, ms. */
export const SILENT_MS = 6000;

/** What a peer may send for long, and at once. */
export const FRAMES_PER_SECOND = 200;
export const FRAMES_AT_ONCE = 1000;
export const BYTES_PER_SECOND = 4 * 1024 * 1024;
/** What it may be beyond that, read already, before the link is cut. */
export const MAX_FRAME_DEBT = 1000;
export const MAX_BYTE_DEBT = 8 * 1024 * 1024;
/** Bytes that may wait for a peer that does not read. */
export const MAX_WAITING = 32 * 1024 * 1024;

/** Time that two people have to compare words, ms. */
export const PAIRING_MS = 120_000;
/** Open invitations and pairings at a time. */
export const MAX_INVITATIONS = 16;
