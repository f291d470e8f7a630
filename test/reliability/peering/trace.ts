/** Everything that happened in a simulation, as one number, and as lines for whoever replays it. */
export interface Trace {
  /** Something happened; the words, if there are any, are built only when somebody reads along. */
  note(words: (() => string) | undefined, ...numbers: readonly number[]): void;
  readonly hash: string;
}

/** A whole number for a text: FNV-1a, 32 bit. */
export function numberOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at += 1)
    hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return hash >>> 0;
}

/** An empty trace; `say` gets each line, if there is anybody who reads along. */
export function createTrace(say?: (line: string) => void): Trace {
  let low = 0x811c9dc5;
  let high = 0x2545f491;
  return {
    note(words, ...numbers) {
      for (const number of numbers) {
        low = Math.imul(low ^ number, 0x01000193);
        high = Math.imul(high ^ low ^ (number >>> 15), 0x5bd1e995);
      }
      if (say !== undefined && words !== undefined) say(words());
    },
    get hash() {
      return [low, high]
        .map((half) => (half >>> 0).toString(16).padStart(8, "0"))
        .join("");
    },
  };
}
