/**
 * Text that is not ours to obey, between marks it cannot forge: the mark's number is chosen so that it does not occur in the text.
 * Equal input gives equal output, for caching. `label` is ours.
 */
export function asData(label: string, text: string): string {
  let mark = "data";
  for (let number = 1; looksLikeMark(text, mark); number += 1)
    mark = `data-${String(number)}`;
  return `<${mark} of="${label.replace(/["<>\n\r]/g, "'")}">\n${text}\n</${mark}>`;
}

/** The text without such marks, for people. */
export function withoutMarks(text: string): string {
  return text.replace(/<\/?data(?:-\d+)?(?: of="[^"]*")?>/g, "");
}

function looksLikeMark(text: string, mark: string): boolean {
  return new RegExp(`<[\\s/]*${mark}`, "i").test(text);
}

/** The text, or its first `limit` characters and a line that says how much is missing and `hint` at the rest. */
export function cut(text: string, limit: number, hint: string): string {
  if (text.length <= limit) return text;
  const kept = text.slice(0, limit);
  return `${kept}\n… ${String(text.length - limit)} more characters are not shown; ${hint}`;
}
