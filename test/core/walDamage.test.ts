import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { TestContext } from "node:test";
import { describe, it } from "node:test";
import { isWalDamaged } from "../../src/core/walDamage.ts";

const FRAME = 24 + 4096;

/** What SQLite wrote for 50 commits. */
function wal(t: TestContext): Buffer {
  const dir = mkdtempSync(join(tmpdir(), "roundtable-wal-"));
  const db = new DatabaseSync(join(dir, "x.db"));
  t.after(() => {
    db.close();
    rmSync(dir, { recursive: true });
  });
  db.exec(
    "PRAGMA page_size = 4096; PRAGMA journal_mode = WAL; CREATE TABLE t (a)",
  );
  const insert = db.prepare("INSERT INTO t VALUES (?)");
  for (let n = 0; n < 50; n += 1) insert.run("x".repeat(100));
  return readFileSync(join(dir, "x.db-wal"));
}

function flipped(bytes: Buffer, at: number): Buffer {
  const out = Buffer.from(bytes);
  out[at] = (out[at] ?? 0) ^ 1;
  return out;
}

describe("a WAL", () => {
  it("as SQLite wrote it, empty, or cut anywhere is not damaged: a crash leaves just that", (t) => {
    const whole = wal(t);
    assert.equal(isWalDamaged(whole), false);
    for (let end = 0; end < whole.length; end += 777)
      assert.equal(isWalDamaged(whole.subarray(0, end)), false);
  });

  it("with a flipped bit in its header or before its last three commits is damaged", (t) => {
    const whole = wal(t);
    assert.ok(isWalDamaged(flipped(whole, 5)));
    for (let at = 32; at < whole.length - 4 * FRAME; at += 501)
      assert.ok(isWalDamaged(flipped(whole, at)), `byte ${String(at)}`);
  });

  it("with a flipped bit in its last commit may be what a crash left", (t) => {
    const whole = wal(t);
    assert.equal(isWalDamaged(flipped(whole, whole.length - 100)), false);
  });
});
