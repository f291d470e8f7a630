import type { Clock } from "../ports.ts";

/** A bucket of `burst` tokens that fills with `perSecond`; each call takes one and says whether there was one. */
export function createRate(
  clock: Clock,
  limits: { readonly perSecond: number; readonly burst: number },
): () => boolean {
  let left = limits.burst;
  let filledAt = clock.now();
  return () => {
    const now = clock.now();
    const gained = (Math.max(0, now - filledAt) / 1000) * limits.perSecond;
    left = Math.min(limits.burst, left + gained);
    filledAt = now;
    if (left < 1) return false;
    left -= 1;
    return true;
  };
}
