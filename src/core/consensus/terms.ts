/** The words of a claim, as claims are compared by them. */

/** Distinct terms of one claim. */
export type Terms = ReadonlySet<string>;

const FILLERS = new Set(
  "a an and are as at be but by can could for from has have if in into is it its may might no not of on or should so that the their then there this to was when where which while will with without would".split(
    " ",
  ),
);

/** Letters in a run. */
const RUN = 4;

/** Distinct words without fillers and endings, in lower case; an identifier counts whole and by its parts. */
export function wordsOf(claim: string): Terms {
  const words = new Set<string>();
  for (const [token] of claim.normalize("NFKC").matchAll(/[\p{L}\p{N}_$]+/gu)) {
    const parts = token
      .split(/_|\$|(?<=[\p{Ll}\p{N}])(?=\p{Lu})/u)
      .filter((part) => part !== "");
    for (const part of [token, ...parts]) {
      const plain = part.toLowerCase();
      const word = stem(plain);
      if (word.length > 1 && !FILLERS.has(plain)) words.add(word);
    }
  }
  return words;
}

/** Distinct runs of four letters or digits, in lower case, where anything else is one space: what spelling and endings leave in common. */
export function gramsOf(claim: string): Terms {
  const text = ` ${claim
    .normalize("NFKC")
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, " ")
    .trim()} `;
  const grams = new Set<string>();
  for (let at = 0; at + RUN <= text.length; at += 1)
    grams.add(text.slice(at, at + RUN));
  return grams;
}

/** Takes off the endings that differ most between reviewers: plural and third person, -ing, -ed, -ly. */
function stem(word: string): string {
  if (word.length > 5 && word.endsWith("ing")) return word.slice(0, -3);
  if (word.length > 5 && word.endsWith("ies")) return `${word.slice(0, -3)}y`;
  if (word.length > 5 && word.endsWith("ly")) return word.slice(0, -2);
  if (word.length > 4 && word.endsWith("ed")) return word.slice(0, -2);
  if (word.length > 4 && word.endsWith("es")) return word.slice(0, -2);
  if (word.length > 4 && word.endsWith("e")) return word.slice(0, -1);
  return word.length > 3 && word.endsWith("s") && !word.endsWith("ss")
    ? word.slice(0, -1)
    : word;
}
