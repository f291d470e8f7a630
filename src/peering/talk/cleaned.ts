/** Text of a stranger as it may be shown and logged: one line, no control characters or marks that turn writing around, cut. */
export function cleaned(text: string, max: number): string {
  return text
    .toWellFormed()
    .replace(/[\p{Cc}\p{Cf}\u2028\u2029]+/gu, " ")
    .trim()
    .slice(0, max)
    .toWellFormed();
}
