import assert from "node:assert/strict";
import { test } from "node:test";
import { placeFix } from "../../../src/core/review/placeFix.ts";

const REVIEWED = "one\ntwo\nthree\nfour\n";
const FIX = { from: 2, to: 3, text: "2 and 3" };

test("a fix moves with its lines", () => {
  assert.deepEqual(placeFix(FIX, REVIEWED, REVIEWED), FIX);
  assert.deepEqual(placeFix(FIX, REVIEWED, `zero\n${REVIEWED}`), {
    ...FIX,
    from: 3,
    to: 4,
  });
});

test("a fix whose lines were edited, parted, indented anew or taken out has no place any more", () => {
  for (const now of [
    "one\ntwo!\nthree\nfour\n",
    "one\ntwo\nthree!\nfour\n",
    "one\ntwo\nnew\nthree\nfour\n",
    "one\n  two\nthree\nfour\n",
    "one\nfour\n",
    "",
  ])
    assert.equal(placeFix(FIX, REVIEWED, now), undefined, now);
});

test("a fix that names lines the reviewed file does not have is none", () => {
  assert.equal(placeFix({ ...FIX, to: 9 }, REVIEWED, REVIEWED), undefined);
  assert.equal(
    placeFix({ from: 3, to: 2, text: "" }, REVIEWED, REVIEWED),
    undefined,
  );
});
