import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import {
  chmod,
  copyFile,
  lstat,
  mkdtemp,
  readdir,
  rename,
  rm,
  symlink,
  writeFile,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, it } from "node:test";
import { isProblem } from "../../src/core/errors.ts";
import { readDiscovery } from "../../src/hub/discovery.ts";
import { checkHost } from "../../src/hub/server.ts";
import { memoryLog } from "../fakes/memoryLog.ts";
import { quietHub } from "./table.ts";

const isHubFailed = (error: unknown): boolean => isProblem(error, "hub-failed");

describe("the discovery file", { timeout: 60_000 }, () => {
  let dir: string;
  let hub: ReturnType<typeof quietHub>;
  let log: ReturnType<typeof memoryLog>;
  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), "roundtable-run-"));
    log = memoryLog();
    hub = quietHub(log);
  });
  afterEach(async () => {
    await hub.dispose();
    await log.dispose();
    await rm(dir, { recursive: true, force: true });
  });

  it("is the owner's alone, in a folder that is the owner's alone, and goes with the hub", async () => {
    const runDir = join(dir, "run");
    const address = await hub.listen({ runDir, name: "my table" });
    assert.equal((await lstat(runDir)).mode & 0o777, 0o700);
    assert.equal((await lstat(address.tokenFile)).mode & 0o777, 0o600);
    assert.equal(dirname(address.tokenFile), runDir);
    assert.deepEqual(await readdir(runDir), [
      address.tokenFile.slice(runDir.length + 1),
    ]);
    const { token, ...rest } = await readDiscovery(address.tokenFile);
    assert.deepEqual(rest, address);
    assert.equal(Buffer.from(token, "base64url").length, 32);
    assert.equal(rest.name, "my table");
    await hub.dispose();
    assert.deepEqual(await readdir(runDir), []);
  });

  it("is one per start: listening twice gives the same address, another start another token", async () => {
    const runDir = join(dir, "run");
    const [one, two] = await Promise.all([
      hub.listen({ runDir }),
      hub.listen({ runDir }),
    ]);
    assert.deepEqual(one, two);
    const { token } = await readDiscovery(one.tokenFile);
    const otherLog = memoryLog();
    const other = quietHub(otherLog);
    const { tokenFile } = await other.listen({ runDir });
    assert.notEqual((await readDiscovery(tokenFile)).token, token);
    await other.dispose();
    await otherLog.dispose();
  });

  it("of a hub that died is cleared, of one that lives is kept", async () => {
    const runDir = join(dir, "run");
    const first = await hub.listen({ runDir });
    const { pid } = spawnSync(process.execPath, ["-e", ""]);
    const dead = join(runDir, `hub-${String(pid)}-00000000.json`);
    await writeFile(dead, "{}", { mode: 0o600 });
    const otherLog = memoryLog();
    const other = quietHub(otherLog);
    const second = await other.listen({ runDir });
    const names = new Set(await readdir(runDir));
    assert.equal(names.size, 2);
    for (const { tokenFile } of [first, second])
      assert.ok(names.has(tokenFile.slice(runDir.length + 1)));
    await other.dispose();
    await otherLog.dispose();
  });

  it("is not written to a folder others can reach, or a link to one", async () => {
    const open = join(dir, "open");
    const { tokenFile } = await hub.listen({ runDir: open });
    await hub.dispose();
    assert.ok(tokenFile.startsWith(open));
    await chmod(open, 0o755);
    const link = join(dir, "link");
    await symlink(open, link);
    for (const runDir of [open, link]) {
      const otherLog = memoryLog();
      const other = quietHub(otherLog);
      await assert.rejects(other.listen({ runDir }), isHubFailed);
      await other.dispose();
      await otherLog.dispose();
    }
    assert.deepEqual(await readdir(open), []);
  });

  it("is not believed when somebody tampered with it", async () => {
    const runDir = join(dir, "run");
    const { tokenFile } = await hub.listen({ runDir });
    const refuses = async (path: string): Promise<void> => {
      await assert.rejects(readDiscovery(path), isHubFailed);
    };
    await chmod(tokenFile, 0o644);
    await refuses(tokenFile);
    await chmod(tokenFile, 0o600);
    await chmod(runDir, 0o750);
    await refuses(tokenFile);
    await chmod(runDir, 0o700);
    const link = join(runDir, "link.json");
    await symlink(tokenFile, link);
    await refuses(link);
    await refuses(runDir);
    await refuses(join(runDir, "missing.json"));
    for (const text of ["", "[]", '{"token":"x"}', "not json"]) {
      const path = join(runDir, "other.json");
      await writeFile(path, text, { mode: 0o600 });
      await refuses(path);
    }
    const moved = `${tokenFile}.moved`;
    await copyFile(tokenFile, moved);
    await rename(moved, tokenFile);
    await readDiscovery(tokenFile);
  });

  it("a port that is taken is a clear error and leaves nothing behind", async () => {
    const { url } = await hub.listen({ runDir: join(dir, "a") });
    const otherLog = memoryLog();
    const other = quietHub(otherLog);
    const runDir = join(dir, "b");
    await assert.rejects(
      other.listen({ runDir, port: Number(new URL(url).port) }),
      isHubFailed,
    );
    assert.deepEqual(await readdir(runDir), []);
    await other.listen({ runDir });
    await other.dispose();
    await otherLog.dispose();
  });
});

describe("the address of the listener", () => {
  it("is 127.0.0.1 and no spelling of anything else", () => {
    checkHost("127.0.0.1");
    for (const host of [
      "",
      "0",
      "0.0.0.0",
      "0.0.0",
      "0x0",
      "0x0.0x0.0x0.0x0",
      "00000000000",
      "::",
      "[::]",
      "0:0:0:0:0:0:0:0",
      "::0",
      "::ffff:0.0.0.0",
      "::ffff:127.0.0.1",
      "*",
      "localhost",
      "127.1",
      "127.0.0.1 ",
      "127.0.0.2",
    ])
      assert.throws(() => {
        checkHost(host);
      }, isHubFailed);
  });
});
