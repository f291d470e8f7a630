import { stripVTControlCharacters } from "node:util";

/**
 * Text that cannot steer a terminal: escape sequences go; other control characters, and marks that turn the direction of writing
 * around, become visible. Models, tools and file names decide what is printed, so nothing goes out without this.
 */
export function harmless(text: string): string {
  return stripVTControlCharacters(text)
    .replaceAll("\r\n", "\n")
    .replace(/[^\P{Cc}\n\t]|[\u202a-\u202e\u2066-\u2069]/gu, "\ufffd");
}

/** Breaks text into lines of at most `width` characters at spaces; list items keep their indent. */
export function wrap(text: string, width: number): readonly string[] {
  return text.split("\n").flatMap((paragraph) => {
    const indent = /^(\s*(?:[-*]|\d+\.)\s)/.exec(paragraph)?.[1]?.length ?? 0;
    const lines: string[] = [];
    let current = "";
    for (const word of paragraph.split(" ")) {
      const next = current === "" ? word : `${current} ${word}`;
      if (next.length > width && current.trim() !== "") {
        lines.push(current);
        current = `${" ".repeat(indent)}${word}`;
      } else current = next;
    }
    return [...lines, current];
  });
}
