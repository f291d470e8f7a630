/** The system calls of durable delivery, one by one: what was written to the WAL is synced before it is acknowledged. Needs strace. */
import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { TestContext } from "node:test";
import { describe, it } from "node:test";
import { mailboxFile } from "./fixture.ts";

const ACKS = 1000;
const TRACER = "strace";

describe("the trace of durable delivery", () => {
  it("shows a sync of the WAL between every commit and its acknowledgements", async (t) => {
    const { acks, early } = judge(await trace(t, "synced"));
    assert.ok(acks >= ACKS);
    assert.equal(early, 0);
  });

  it("shows acknowledgements that came too early where nothing is synced, so the check can fail", async (t) => {
    const { acks, early } = judge(await trace(t, "unsynced"));
    assert.ok(acks >= ACKS);
    assert.ok(early > ACKS / 2, `only ${String(early)} came too early`);
  });
});

/** How many acknowledgements the trace has, and how many of them had something in the WAL that was not synced yet. */
function judge(lines: readonly string[]): { acks: number; early: number } {
  let acks = 0;
  let early = 0;
  let unsynced = false;
  for (const line of lines) {
    if (/\bpwrite64\(\d+<[^>]*-wal>/.test(line)) unsynced = true;
    else if (/\bf(?:data)?sync\(\d+<[^>]*-wal>\)\s+= 0/.test(line))
      unsynced = false;
    else if (/\bwrite\(1<[^>]*>, "sent /.test(line)) {
      acks += 1;
      if (unsynced) early += 1;
    }
  }
  return { acks, early };
}

async function trace(
  t: TestContext,
  mode: "synced" | "unsynced",
): Promise<readonly string[]> {
  assert.equal(
    spawnSync(TRACER, ["-V"]).status,
    0,
    "this check needs strace, which is not on this machine: install it and run again; nothing was checked",
  );
  const file = mailboxFile(t);
  const output = `${file}.trace`;
  const child = spawn(
    TRACER,
    [
      ...["-f", "-y", "-e", "trace=pwrite64,write,fsync,fdatasync"],
      ...["-o", output, process.execPath],
      join(import.meta.dirname, "deliveryChild.ts"),
      ...[file, "4", "0", mode],
    ],
    { stdio: ["ignore", "pipe", "inherit"], detached: true },
  );
  const gone = once(child, "exit");
  const group = -(child.pid ?? assert.fail("strace did not start"));
  let acks = 0;
  for await (const line of createInterface({ input: child.stdout }))
    if (line.startsWith("sent ") && (acks += 1) > ACKS + 1) break;
  process.kill(group, "SIGKILL");
  await gone;
  return readFileSync(output, "utf8").split("\n");
}
