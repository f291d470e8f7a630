import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
  temporaryRepo,
  type TemporaryRepo,
} from "../adapters/git/temporaryRepo.ts";
import { run, type Ended } from "./terminal.ts";

const review = (repo: TemporaryRepo, ...args: string[]): Promise<Ended> =>
  run(repo.top, [
    ...["review", "--repo", repo.root, "--approve", "auto", "--json"],
    ...["--model", "none", ...args],
  ]);

/** A branch with a dangerous call, parted from main, which has gone on since. */
function parted(): TemporaryRepo {
  const repo = temporaryRepo({ "a.py": "x = 1\n" });
  repo.run(["checkout", "-q", "-b", "feature"]);
  repo.write("b.py", "def f(y):\n    return eval(y)\n");
  repo.commit("feature");
  repo.run(["checkout", "-q", "main"]);
  repo.write("c.py", "def g(y):\n    return eval(y)\n");
  repo.commit("main goes on");
  return repo;
}

interface Reported {
  readonly scope: { readonly kind: string };
  readonly missionId: string;
  readonly findings: readonly {
    readonly path: string;
    readonly line: number;
  }[];
}

const reported = ({ out }: Ended): Reported => JSON.parse(out) as Reported;

/** Lines with findings; what is said of whole files is left out. */
const places = ({ findings }: Reported): readonly string[] => [
  ...new Set(
    findings
      .filter(({ line }) => line > 0)
      .map(({ path, line }) => `${path}:${String(line)}`),
  ),
];

describe("what a review from the terminal looks at", { concurrency: 2 }, () => {
  it("is what a branch has on top of where it left main, and nothing of what main got since", async () => {
    using repo = parted();
    const seen = reported(await review(repo, "--branch", "feature"));
    assert.deepEqual(seen.scope, {
      kind: "branch",
      base: "main",
      head: "feature",
    });
    assert.deepEqual(places(seen), ["b.py:2"]);
  });

  it("is a pull request by its number, once it was fetched", async () => {
    using repo = parted();
    const refused = await review(repo, "--pull-request", "7");
    assert.equal(refused.code, 2);
    assert.equal(refused.out, "");
    assert.match(refused.err, /Pull request 7 is not in this repository/);
    assert.match(refused.err, /git fetch origin pull\/7\/head:pr\/7/);
    repo.run(["update-ref", "refs/pull/7/head", "feature"]);
    const seen = reported(await review(repo, "--pull-request", "7"));
    assert.deepEqual(places(seen), ["b.py:2"]);
  });

  it("is the scope of an earlier review again: what is still there is followed, what is gone is settled", async () => {
    using repo = parted();
    repo.write("b.py", "def f(y):\n    return eval(y)\n");
    repo.write("d.py", "import yaml\n\n\ndef h(y):\n    return exec(y)\n");
    const first = reported(await review(repo));
    assert.deepEqual(places(first).toSorted(), ["b.py:2", "d.py:5"]);
    repo.write("b.py", "# moved\n\n\ndef f(y):\n    return eval(y)\n");
    repo.write("d.py", "import yaml\n\n\ndef h(y):\n    return y\n");
    const ended = await review(repo, "--again", first.missionId);
    const seen = reported(ended);
    assert.deepEqual(seen.scope, { kind: "working" });
    assert.deepEqual(places(seen), ["b.py:5"]);
    assert.match(ended.err, /Of the findings of the review before: 1 gone/);
  });

  it("is never two things at once, nor a revision that does not exist", async () => {
    using repo = parted();
    for (const [args, message] of [
      [["--staged", "--branch", "feature"], /--staged and --branch exclude/],
      [["--head", "feature"], /--base is missing/],
      [["--into", "main"], /--into says where a branch goes to/],
      [["--branch", "main"], /nothing to compare it with/],
      [["--branch", "nowhere"], /nowhere/],
      [["--again", "m0"], /There is no mission "m0"/],
    ] as const) {
      const { code, out, err } = await review(repo, ...args);
      assert.equal(code, 2, args.join(" "));
      assert.equal(out, "");
      assert.match(err, message);
    }
  });
});
