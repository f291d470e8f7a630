import assert from "node:assert/strict";
import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { test, type TestContext } from "node:test";

import { cacheInstall } from "./cacheInstall.ts";

async function emptyCache(t: TestContext): Promise<string> {
  const cache = await mkdtemp(path.join(tmpdir(), "roundtable-cache-"));
  t.after(() => rm(cache, { recursive: true }));
  return cache;
}

const fill = (folder: string) => writeFile(path.join(folder, "tool"), "");

test("a tool is installed once and found afterwards", async (t) => {
  const cache = await emptyCache(t);
  const first = await cacheInstall("tool-1", fill, cache);
  const second = await cacheInstall(
    "tool-1",
    () => assert.fail("installed twice"),
    cache,
  );
  assert.equal(first, second);
  assert.ok((await readdir(first)).includes("tool"));
});

test("an install that fails leaves nothing that looks installed", async (t) => {
  const cache = await emptyCache(t);
  await assert.rejects(
    cacheInstall("tool-1", () => Promise.reject(new Error("offline")), cache),
    /offline/,
  );
  assert.deepEqual(await readdir(cache), []);
});

test("what a killed install left is removed before the next one", async (t) => {
  const cache = await emptyCache(t);
  // No system hands out this process id.
  await mkdir(path.join(cache, "tool-1.partial-4194999"));
  await cacheInstall("tool-1", fill, cache);
  assert.deepEqual(await readdir(cache), ["tool-1"]);
});

test("of two installs at the same time both get the tool", async (t) => {
  const cache = await emptyCache(t);
  const slow = async (folder: string): Promise<void> => {
    // The other one finishes while this one is at work.
    await mkdir(path.join(cache, "tool-1"));
    await fill(folder);
  };
  await fill(await cacheInstall("tool-1", slow, cache));
  assert.deepEqual(await readdir(cache), ["tool-1"]);
});
