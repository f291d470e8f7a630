/** Text of another hub's people and agents: without control characters and marks that turn writing around, lines kept, cut. */
export function paragraphs(text: string, max: number): string {
  return text
    .toWellFormed()
    .replace(/\r\n?/gu, "\n")
    .replace(/[^\P{Cc}\n\t]|[\p{Cf}\u2028\u2029]/gu, " ")
    .trim()
    .slice(0, max)
    .toWellFormed();
}

/** Its first line, for a title. */
export function firstLine(text: string, max: number): string {
  const [line = ""] = paragraphs(text, 8000).split("\n");
  const plain = line.replace(/\s+/gu, " ").trim();
  return plain.length <= max ? plain : `${plain.slice(0, max - 1)}…`;
}
