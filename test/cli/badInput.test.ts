import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import {
  temporaryRepo,
  type TemporaryRepo,
} from "../adapters/git/temporaryRepo.ts";
import { run, type Ended } from "./terminal.ts";

/** Exactly these two lines for people, exit code 2, and nothing begun: no mission in the log, no worktree. */
function refused(ended: Ended, what: RegExp, next: RegExp): void {
  const [said = "", advice = ""] = ended.err.trim().split("\n").slice(-2);
  assert.match(said, what, ended.err);
  assert.match(advice, next, ended.err);
  assert.match(said, /^roundtable: /);
  assert.equal(ended.code, 2, ended.out);
  assert.equal(ended.out, "");
}

async function nothingBegun(repo: TemporaryRepo): Promise<void> {
  const { out } = await run(repo.top, ["log", "--repo", repo.root]);
  assert.match(out, /^Nothing yet/);
  assert.equal(repo.run(["worktree", "list"]).trim().split("\n").length, 1);
}

const rehearse = ["--model", "rehearsal", "--approve", "auto"];

describe("the command line", { concurrency: 3 }, () => {
  it("a folder outside every repository, or none at all, is told so", async () => {
    using repo = temporaryRepo();
    for (const name of ["plain", "missing"]) {
      const dir = join(repo.top, name);
      if (name === "plain") mkdirSync(dir);
      refused(
        await run(repo.top, ["run", "x", "--repo", dir, ...rehearse]),
        /is not in a git repository/,
        /Nothing was changed; .*git init/,
      );
    }
    assert.equal(existsSync(join(repo.top, "state")), false);
  });

  it("a dirty checkout is not built on, and stays as it is", async () => {
    using repo = temporaryRepo();
    repo.write("a.txt", "mine\n");
    repo.write("new.txt", "mine too\n");
    const before = repo.fingerprint();
    refused(
      await run(repo.top, ["run", "x", "--repo", repo.root, ...rehearse]),
      /2 uncommitted changes \(a\.txt, new\.txt\)/,
      /Nothing was touched\. Commit or stash/,
    );
    assert.equal(repo.fingerprint(), before);
    await nothingBegun(repo);
  });

  it("a repository without a commit is told what is missing", async () => {
    using repo = temporaryRepo();
    const dir = join(repo.top, "unborn");
    execFileSync("git", ["init", "-q", dir]);
    for (const args of [["run", "x"], ["review"]])
      refused(
        await run(repo.top, [...args, "--repo", dir, ...rehearse]),
        /has no commit yet/,
        /make a first commit/,
      );
  });

  it("a bare repository is refused", async () => {
    using repo = temporaryRepo();
    const dir = join(repo.top, "bare");
    execFileSync("git", ["init", "-q", "--bare", dir]);
    refused(
      await run(repo.top, ["run", "x", "--repo", dir, ...rehearse]),
      /is a bare repository/,
      /clone it/,
    );
  });

  it("a missing key is asked for before anything begins", async () => {
    using repo = temporaryRepo();
    const before = repo.fingerprint();
    refused(
      await run(repo.top, [
        "run",
        "x",
        "--repo",
        repo.root,
        "--model",
        "claude",
      ]),
      /There is no Anthropic API key/,
      /Nothing was started\. .*ANTHROPIC_API_KEY/,
    );
    refused(
      await run(repo.top, ["run", "x", "--repo", repo.root]),
      /none is set up/,
      /Nothing was started/,
    );
    assert.equal(repo.fingerprint(), before);
    await nothingBegun(repo);
  });

  it("an endpoint that cannot be reached is named", async () => {
    using repo = temporaryRepo();
    refused(
      await run(
        repo.top,
        [
          "run",
          "x",
          "--repo",
          repo.root,
          "--model",
          "claude",
          "--base-url",
          "http://127.0.0.1:9",
        ],
        { ANTHROPIC_API_KEY: "sk-test-key" },
      ),
      /http:\/\/127\.0\.0\.1:9 cannot be reached/,
      /Nothing is lost/,
    );
    await nothingBegun(repo);
  });

  it("the environment's endpoint is not followed silently: the key goes where it was told to go", async () => {
    using repo = temporaryRepo();
    const { err, code } = await run(
      repo.top,
      [
        "run",
        "x",
        "--repo",
        repo.root,
        "--model",
        "claude",
        "--base-url",
        "http://127.0.0.1:9",
      ],
      {
        ANTHROPIC_API_KEY: "sk-test-key",
        ANTHROPIC_BASE_URL: "http://127.0.0.1:10",
      },
    );
    assert.equal(code, 2);
    assert.match(err, /127\.0\.0\.1:9 cannot/);
  });

  it("a revision that does not exist, and one that changes nothing, are no reviews", async () => {
    using repo = temporaryRepo();
    const review = (...args: string[]): Promise<Ended> =>
      run(repo.top, ["review", "--repo", repo.root, ...args]);
    refused(
      await review("--base", "nonsense"),
      /"nonsense" names no commit/,
      /check the spelling/,
    );
    refused(
      await review("--base", "HEAD"),
      /nothing to review: HEAD and HEAD/,
      /name another --base/,
    );
    refused(
      await review(),
      /nothing has changed since the last commit/,
      /Nothing was started/,
    );
    refused(
      await review("--staged"),
      /nothing is staged/,
      /Nothing was started/,
    );
    refused(
      await review("--staged", "--base", "HEAD"),
      /exclude each other/,
      /Use one of them/,
    );
    await nothingBegun(repo);
  });

  it("a goal of nothing is no goal", async () => {
    using repo = temporaryRepo();
    refused(
      await run(repo.top, ["run", "  ", "--repo", repo.root, ...rehearse]),
      /goal: say what you want done/,
      /Nothing was started/,
    );
    await nothingBegun(repo);
  });

  it("flags that make no sense are refused by name, before anything is opened", async () => {
    using repo = temporaryRepo();
    const cases: readonly (readonly [readonly string[], RegExp])[] = [
      [
        ["run", "x", "--budget", "-1"],
        /'--budget <usd>' argument '-1' .*0 to 1000/,
      ],
      [["run", "x", "--budget", ""], /--budget/],
      [["run", "x", "--budget", "lots"], /--budget/],
      [
        ["run", "x", "--model", "gpt"],
        /'gpt' is invalid\. Allowed choices are auto, claude/,
      ],
      [["run", "x", "--approve", "maybe"], /'maybe' is invalid/],
      [["run", "x", "--base-url", "nonsense"], /--base-url/],
      [["hub", "--port", "70000"], /0 to 65535/],
      [["run"], /missing required argument 'goal'/],
      [["resume"], /--mission <id>' not specified/],
      [["frobnicate"], /unknown command 'frobnicate'/],
      [["run", "x", "--frob"], /unknown option '--frob'/],
    ];
    for (const [args, what] of cases)
      refused(await run(repo.top, args), what, /roundtable --help/);
    assert.equal(existsSync(join(repo.top, "state")), false);
  });

  it("a mission that is not there can neither be resumed nor shown", async () => {
    using repo = temporaryRepo();
    for (const command of ["resume", "log"])
      refused(
        await run(repo.top, [command, "--repo", repo.root, "--mission", "abc"]),
        /There is no mission "abc"/,
        /`roundtable log`/,
      );
  });
});
