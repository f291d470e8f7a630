import assert from "node:assert/strict";
import { test } from "node:test";
import { checkQuotes } from "../../src/mission/quotes.ts";
import type { FileText } from "../../src/ports/changeReader.ts";

const TEXTS: Readonly<Record<string, string>> = {
  "src/total.js": `export function total(lines) {
  let sum = 0;
  for (const line of lines) {
    sum += line.price;
  }
  return sum;
}
`,
  "empty.txt": "",
};

const read = (paths: readonly string[]): Promise<readonly FileText[]> =>
  Promise.resolve(
    paths.map((path) => {
      const text = TEXTS[path];
      return text === undefined ? { path, unread: "missing" } : { path, text };
    }),
  );

const looked = async (
  line: number,
  text: string,
  path = "src/total.js",
): Promise<{ readonly stand: boolean; readonly line: number | undefined }> => {
  const { quotes, stand } = await checkQuotes([{ path, line, text }], read);
  return { stand, line: quotes[0]?.line };
};

test("a quote stands where it says, white space aside", async () => {
  for (const text of [
    "    sum += line.price;",
    "sum  +=\tline.price;",
    "for (const line of lines) {\n    sum += line.price;\n  }\n",
  ])
    assert.ok((await looked(text.startsWith("for") ? 3 : 4, text)).stand, text);
});

test("one that stands up to two lines away gets its right line, one further away stands nowhere", async () => {
  for (const [said, stand] of [
    [2, true],
    [3, true],
    [5, true],
    [6, true],
    [1, false],
    [7, false],
    [400, false],
  ] as const)
    assert.deepEqual(await looked(said, "sum += line.price;"), {
      stand,
      line: stand ? 4 : said,
    });
});

test("numbers of read_file and marks of a diff are not part of what is quoted", async () => {
  for (const text of [
    "4\t    sum += line.price;",
    "+    sum += line.price;",
    "+    sum += line.price;\n+  }",
    "4\t    sum += line.price;\n5\t  }",
  ])
    assert.ok((await looked(4, text)).stand, text);
});

test("what is not there, says nothing, or is of no file, does not stand", async () => {
  for (const [line, text, path] of [
    [4, "sum += line.price * line.quantity;", undefined],
    [4, "sum", undefined],
    [7, "}", undefined],
    [1, "}", "empty.txt"],
    [4, "sum += line.price;", "src/other.js"],
    [4, "sum += line.price;", "../src/total.js"],
  ] as const)
    assert.equal((await looked(line, text, path)).stand, false, text);
  assert.equal((await checkQuotes([], read)).stand, false);
});

test("one quote that does not stand spoils the others", async () => {
  const { stand, quotes } = await checkQuotes(
    [
      { path: "src/total.js", line: 5, text: "sum += line.price;" },
      { path: "src/total.js", line: 1, text: "function sum(lines) {" },
    ],
    read,
  );
  assert.equal(stand, false);
  assert.deepEqual(
    quotes.map(({ line }) => line),
    [4, 1],
  );
});
