import { isGenerated } from "./generated.ts";
import type { EvidenceTool } from "./tool.ts";

/** Added and deleted lines from which on reviewers are known to skim. */
const LARGE = 1000;

/** How large the change is, lock files and other generated files left out. */
export const size: EvidenceTool = {
  name: "size",
  required: false,
  look: ({ input }) => {
    const files = input.change.files.filter(({ path }) => !isGenerated(path));
    const added = files.reduce((sum, file) => sum + file.added, 0);
    const deleted = files.reduce((sum, file) => sum + file.deleted, 0);
    const summary = `${String(files.length)} ${files.length === 1 ? "file" : "files"}, +${String(added)} −${String(deleted)}.`;
    const [largest] = files.toSorted(
      (a, b) => b.added + b.deleted - a.added - a.deleted,
    );
    if (added + deleted <= LARGE || largest === undefined)
      return [{ status: "PASS", summary, findings: [] }];
    return [
      {
        status: "FAIL",
        summary: `${summary} Too much to review well at once.`,
        findings: [
          {
            path: largest.path,
            line: 0,
            claim:
              "the change is too large to review well; this is its largest file",
            severity: "low",
          },
        ],
      },
    ];
  },
};
