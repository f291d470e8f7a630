/**
 * Whether a path (with `/`, relative to the repository) fits a pattern of a rules file: `*` and `?` stay within a name, `**` crosses folders; a
 * pattern without a slash fits in every folder, and one that fits a folder fits everything in it. Case is ignored: a label should rather fit too much.
 * Time grows with the product of the lengths, whatever the pattern.
 */
export function fitsPath(pattern: string, path: string): boolean {
  const plain = pattern.toLowerCase().replace(/^\.?\/+|\/+$/gu, "");
  if (plain === "") return false;
  const anywhere = !pattern.replace(/\/+$/u, "").includes("/");
  const wanted = [...(anywhere ? ["**"] : []), ...plain.split("/"), "**"];
  return wild(wanted, path.toLowerCase().split("/"), "**", fitsName);
}

function fitsName(pattern: string, name: string): boolean {
  return wild(
    Array.from(pattern),
    Array.from(name),
    "*",
    (one, other) => one === "?" || one === other,
  );
}

/** Greedy matching with one point to go back to: `any` in the pattern stands for any number of parts. */
function wild(
  pattern: readonly string[],
  parts: readonly string[],
  any: string,
  fits: (pattern: string, part: string) => boolean,
): boolean {
  let at = 0;
  let star = -1;
  let from = 0;
  for (let part = 0; part < parts.length;) {
    const wanted = pattern[at];
    if (wanted === any) {
      star = at++;
      from = part;
    } else if (wanted !== undefined && fits(wanted, parts[part] ?? "")) {
      at += 1;
      part += 1;
    } else if (star >= 0) {
      at = star + 1;
      part = ++from;
    } else return false;
  }
  return pattern.slice(at).every((rest) => rest === any);
}
