import { isGenerated } from "./generated.ts";
import { isSource, isTest } from "./sourceFiles.ts";
import { verdict, type EvidenceTool, type Look } from "./tool.ts";

/** Lines that may be added without a test being missed. */
const TRIVIAL = 3;

/** Tests that are read to find what they are about. */
const MOST_TESTS = 1000;

/**
 * Source that changed and that no test speaks of: neither its name nor its path is in any test, changed or not. Where the repository cannot
 * be read, source that changed while no test did.
 */
export const missingTests: EvidenceTool = {
  name: "missingTests",
  required: false,
  look: async (look) => {
    const { files } = look.input.change;
    const sources = files.filter(
      ({ path, added, status }) =>
        isSource(path) &&
        !isTest(path) &&
        !isGenerated(path) &&
        status !== "deleted" &&
        added > TRIVIAL,
    );
    const words = sources.length === 0 ? undefined : await wordsOfTests(look);
    const changedTests = files.some(({ path }) => isTest(path));
    const untested = sources.filter(({ path }) =>
      words === undefined ? !changedTests : !words.has(subjectOf(path)),
    );
    return [
      verdict(
        untested.map(({ path }) => ({
          path,
          line: 0,
          claim:
            words === undefined
              ? "this source changed, and no test changed with it"
              : "this source changed, and no test speaks of it",
          severity: "low" as const,
        })),
        sources.length === 0
          ? "No source changed that a test could be missed for."
          : "Tests speak of all source that changed.",
        (count) =>
          `${String(count)} source ${count === 1 ? "file" : "files"} changed without a test.`,
      ),
    ];
  },
};

/** Every word in tests and in their paths, extensions left out; undefined where the repository cannot be read. */
async function wordsOfTests({
  input,
}: Look): Promise<ReadonlySet<string> | undefined> {
  if (input.reader === undefined) return undefined;
  const tests = (await input.reader.files())
    .filter((path) => isTest(path) && !isGenerated(path))
    .slice(0, MOST_TESTS);
  const words = new Set<string>();
  for (const file of await input.reader.texts("head", tests)) {
    const text = "text" in file ? file.text : "";
    for (const [word] of `${file.path} ${text}`.matchAll(/[\w$.-]+/g))
      words.add(stem(word));
  }
  return words;
}

/** What a test would name: the file, or of an index file its folder. */
function subjectOf(path: string): string {
  const parts = path.split("/");
  const name = stem(parts.pop() ?? "");
  return /^(?:index|main|mod|__init__)$/.test(name)
    ? stem(parts.pop() ?? name)
    : name;
}

/** A file name up to its first dot: that of `a.test.ts` is that of `a.ts`, and so is Go's `a_test.go` and Python's `test_a.py`. */
function stem(name: string): string {
  return (name.replace(/^\.+\/?/, "").split(".", 1)[0] ?? "")
    .replace(/^test_/, "")
    .replace(/(?:_test|Tests?)$/, "");
}
