import { RoundtableError } from "../errors.ts";

/** Something in a rules file that cannot be used. `line` and `column` are 1-based. */
export interface RulesFault {
  readonly line: number;
  readonly column: number;
  /** What is wrong, as the end of a sentence: the key, and what is allowed there. */
  readonly what: string;
}

/** The first fault as an error that names file, line and column, and says how many more there are. `file` is how people find it. */
export function badRules(
  file: string,
  faults: readonly RulesFault[],
): RoundtableError {
  const [first] = faults;
  const { line, column, what } = first ?? { line: 1, column: 1, what: "" };
  const more = faults.length - 1;
  return new RoundtableError(
    "bad-rules",
    `${file}:${String(line)}:${String(column)} ${what}.${more > 0 ? ` ${String(more)} more ${more === 1 ? "fault follows" : "faults follow"}.` : ""}`,
    "Nothing was started. Correct the file and commit it; `roundtable rules check` shows what is wrong, docs/rules.md every key.",
  );
}

/** The name among `known` that `word` is most likely meant to be: at most a third of its letters differ; undefined where none is near. */
export function nearest(
  word: string,
  known: readonly string[],
): string | undefined {
  const plain = word.toLowerCase();
  const most = Math.max(1, Math.floor(word.length / 3));
  let best: string | undefined;
  let least = most + 1;
  for (const name of known) {
    const far = distance(plain, name.toLowerCase(), most);
    if (far >= least) continue;
    least = far;
    best = name;
  }
  return best;
}

/** Letters to add, drop or change (Levenshtein); more than `most` is not counted out. */
function distance(one: string, other: string, most: number): number {
  if (Math.abs(one.length - other.length) > most) return most + 1;
  let row = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (let i = 1; i <= one.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= other.length; j += 1)
      next.push(
        Math.min(
          (row[j] ?? 0) + 1,
          (next[j - 1] ?? 0) + 1,
          (row[j - 1] ?? 0) + (one[i - 1] === other[j - 1] ? 0 : 1),
        ),
      );
    row = next;
  }
  return row[other.length] ?? most + 1;
}
