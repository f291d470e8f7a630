import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { astrayAmong, placed } from "../../../src/core/consensus/place.ts";
import { finding } from "./table.ts";

const FILES = [
  { path: "src/cart.ts", lines: 40 },
  { path: "logo.png", lines: 0 },
];

describe("the place of a finding", () => {
  it("is there when its file is and has the line", () => {
    for (const [path, line] of [
      ["src/cart.ts", 0],
      ["src/cart.ts", 1],
      ["src/cart.ts", 40],
      ["./src/cart.ts", 40],
      ["././src/cart.ts", 3],
      ["logo.png", 0],
      ["", 0],
    ] as const)
      assert.ok(placed({ path, line }, FILES), `${path}:${String(line)}`);
  });

  it("is not there behind the last line, in a binary or unknown file, or without a file", () => {
    for (const [path, line] of [
      ["src/cart.ts", 41],
      ["src/Cart.ts", 1],
      ["src/other.ts", 0],
      ["../src/cart.ts", 1],
      ["logo.png", 1],
      ["", 7],
    ] as const)
      assert.ok(!placed({ path, line }, FILES), `${path}:${String(line)}`);
    assert.ok(!placed({ path: "src/cart.ts", line: 0 }, []));
  });

  it("is looked up for every finding of a ballot", () => {
    assert.deepEqual(
      astrayAmong(
        [
          finding({ line: 4 }),
          finding({ line: 400 }),
          finding({ path: "gone.ts" }),
        ],
        FILES,
      ),
      [1, 2],
    );
    assert.deepEqual(astrayAmong([], FILES), []);
  });
});
