import type { Said } from "../../src/protocol/panel.ts";

/** What happens one after another; everything between two of these may happen in any order. */
const MILESTONES: ReadonlySet<Said["kind"]> = new Set([
  "goal",
  "plan",
  "system",
  "tally",
  "ruling",
  "outcome",
]);

/**
 * A conversation as text that is the same for every run of one mission: no times, ids or hashes, and what happens at the same time in
 * alphabetical order. Permissions are left out, because whether they are asked depends on the machine's sandbox.
 */
export function transcript(conversation: readonly Said[]): string {
  const lines: string[] = [];
  let atOnce: string[] = [];
  for (const said of conversation) {
    if (said.kind === "permission") continue;
    if (!MILESTONES.has(said.kind)) {
      atOnce.push(lineOf(said));
      continue;
    }
    lines.push(...atOnce.toSorted(), lineOf(said));
    atOnce = [];
  }
  return `${[...lines, ...atOnce.toSorted()].join("\n")}\n`;
}

function lineOf({ from, to, kind, text, tone }: Said): string {
  const words = text
    .replace(/\b[0-9a-f]{10}\b/g, "COMMIT")
    .replace(" (without a sandbox)", "")
    .split("\n\n")
    .map((part) =>
      (kind === "tally" ? ballotsSorted(part) : part).replaceAll(
        "\n",
        "\n    ",
      ),
    )
    .join("\n    ");
  return `[${kind}, ${tone}] ${from} → ${to}: ${words}`;
}

/** Ballots are listed as they came in. */
function ballotsSorted(part: string): string {
  const lines = part.split("\n");
  return lines.every((line) => line.startsWith("- **"))
    ? lines.toSorted().join("\n")
    : part;
}
