import { isGenerated } from "./generated.ts";
import { verdict, type EvidenceTool } from "./tool.ts";

const SOURCE =
  /\.(?:[cm]?[jt]sx?|py|go|rs|java|kt|rb|php|cs|c|cc|cpp|h|swift|scala)$/;
const TEST =
  /(?:^|\/)(?:tests?|__tests__|spec)\/|[._-](?:test|spec)\.|(?:^|\/)test_|_test\.|Tests?\.\w+$/;
const TRIVIAL = 3;

/** Source that changed while no test did. */
export const missingTests: EvidenceTool = {
  name: "missingTests",
  required: false,
  look: ({ input }) => {
    const { files } = input.change;
    const tested = files.some(({ path }) => TEST.test(path));
    const untested = tested
      ? []
      : files.filter(
          ({ path, added, status }) =>
            SOURCE.test(path) &&
            !path.endsWith(".d.ts") &&
            !isGenerated(path) &&
            status !== "deleted" &&
            added > TRIVIAL,
        );
    return [
      verdict(
        untested.map(({ path }) => ({
          path,
          line: 0,
          claim: "this source changed, and no test changed with it",
          severity: "low" as const,
        })),
        tested ? "Tests changed with the source." : "No source to test.",
        (count) =>
          `${String(count)} source ${count === 1 ? "file" : "files"} changed without a test.`,
      ),
    ];
  },
};
