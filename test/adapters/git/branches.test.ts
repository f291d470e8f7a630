import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { temporaryRepo, type TemporaryRepo } from "./temporaryRepo.ts";

const commitAt = (repo: TemporaryRepo, branch: string, day: number): void => {
  repo.run(["checkout", "-q", "-B", branch, "main"]);
  repo.write(`${branch.replaceAll("/", "-")}.txt`, "x\n");
  repo.run(["add", "-A"]);
  const date = `2026-01-${String(day)}T00:00:00Z`;
  repo.run([
    ...["-c", `user.name=Someone`, "commit", "-q", "-m", branch],
    ...["--date", date],
  ]);
};

describe("the branches of a repository", () => {
  it("are those of people, with main as the place work goes to, and the pull requests that were fetched", async () => {
    using repo = temporaryRepo();
    commitAt(repo, "feature/söme thing".replace(" ", "-"), 11);
    repo.run(["branch", "roundtable/abc"]);
    repo.run(["update-ref", "refs/pull/7/head", "HEAD"]);
    repo.run(["branch", "pr/12"]);
    repo.run(["update-ref", "refs/remotes/origin/pr/9", "HEAD"]);
    const { current, into, names, pullRequests } = await repo.git.branches(
      repo.root,
    );
    assert.equal(current, "feature/söme-thing");
    assert.equal(into, "main");
    assert.deepEqual(names.toSorted(), [
      "feature/söme-thing",
      "main",
      "origin/pr/9",
      "pr/12",
    ]);
    assert.deepEqual(
      pullRequests.toSorted((a, b) => a.number - b.number),
      [
        { number: 7, ref: "refs/pull/7/head" },
        { number: 9, ref: "refs/remotes/origin/pr/9" },
        { number: 12, ref: "refs/heads/pr/12" },
      ],
    );
  });

  it("go into the remote's default branch where it has one, and nowhere where there is neither that nor main", async () => {
    using repo = temporaryRepo();
    repo.run(["update-ref", "refs/remotes/origin/trunk", "HEAD"]);
    repo.run([
      ...["symbolic-ref", "refs/remotes/origin/HEAD"],
      "refs/remotes/origin/trunk",
    ]);
    assert.equal((await repo.git.branches(repo.root)).into, "origin/trunk");
    using other = temporaryRepo();
    other.run(["branch", "-m", "main", "solo"]);
    const { into, current } = await other.git.branches(other.root);
    assert.deepEqual([current, into], ["solo", null]);
  });
});
