import type { Clock } from "../../ports.ts";
import type { Member } from "./member.ts";
import type { Taker } from "./parties.ts";

/** Longest a sender is not read because its readers are behind, ms. After that they count as stalled until they have caught up. */
const HOLD_MS = 200;

/** Slows senders down to the speed of those they send to, for a while. */
export interface Slow {
  /** Does not read the sender on until one of these is hardly behind any more. */
  hold(sender: Member, crowded: readonly Taker[]): void;
  close(): void;
}

/** Nobody is held. */
export function createSlow(clock: Clock): Slow {
  const timers = new Set<AbortController>();

  return {
    hold(sender, crowded) {
      // What it had sent before it was held still comes in.
      if (sender.held) return;
      const wires = crowded.flatMap(({ wire }) =>
        wire === undefined || wire.stalled ? [] : [wire],
      );
      if (wires.length === 0) return;
      const timer = new AbortController();
      let held = true;
      const release = (): void => {
        if (!held) return;
        held = false;
        timers.delete(timer);
        timer.abort();
        sender.release();
      };
      sender.hold();
      timers.add(timer);
      for (const wire of wires) wire.onceFree(release);
      clock
        .after(HOLD_MS, timer.signal)
        .then(() => {
          for (const wire of wires) wire.stall();
          release();
        })
        // Aborted: it was released, or the hub has ended.
        .catch(() => undefined);
    },
    close() {
      for (const timer of timers) timer.abort();
    },
  };
}
