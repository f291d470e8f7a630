/** What a finding is about, told by its words alone. */
import type { Finding } from "../../protocol/consensus.ts";

/** Classes trust is learned by, the first that fits best. */
export const FINDING_CLASSES = [
  "security",
  "concurrency",
  "performance",
  "tests",
  "style",
  "correctness",
] as const;
export type FindingClass = (typeof FINDING_CLASSES)[number];

/** Word beginnings that speak for a class; "correctness" is what is left. */
const SIGNS: Readonly<Record<Exclude<FindingClass, "correctness">, RegExp>> = {
  security:
    /\b(?:secur|inject|xss|ssrf|csrf|redos|vulnerab|attack|exploit|bypass|saniti[sz]|unescap|escap(?:e|ing)|authenticat|authori[sz]|unauthori|privilege|permission|credential|password|secret|token leak|spoof|travers|prototype pollution|disclos|sensitive)/giu,
  concurrency:
    /\b(?:rac(?:e|y|ing)\b|concurren|deadlock|lock(?:s|ed|ing)?\b|mutex|atomic|thread|simultaneous|interleav|goroutine|unawaited|not awaited|in parallel)/giu,
  performance:
    /\b(?:perform|slow|n\+1|inefficien|quadratic|memory leak|leak(?:s|ed|ing)?\b|expensive|overhead|latenc|throughput|wasteful|bottleneck|unbounded)/giu,
  tests:
    /\b(?:tests?\b|tested|testing|untested|coverage|assert|mock|stub|fixture|flaky|spec\b)/giu,
  style:
    /\b(?:readab|styl(?:e|istic)|format(?:ting|ted)\b|naming|rename|typo|misspel|grammar|comments?\b|docs?\b|document|javadoc|docstring|unused|dead code|duplicat|redundan|refactor|simplif|maintainab|magic (?:number|string)|hard-?coded|convention|lint|nit(?:pick)?\b|whitespace|indent)/giu,
};

/** Words that tell a class, at most three of each, in thousandths. */
export type ClassSigns = Readonly<
  Record<Exclude<FindingClass, "correctness">, number>
>;

/** How many words of the claim tell each class, in thousandths and at most three. */
export function classSigns({ claim }: Pick<Finding, "claim">): ClassSigns {
  const count = (signs: RegExp): number =>
    1000 * Math.min(3, claim.match(signs)?.length ?? 0);
  return {
    security: count(SIGNS.security),
    concurrency: count(SIGNS.concurrency),
    performance: count(SIGNS.performance),
    tests: count(SIGNS.tests),
    style: count(SIGNS.style),
  };
}

/** The class most of the claim's telling words stand for; the earlier in {@link FINDING_CLASSES} when two have as many, correctness when there is none. Only the claim is read. */
export function findingClass(finding: Pick<Finding, "claim">): FindingClass {
  const signs = classSigns(finding);
  let best: FindingClass = "correctness";
  let most = 0;
  for (const name of FINDING_CLASSES) {
    if (name === "correctness" || signs[name] <= most) continue;
    most = signs[name];
    best = name;
  }
  return best;
}
