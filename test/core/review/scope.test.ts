import assert from "node:assert/strict";
import { test } from "node:test";
import { isProblem } from "../../../src/core/errors.ts";
import {
  branchScope,
  pullRequestScope,
} from "../../../src/core/review/scope.ts";

const known = {
  current: "feature",
  into: "origin/main",
  names: ["feature", "origin/main", "pr/12"],
  pullRequests: [{ number: 12, ref: "refs/heads/pr/12" }],
};

const refuses = (message: RegExp, next: RegExp) => (error: unknown) =>
  isProblem(error, "bad-revision") &&
  message.test(error.message) &&
  next.test(error.next);

test("a branch is compared with what work is merged into, or with what is named", () => {
  assert.deepEqual(branchScope(known, "feature"), {
    kind: "branch",
    base: "origin/main",
    head: "feature",
  });
  assert.equal(branchScope(known, "feature", "next").base, "next");
});

test("a branch that would be compared with itself or with nothing is refused, with the way out", () => {
  assert.throws(
    () => branchScope(known, "origin/main"),
    refuses(/nothing to compare/, /--into/),
  );
  assert.throws(
    () => branchScope({ ...known, into: null }, "feature"),
    refuses(/neither a default branch/, /--into/),
  );
});

test("a pull request is found by its number or by a reference", () => {
  for (const which of ["12", "#12", "!12"])
    assert.equal(pullRequestScope(known, which).head, "refs/heads/pr/12");
  assert.equal(pullRequestScope(known, "origin/fix").head, "origin/fix");
});

test("a pull request that is not here is not fetched; the refusal says with what command", () => {
  assert.throws(
    () => pullRequestScope(known, "7"),
    refuses(
      /Pull request 7 is not in this repository/,
      /git fetch origin pull\/7\/head:pr\/7/,
    ),
  );
});
