import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { sha256 } from "../../../src/adapters/clock/sha256.ts";
import { systemChance } from "../../../src/adapters/clock/systemChance.ts";
import { systemClock } from "../../../src/adapters/clock/systemClock.ts";

describe("clock, chance and hash", () => {
  it("waiting ends with the signal's own reason", async () => {
    const reason = new Error("enough");
    const abort = new AbortController();
    const waiting = systemClock.after(60_000, abort.signal);
    abort.abort(reason);
    await assert.rejects(waiting, reason);
    await assert.rejects(systemClock.after(0, abort.signal), reason);
    const before = systemClock.now();
    await systemClock.after(2);
    assert.ok(systemClock.now() >= before);
  });

  it("ids are 26 lower-case characters that sort by time and never repeat", () => {
    let ms = Date.UTC(2026, 0, 1);
    const chance = systemChance({ ...systemClock, now: () => (ms += 1) });
    const ids = Array.from({ length: 1000 }, () => chance.id());
    for (const id of ids) assert.match(id, /^[0-9a-hjkmnp-tv-z]{26}$/);
    assert.deepEqual([...ids].sort(), ids);
    assert.equal(new Set(ids.map((id) => id.slice(10))).size, 1000);
  });

  it("seeds are whole numbers from 0 to 2^31 - 1", () => {
    const chance = systemChance(systemClock);
    for (let i = 0; i < 1000; i += 1) {
      const seed = chance.seed();
      assert.ok(Number.isInteger(seed) && seed >= 0 && seed < 2 ** 31);
    }
  });

  it("the hash is SHA-256 of UTF-8, as in FIPS 180-2", () => {
    assert.equal(
      sha256("abc"),
      "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
    );
    assert.equal(
      sha256("ä"),
      sha256(Buffer.from([0xc3, 0xa4]).toString("utf8")),
    );
  });
});
