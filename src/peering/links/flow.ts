import {
  BYTES_PER_SECOND,
  FRAMES_AT_ONCE,
  FRAMES_PER_SECOND,
  MAX_BYTE_DEBT,
  MAX_FRAME_DEBT,
} from "./limits.ts";

/** What a peer may send: two buckets that fill with time, one of frames and one of bytes. */
export interface Flow {
  /** Takes in a frame of so many bytes; says how long to read nothing (0: go on), or that it was far too much. */
  take(bytes: number): number | "flooded";
}

/** Both buckets are full. `mono`: a clock that never jumps, ms. */
export function createFlow(mono: () => number): Flow {
  let frames = FRAMES_AT_ONCE;
  let bytes = BYTES_PER_SECOND;
  let filledAt = mono();
  return {
    take(length) {
      const now = mono();
      const seconds = Math.max(0, now - filledAt) / 1000;
      filledAt = now;
      frames = Math.min(FRAMES_AT_ONCE, frames + seconds * FRAMES_PER_SECOND);
      bytes = Math.min(BYTES_PER_SECOND, bytes + seconds * BYTES_PER_SECOND);
      frames -= 1;
      bytes -= length;
      if (frames < -MAX_FRAME_DEBT || bytes < -MAX_BYTE_DEBT) return "flooded";
      const debt = Math.max(
        -frames / FRAMES_PER_SECOND,
        -bytes / BYTES_PER_SECOND,
      );
      return Math.max(0, Math.ceil(debt * 1000));
    },
  };
}
