import { invalidField } from "./wireError.ts";

/** Most items of one stream a client can ask for ahead. */
export const MAX_CREDIT = 1_000_000;

/** Service parameter of a request that opens a stream: how many items the client takes before it grants more. */
export const CREDIT_PARAM = "stream-credit";

/** How many more items of a stream the other side takes. */
export interface Credit {
  grant(items: number): void;
  /** Uses one up; resolves once there is one, or when the signal aborts. */
  take(signal: AbortSignal): Promise<void>;
}

/** The credit a stream starts with; undefined when the client asked for none of this. −32602 for anything but a whole number from 0 to {@link MAX_CREDIT}. */
export function creditOf(
  serviceParams: ReadonlyMap<string, string>,
): Credit | undefined {
  const given = serviceParams.get(CREDIT_PARAM);
  if (given === undefined) return undefined;
  if (!/^\d{1,7}$/.test(given) || Number(given) > MAX_CREDIT)
    throw invalidField(
      "serviceParams.Stream-Credit",
      `must be a whole number from 0 to ${String(MAX_CREDIT)}`,
    );
  return createCredit(Number(given));
}

/** True for what a client may grant at once. */
export function isGrant(value: unknown): value is number {
  return (
    typeof value === "number" &&
    Number.isInteger(value) &&
    value >= 1 &&
    value <= MAX_CREDIT
  );
}

function createCredit(initial: number): Credit {
  let left = initial;
  let wake: () => void = () => undefined;
  return {
    grant(items) {
      left = Math.min(MAX_CREDIT, left + items);
      wake();
    },
    async take(signal) {
      while (left === 0 && !signal.aborted)
        await new Promise<void>((resolve) => {
          const done = (): void => {
            signal.removeEventListener("abort", done);
            resolve();
          };
          wake = done;
          signal.addEventListener("abort", done);
        });
      if (left > 0) left -= 1;
    },
  };
}
