import { verdict, type EvidenceTool } from "./tool.ts";

/** Merge-conflict markers left in added lines. A lone `=======` is a heading in many formats, so only the named ends count. */
export const conflictMarkers: EvidenceTool = {
  name: "conflictMarkers",
  required: true,
  look: ({ added, cut }) => [
    verdict(
      added
        .filter(({ text }) => /^(?:<{7}|>{7}|\|{7}) \S/.test(text))
        .map(({ path, line }) => ({
          path,
          line,
          claim: "a merge-conflict marker is left in the file",
          severity: "high" as const,
        })),
      "No conflict markers.",
      (count) =>
        `${String(count)} conflict ${count === 1 ? "marker is" : "markers are"} left.`,
      cut,
    ),
  ],
};
