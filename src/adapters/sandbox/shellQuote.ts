/** One line for a POSIX shell that runs exactly `argv`: every word in single quotes, so nothing in it means anything. */
export function shellQuote(argv: readonly string[]): string {
  return argv.map((word) => `'${word.replaceAll("'", `'\\''`)}'`).join(" ");
}
