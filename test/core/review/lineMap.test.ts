import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { mapLines, sharedLines } from "../../../src/core/review/lineMap.ts";

const text = (...lines: readonly string[]): string =>
  lines.map((line) => `${line}\n`).join("");

const BEFORE = text("a()", "{", "  b()", "}", "c()", "{", "  d()", "}");

test("lines move with what is put in or taken out above them", () => {
  const now = mapLines(BEFORE, text("new()", "a()", "{", "  b()", "}", "d()"));
  assert.deepEqual(now(3), { line: 4, changed: false });
  const less = mapLines(BEFORE, BEFORE.replace("a()\n", ""));
  assert.deepEqual(less(7), { line: 6, changed: false });
});

test("a block that was moved is followed to its new place, and a line that was only indented is the same", () => {
  const moved = mapLines(
    BEFORE,
    text("c()", "{", "  d()", "}", "a()", "{", "  b()", "}"),
  );
  assert.deepEqual(moved(3), { line: 7, changed: false });
  const indented = mapLines(
    BEFORE,
    text("if (x) {", "  a()", "  {", "    b()", "  }", "}"),
  );
  assert.deepEqual(indented(3), { line: 4, changed: false });
});

test("a line that was edited or taken out has changed, and stands below what was above it", () => {
  const edited = mapLines(BEFORE, BEFORE.replace("b()", "safe(b)"));
  assert.deepEqual(edited(3), { line: 3, changed: true });
  const gone = mapLines(BEFORE, BEFORE.replace("  d()\n}\n", ""));
  assert.deepEqual(gone(7), { line: 6, changed: true });
  assert.deepEqual(mapLines("one\n", "")(1), { line: 1, changed: true });
});

test("line 0 is the whole file and changes with anything in it", () => {
  assert.deepEqual(mapLines("a", "a")(0), { line: 0, changed: false });
  assert.deepEqual(mapLines("a", "b")(0), { line: 0, changed: true });
});

test("every line that counts as unchanged reads the same in both texts, and no two go to one place", () => {
  const lines = fc.array(
    fc.constantFrom("a", "b", "  b", "}", "", "return x;", "return y;"),
    { maxLength: 25 },
  );
  fc.assert(
    fc.property(lines, lines, (before, after) => {
      const now = mapLines(text(...before), text(...after));
      const places = before.map((_, index) => now(index + 1));
      const kept = places.filter(({ changed }) => !changed);
      assert.equal(new Set(kept.map(({ line }) => line)).size, kept.length);
      places.forEach(({ line, changed }, index) => {
        assert.ok(line >= 1 && line <= Math.max(1, after.length));
        if (!changed)
          assert.equal(after[line - 1]?.trim(), before[index]?.trim());
      });
    }),
    { numRuns: 500 },
  );
});

test("a text and itself keep every line; a renamed file shares most of its lines", () => {
  const now = mapLines(BEFORE, BEFORE);
  for (let line = 1; line <= 8; line += 1)
    assert.deepEqual(now(line), { line, changed: false });
  assert.equal(sharedLines(BEFORE, `${BEFORE}more()\n`), 100);
  assert.equal(sharedLines("a\nb\n", "b\nc\n"), 50);
  assert.equal(sharedLines("", "x"), 0);
});
