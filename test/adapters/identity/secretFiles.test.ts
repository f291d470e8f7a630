import assert from "node:assert/strict";
import {
  chmod,
  mkdir,
  mkdtemp,
  readdir,
  rm,
  stat,
  symlink,
  writeFile,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, it } from "node:test";
import { secretFiles } from "../../../src/adapters/identity/secretFiles.ts";
import { isProblem } from "../../../src/core/errors.ts";

const failed = (error: unknown): boolean => isProblem(error, "hub-failed");

describe("secrets in files", () => {
  let dir: string;
  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), "roundtable-secrets-"));
  });
  afterEach(() => rm(dir, { recursive: true }));

  it("come back as they were kept, for their owner's eyes only, and leave nothing half made", async () => {
    const folder = join(dir, "a", "secrets");
    assert.equal(await secretFiles(folder).get("hub-identity"), undefined);
    await secretFiles(folder).set("hub-identity", "one");
    await secretFiles(folder).set("hub-identity", "two ✓");
    assert.equal(await secretFiles(folder).get("hub-identity"), "two ✓");
    assert.deepEqual(await readdir(folder), ["hub-identity"]);
    const modes = [folder, join(folder, "hub-identity")].map(
      async (path) => (await stat(path)).mode & 0o777,
    );
    assert.deepEqual(await Promise.all(modes), [0o700, 0o600]);
  });

  it("are neither read nor written where others could reach them, nor under a name that leads elsewhere", async () => {
    const folder = join(dir, "secrets");
    const store = secretFiles(folder);
    await store.set("one", "1");
    await chmod(join(folder, "one"), 0o640);
    await assert.rejects(store.get("one"), failed);
    await writeFile(join(dir, "elsewhere"), "2", { mode: 0o600 });
    await symlink(join(dir, "elsewhere"), join(folder, "two"));
    await mkdir(join(folder, "three"));
    await assert.rejects(store.get("two"), failed);
    await assert.rejects(store.get("three"), failed);
    for (const name of ["../elsewhere", "", "A", "a/b", "."])
      await assert.rejects(store.get(name), failed);
    await chmod(folder, 0o755);
    await assert.rejects(store.get("one"), failed);
    await assert.rejects(store.set("four", "4"), failed);
    await symlink(folder, join(dir, "link"));
    await assert.rejects(secretFiles(join(dir, "link")).get("one"), failed);
  });
});
