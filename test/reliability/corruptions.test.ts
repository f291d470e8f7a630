import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { describe, it } from "node:test";
import { damageLogs } from "./logDamage.ts";
import { damageMailboxes } from "./mailboxDamage.ts";
import { seeded } from "./seeded.ts";

const OF_EACH = 250;

function folder(t: TestContext): string {
  const dir = mkdtempSync(join(tmpdir(), "roundtable-damage-"));
  t.after(() => {
    rmSync(dir, { recursive: true });
  });
  return dir;
}

describe("a disk that damages files", () => {
  it(`${String(OF_EACH)} times never makes a log tell what was not stored, or hide that something is gone`, async (t) => {
    const outcomes = await damageLogs(folder(t), OF_EACH, seeded(3));
    t.diagnostic(JSON.stringify(Object.fromEntries(outcomes)));
  });

  it(`${String(OF_EACH)} times never makes mailboxes hand over what was not stored, or hide that a letter is gone`, async (t) => {
    const outcomes = await damageMailboxes(folder(t), OF_EACH, seeded(4));
    t.diagnostic(JSON.stringify(Object.fromEntries(outcomes)));
  });
});
