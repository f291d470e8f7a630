/**
 * Tells the line, from 1, of a place in a text, as git counts lines: only a line feed ends one. Parsers of JavaScript also end lines at a lone
 * carriage return and at U+2028 and U+2029, so take their offsets and not their line numbers.
 */
export function lineAt(text: string): (offset: number) => number {
  const starts = [0];
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1))
    starts.push(at + 1);
  return (offset) => {
    let [low, high] = [0, starts.length - 1];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((starts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return low + 1;
  };
}
