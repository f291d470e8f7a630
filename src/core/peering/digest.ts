/** One line that says whether two hubs have the same of a room. */
import { compareText } from "../consensus/order.ts";
import type { Sealed } from "./room.ts";

/** Hash of everything that was said and of every fork, the same for any order they come in. Linear when they are in the order a machine gives them. */
export function roomDigest(
  said: readonly Sealed[],
  forked: readonly { readonly origin: string; readonly seq: number }[],
  hash: (text: string) => string,
): string {
  return hash(
    [
      ...sorted(said.map(lineOf)),
      "forked",
      ...sorted(forked.map(({ origin, seq }) => `${origin} ${String(seq)}`)),
    ].join("\n"),
  );
}

function lineOf({ envelope, hash }: Sealed): string {
  return `${envelope.origin} ${String(envelope.seq).padStart(16, "0")} ${hash}`;
}

function sorted(lines: readonly string[]): readonly string[] {
  const inOrder = lines.every(
    (line, index) =>
      index === 0 || compareText(lines[index - 1] ?? "", line) < 0,
  );
  return inOrder ? lines : lines.toSorted(compareText);
}
