/** Which lineages are versions of one another. */

/** A version, a date, or a word that stands for one. */
const VERSION = /^(?:v?\d+(?:\.\d+)*|latest|preview|beta)$/u;

/**
 * The family of a lineage: its name without versions and dates, so that `claude-opus-5-5` and `claude-opus-5-6-20261101` are of one. A name that
 * is nothing but a version is its own family.
 */
export function familyOf(lineage: string): string {
  const words = lineage
    .toLowerCase()
    .split(/[\s@:/_-]+/u)
    .filter((word) => word !== "" && !VERSION.test(word));
  return words.length === 0 ? lineage : words.join("-");
}
