import { isGenerated } from "./generated.ts";
import { isSource } from "./sourceFiles.ts";
import { verdict, type EvidenceTool } from "./tool.ts";

/** Commits in 90 days from which on a file is one that keeps being changed: more than one a week. */
const OFTEN = 15;

/** Files that are named. */
const MOST = 3;

/** Source of the change that has changed very often of late: where defects gather (N. Nagappan and T. Ball, "Use of relative code churn measures to predict system defect density", 2005). */
export const churn: EvidenceTool = {
  name: "churn",
  required: false,
  look: async ({ input, files }) => {
    if (input.reader === undefined)
      return [
        {
          status: "NOT_RUN",
          summary: "The history of the repository could not be read.",
          findings: [],
        },
      ];
    const newPath = new Map(
      files
        .filter(({ path }) => isSource(path) && !isGenerated(path))
        .map(({ path, oldPath }) => [oldPath ?? path, path]),
    );
    const often = (await input.reader.churn([...newPath.keys()]))
      .filter(({ commits }) => commits >= OFTEN)
      .toSorted((a, b) => b.commits - a.commits)
      .slice(0, MOST);
    return [
      verdict(
        often.map(({ path, commits }) => ({
          path: newPath.get(path) ?? path,
          line: 0,
          claim: `this file changed in ${String(commits)} commits of the 90 days before; look at it twice`,
          severity: "low" as const,
        })),
        "No file of the change has changed unusually often of late.",
        (count) =>
          `${String(count)} ${count === 1 ? "file keeps" : "files keep"} being changed.`,
      ),
    ];
  },
};
