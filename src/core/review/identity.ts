/** Names for findings that do not depend on the order they were raised in, nor on the lines above them. */
import type { Finding } from "../../protocol/consensus.ts";
import { compareText } from "../consensus/order.ts";

/**
 * The id of each finding, in the order given: made of the review's id, the path, the rule and the words of the claim; numbers in the claim do not
 * matter, since they are often line numbers. Where several say the same of one file, the lower lines come first: `-2`, `-3`.
 */
export function findingIds(
  reviewId: string,
  findings: readonly Finding[],
): readonly string[] {
  const names = findings.map(({ path, rule, claim }) =>
    digest([reviewId, path, rule ?? "", wordsOf(claim).join(" ")].join("\0")),
  );
  const order = findings
    .map((finding, index) => ({ finding, index }))
    .toSorted(
      (a, b) =>
        a.finding.line - b.finding.line ||
        compareText(a.finding.claim, b.finding.claim) ||
        compareText(a.finding.severity, b.finding.severity),
    );
  const met = new Map<string, number>();
  const ids = [...names];
  for (const { index } of order) {
    const name = names[index] ?? "";
    const count = (met.get(name) ?? 0) + 1;
    met.set(name, count);
    ids[index] = count === 1 ? name : `${name}-${String(count)}`;
  }
  return ids;
}

/** The words of a claim, lower case, without numbers and punctuation. */
function wordsOf(claim: string): readonly string[] {
  return (claim.toLowerCase().match(/[\p{L}_$][\p{L}\p{N}_$]*/gu) ?? []).filter(
    (word) => word !== "line" && word !== "lines",
  );
}

/** 64 bits as `f` and 16 hex digits: FNV-1a over UTF-16 code units from two starts. A name, no proof: nothing hostile hangs on it. */
function digest(text: string): string {
  let low = 0x811c9dc5;
  let high = 0xcbf29ce4;
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    low = Math.imul(low ^ unit, 0x01000193);
    high = Math.imul(high ^ (unit + at), 0x01000193);
  }
  return `f${hex(high)}${hex(low)}`;
}

function hex(bits: number): string {
  return (bits >>> 0).toString(16).padStart(8, "0");
}
