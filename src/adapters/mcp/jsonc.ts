/** Parses JSON that may hold comments and trailing commas, as editors write it. Throws a SyntaxError like `JSON.parse`. */
export function parseJsonc(text: string): unknown {
  return JSON.parse(withoutTrailingCommas(withoutComments(text)));
}

const STRING = String.raw`"(?:\\.|[^"\\])*"`;
const COMMENT = String.raw`//[^\n]*|/\*[\s\S]*?\*/`;

/** Strings are matched too, so that what looks like a comment inside one stays. */
function withoutComments(text: string): string {
  return text
    .replace(/^\uFEFF/, "")
    .replace(new RegExp(`${STRING}|${COMMENT}`, "g"), (match) =>
      match.startsWith('"') ? match : " ",
    );
}

function withoutTrailingCommas(text: string): string {
  return text.replace(
    new RegExp(String.raw`${STRING}|,(?=\s*[}\]])`, "g"),
    (match) => (match.startsWith('"') ? match : ""),
  );
}
