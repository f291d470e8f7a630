import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { it } from "node:test";
import fc from "fast-check";
import { shellQuote } from "../../../src/adapters/sandbox/shellQuote.ts";

it("any words without NUL come out of a real shell as they went in", () => {
  const word = fc
    .array(
      fc.oneof(
        fc.constantFrom(
          "'",
          '"',
          "\\",
          "$",
          "`",
          "!",
          "\n",
          " ",
          "*",
          ";",
          "&",
          "ü",
          "-",
        ),
        fc.string({ unit: "binary", maxLength: 5 }),
      ),
    )
    .map((parts) => parts.join("").replaceAll("\0", ""));
  fc.assert(
    fc.property(fc.array(word, { minLength: 1, maxLength: 20 }), (words) => {
      const out = execFileSync(
        "sh",
        ["-c", `printf '%s\\0' ${shellQuote(words)}`],
        { encoding: "utf8" },
      );
      assert.deepEqual(out.split("\0").slice(0, -1), words);
    }),
    { numRuns: 100 },
  );
});
