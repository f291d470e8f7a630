/** What a finding is about, told by its words alone. */
import type { Finding } from "../../protocol/consensus.ts";

/** Classes trust is learned by, the first that fits best. */
export const FINDING_CLASSES = [
  "security",
  "concurrency",
  "performance",
  "tests",
  "docs",
  "style",
  "correctness",
] as const;
export type FindingClass = (typeof FINDING_CLASSES)[number];

/** Word beginnings that speak for a class; "correctness" is what is left. */
const SIGNS: Readonly<Record<Exclude<FindingClass, "correctness">, RegExp>> = {
  security:
    /\b(?:security|inject\w*|xss|ssrf|csrf|redos|vulnerab\w*|attack\w*|exploit\w*|bypass\w*|saniti[sz]\w*|escap\w*|permission\w*|unauthori[sz]\w*|credential\w*|secrets?|spoof\w*|travers\w*|prototype pollution)\b/giu,
  concurrency:
    /\b(?:race|races|racy|concurren\w*|lock\w*|deadlock\w*|atomic\w*|thread\w*|mutex\w*|await\w*|async\w*)\b/giu,
  performance:
    /\b(?:performance|slow\w*|n\+1|inefficien\w*|memory|expensive|overhead|latency|timeouts?|leak\w*)\b/giu,
  tests:
    /\b(?:tests?|tested|testing|untested|coverage|assert\w*|mock\w*|stubs?|fixtures?|spec|flaky)\b/giu,
  docs: /\b(?:comments?|docs?|documentation|javadocs?|docstrings?|readme|typos?|messages?|readab\w*|style|format\w*|naming)\b/giu,
  style:
    /\b(?:unused|dead|redundant|duplicat\w*|repeated|refactor\w*|extract\w*|simplif\w*|maintain\w*|magic|hard-?coded|convention\w*|nit|nitpick)\b/giu,
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
    docs: count(SIGNS.docs),
    style: count(SIGNS.style),
  };
}

/** Words that state what is so, as against what might be or should be done. */
const ASSERTIONS = /\b(?:will|always|never|is|are|does|cannot|only)\b/giu;

/** How many words of the claim state what is so, in thousandths and at most three. */
export function assertionSigns({ claim }: Pick<Finding, "claim">): number {
  return 1000 * Math.min(3, claim.match(ASSERTIONS)?.length ?? 0);
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
