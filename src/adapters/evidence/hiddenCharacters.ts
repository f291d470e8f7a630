import { isGenerated } from "./generated.ts";
import { isSource } from "./sourceFiles.ts";
import { verdict, type EvidenceTool } from "./tool.ts";

/** Embeddings, overrides and isolates of text direction (CVE-2021-42574, "Trojan Source"). */
const DIRECTION = /[\u202A-\u202E\u2066-\u2069]/;

/** Characters in added lines of source that make it read other than it runs. */
export const hiddenCharacters: EvidenceTool = {
  name: "hiddenCharacters",
  required: false,
  look: ({ added, cut }) => [
    verdict(
      added
        .filter(
          ({ path, text }) =>
            isSource(path) && !isGenerated(path) && DIRECTION.test(text),
        )
        .map(({ path, line }) => ({
          path,
          line,
          claim:
            "hidden characters turn the direction of text round, so that code can read other than it runs",
          severity: "medium" as const,
        })),
      "No hidden characters in added source.",
      (count) =>
        `${String(count)} added ${count === 1 ? "line holds" : "lines hold"} hidden characters.`,
      cut,
    ),
  ],
};
