/** How delivery behaves; the defaults are those of `docs/delivery.md`. */
export interface DeliveryLimits {
  /** Letters one recipient may have before it has acknowledged any of them. */
  readonly window: number;
  /** How long a recipient may take to acknowledge, ms. */
  readonly ackMs: number;
  /** Tries before a letter is dead. */
  readonly tries: number;
  /** Wait after the first failed try, ms; doubled with each further one, half of it left to chance. */
  readonly backOffMs: number;
  /** Longest wait between tries, ms. */
  readonly longestBackOffMs: number;
}

/** The limits where nobody asks for others. */
export const LIMITS: DeliveryLimits = {
  window: 1024,
  ackMs: 30_000,
  tries: 8,
  backOffMs: 500,
  longestBackOffMs: 60_000,
};

/** How long to wait after that many failures, ms: exponential with jitter, between half and all of `backOffMs · 2^(failures−1)`. `seed` is a whole number from 0 to 2^31 − 1. */
export function backOff(
  {
    backOffMs,
    longestBackOffMs,
  }: Pick<DeliveryLimits, "backOffMs" | "longestBackOffMs">,
  failures: number,
  seed: number,
): number {
  const most = Math.min(
    longestBackOffMs,
    backOffMs * 2 ** Math.min(30, failures - 1),
  );
  return Math.round(most * (0.5 + seed / 2 ** 32));
}
