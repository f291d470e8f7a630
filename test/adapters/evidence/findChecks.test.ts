import assert from "node:assert/strict";
import { test } from "node:test";
import { findChecks } from "../../../src/adapters/evidence/findChecks.ts";

const reading =
  (files: Readonly<Record<string, string>>) =>
  (path: string): Promise<string | undefined> =>
    Promise.resolve(files[path]);

async function checksOf(
  files: Readonly<Record<string, string>>,
): Promise<readonly string[]> {
  const found = await findChecks(Object.keys(files), reading(files));
  return found.map((argv) => argv.join(" "));
}

test("a package's own scripts are its checks, types and lint before tests", async () => {
  const scripts = { test: "node --test", lint: "eslint .", build: "x" };
  assert.deepEqual(
    await checksOf({ "package.json": JSON.stringify({ scripts }) }),
    ["npm run --silent lint", "npm run --silent test"],
  );
});

test("npm's placeholder is no check", async () => {
  const scripts = { test: 'echo "Error: no test specified" && exit 1' };
  assert.deepEqual(
    await checksOf({ "package.json": JSON.stringify({ scripts }) }),
    [],
  );
});

test("a script that only points to where the tests are is no check", async () => {
  const scripts = { test: 'echo "See the repository for testing details."' };
  assert.deepEqual(
    await checksOf({ "package.json": JSON.stringify({ scripts }) }),
    [],
  );
});

test("a package.json that does not parse names no checks", async () => {
  assert.deepEqual(await checksOf({ "package.json": "{" }), []);
});

test("Cargo, Go, pytest and make are recognised", async () => {
  assert.deepEqual(await checksOf({ "Cargo.toml": "" }), [
    "cargo test --quiet",
  ]);
  assert.deepEqual(await checksOf({ "go.mod": "" }), ["go test ./..."]);
  assert.deepEqual(await checksOf({ "conftest.py": "" }), [
    "python3 -m pytest -q",
  ]);
  assert.deepEqual(await checksOf({ Makefile: "test:\n\ttrue\n" }), [
    "make test",
  ]);
  assert.deepEqual(await checksOf({ Makefile: "all:\n" }), []);
});
