import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
  temporaryRepo,
  type TemporaryRepo,
} from "../adapters/git/temporaryRepo.ts";
import { run, type Ended } from "./terminal.ts";

/** A small package as it is published: sources, a bundle, a test that Node alone can run. */
const FIRST: Readonly<Record<string, string>> = {
  "package.json": JSON.stringify({
    name: "query",
    version: "1.0.0",
    type: "module",
    scripts: { test: "node --test" },
  }),
  "index.js": `export function parse(text) {
  const out = {};
  for (const pair of text.split("&")) {
    const [key, value] = pair.split("=");
    out[key] = value;
  }
  return out;
}
`,
  "dist/query.min.js": "var q=1;\n",
  "query.test.js": `import assert from "node:assert/strict";
import test from "node:test";
import { parse } from "./index.js";

test("pairs become properties", () => {
  assert.equal(parse("a=1&b=2").b, "2");
});
`,
};

const FIX = FIRST["index.js"]?.replace(
  "const out = {};",
  "const out = Object.create(null);",
);

function publish(
  repo: TemporaryRepo,
  files: Readonly<Record<string, string>>,
): void {
  for (const [path, text] of Object.entries(files)) repo.write(path, text);
  repo.commit("next version");
}

const review = (repo: TemporaryRepo, ...args: string[]): Promise<Ended> =>
  run(repo.top, [
    ...["review", "--repo", repo.root, "--approve", "auto"],
    ...["--base", "HEAD~1", "--head", "HEAD", ...args],
  ]);

describe("a review of two versions of a package", { concurrency: 2 }, () => {
  it("accepts a fix with its test on evidence alone, and says that no model has read it", async () => {
    using repo = temporaryRepo(FIRST);
    publish(repo, {
      "index.js": FIX ?? "",
      // What a bundler makes of it is not read line by line.
      "dist/query.min.js": `var q=new Function("return this")();\n`,
      "query.test.js": `${FIRST["query.test.js"] ?? ""}
test("a key called like a property of every object is only a key", () => {
  assert.equal(parse("toString=1").toString, "1");
});
`,
    });
    const before = repo.fingerprint();
    const { code, out, err } = await review(repo);
    assert.equal(code, 0, out + err);
    assert.match(out, /PASS checks · npm run --silent test passes/);
    assert.match(out, /The tools found nothing against this change/);
    assert.match(out, /No model has read it: this is evidence alone/);
    assert.match(out, /Cost: nothing; no model was called/);
    assert.equal(repo.fingerprint(), before);
    assert.equal(repo.run(["worktree", "list"]).trim().split("\n").length, 1);
  });

  it("says plainly that everybody abstained when the rehearsal reads what is not its sample", async () => {
    using repo = temporaryRepo(FIRST);
    publish(repo, { "index.js": FIX ?? "" });
    const { code, out, err } = await review(repo, "--model", "rehearsal");
    assert.equal(code, 0, out + err);
    assert.match(out, /Everybody abstained \(.+\): this is evidence alone/);
  });

  it("blocks a version that breaks its own tests, and shows what they print", async () => {
    using repo = temporaryRepo(FIRST);
    publish(repo, { "index.js": "export const parse = () => ({});\n" });
    const { code, out } = await review(repo);
    assert.equal(code, 1);
    assert.match(out, /Blocked\. A required check failed/);
    assert.match(out, /│ .*AssertionError/);
  });

  it("blocks a version that ships a key, without repeating it", async () => {
    using repo = temporaryRepo(FIRST);
    const key = ["ghp", "a8Fj3kLm9PqRs2TuVw5XyZ7bCd4EfG6hIjKl"].join("_");
    publish(repo, { "deploy.js": `const token = "${key}";\n` });
    const { code, out, err } = await review(repo);
    assert.equal(code, 1);
    assert.match(out, /critical deploy\.js:1 looks like a GitHub token/);
    assert.doesNotMatch(out + err, new RegExp(key));
  });

  it("does not accept what it could not check: tests whose tool is not installed", async () => {
    using repo = temporaryRepo(FIRST);
    publish(repo, {
      "index.js": FIX ?? "",
      "package.json": JSON.stringify({
        name: "query",
        type: "module",
        scripts: { test: "a-test-runner-nobody-has" },
      }),
    });
    const { code, out } = await review(repo);
    assert.equal(code, 1);
    assert.match(out, /Not accepted\. A required check could not run/);
    assert.match(out, /Install what the project needs/);
  });
});
