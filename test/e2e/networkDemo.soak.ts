import assert from "node:assert/strict";
import { readdir } from "node:fs/promises";
import { test } from "node:test";
import { temporaryRepo } from "../adapters/git/temporaryRepo.ts";
import { run, start } from "../cli/terminal.ts";

interface Shown {
  readonly coordinated: string;
  readonly statusReport: string;
  readonly seen: Readonly<Record<string, readonly string[]>>;
  readonly takeover: {
    readonly killed: string;
    readonly by: string;
    readonly term: number;
    readonly parts: number;
  };
}

test("the demo of a network does what it says, and leaves nothing behind", async () => {
  using repo = temporaryRepo();
  const env = { TMPDIR: repo.top };
  const { code, out, err } = await run(
    repo.top,
    ["demo", "network", "--json"],
    env,
  );
  assert.equal(code, 0, err);
  const shown = JSON.parse(out) as Shown;
  assert.equal(shown.coordinated.match(/^## /gm)?.length, 4);
  assert.match(shown.statusReport, /Server-A: this hub/);
  assert.deepEqual(
    Object.entries(shown.seen).map(([name, events]) => [name, events.length]),
    [
      ["Server-A", 4],
      ["Server-B", 4],
      ["Server-C", 4],
    ],
  );
  assert.equal(shown.takeover.killed, "Server-A");
  assert.notEqual(shown.takeover.by, "Server-A");
  assert.ok(shown.takeover.term > 1);
  assert.equal(shown.takeover.parts, 8);
  assert.deepEqual(await leftBehind(repo.top), []);
});

test("interrupted, the demo of a network ends its hubs", async () => {
  using repo = temporaryRepo();
  const demo = start(repo.top, ["demo", "network"], { TMPDIR: repo.top });
  await demo.shows("[Server-B] Connected to Server-A");
  demo.child.kill("SIGINT");
  const { code, err } = await demo.ended;
  assert.equal(code, 1);
  assert.match(err, /Interrupted/);
  assert.deepEqual(await leftBehind(repo.top), []);
});

async function leftBehind(top: string): Promise<readonly string[]> {
  return (await readdir(top)).filter((name) =>
    name.startsWith("roundtable-network-"),
  );
}
