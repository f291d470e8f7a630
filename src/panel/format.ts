/** Money in dollars from micro-dollars: two digits, three below ten cents, `$0` for none. */
export function money(microUsd: number): string {
  if (microUsd === 0) return "$0";
  const dollars = microUsd / 1_000_000;
  return `$${dollars.toFixed(Math.abs(dollars) < 0.1 ? 3 : 2)}`;
}

/** A whole number in the reader's notation, shortened from 10,000 on: `12.4k`. */
export function count(value: number): string {
  return value < 10_000
    ? value.toLocaleString()
    : new Intl.NumberFormat(undefined, {
        notation: "compact",
        maximumFractionDigits: 1,
      }).format(value);
}

/** Time of day, hours and minutes. */
export function clock(at: number): string {
  return timeOfDay.format(at);
}

/** Date and time of day to the second. */
export function exactly(at: number): string {
  return moment.format(at);
}

/** The day as text that can be compared for "same day". */
export function day(at: number): string {
  return wholeDay.format(at);
}

/** Time today, else the date. */
export function when(at: number, now: number): string {
  return day(at) === day(now) ? clock(at) : shortDay.format(at);
}

/** A duration from milliseconds: `340 ms`, `3.2 s`, `2 min`. */
export function duration(ms: number): string {
  if (ms < 1000) return `${String(ms)} ms`;
  if (ms < 100_000) return `${(ms / 1000).toFixed(1)} s`;
  return `${String(Math.round(ms / 60_000))} min`;
}

/** The first seven characters of a hash. */
export function short(hash: string): string {
  return hash.slice(0, 7);
}

/** A signed number of logits from milli-logits, one digit. */
export function logits(milli: number): string {
  const value = (Math.abs(milli) / 1000).toFixed(1);
  return milli < 0 ? `−${value}` : `+${value}`;
}

/**
 * Text as a person must see it before allowing it: control, zero-width and direction-changing characters are written out as `\u{…}`,
 * because they could make one command look like another.
 */
export function visible(text: string): string {
  return text.replaceAll(
    /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\u00a0\u3164]/gu,
    (character) =>
      `\\u{${(character.codePointAt(0) ?? 0).toString(16).padStart(4, "0")}}`,
  );
}

const timeOfDay = new Intl.DateTimeFormat(undefined, {
  hour: "2-digit",
  minute: "2-digit",
  hour12: false,
});
const moment = new Intl.DateTimeFormat(undefined, {
  dateStyle: "medium",
  timeStyle: "medium",
  hour12: false,
});
const wholeDay = new Intl.DateTimeFormat(undefined, { dateStyle: "full" });
const shortDay = new Intl.DateTimeFormat(undefined, {
  month: "short",
  day: "numeric",
});
