import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { systemClock } from "../../src/adapters/clock/systemClock.ts";
import { openMailboxes } from "../../src/adapters/mailbox/openMailboxes.ts";
import { HubAddress } from "../../src/protocol/hub.ts";
import { temporaryRepo } from "../adapters/git/temporaryRepo.ts";
import { letter } from "../contract/mailboxes.ts";
import { run, start } from "./terminal.ts";

test("dead letters are listed, shown, sent again and dropped from a terminal, with a hub that runs and without", async () => {
  using repo = temporaryRepo();
  const dead = (...args: readonly string[]) =>
    run(repo.top, ["dead-letters", ...args, "--repo", repo.root]);
  const hub = () =>
    start(repo.top, [
      ...["hub", "--repo", repo.root, "--model", "none", "--json"],
    ]);

  const none = await dead();
  assert.equal(none.code, 0);
  assert.match(none.out, /^No dead letters/);

  // A hub that has run before has left its storage.
  const first = hub();
  await first.shows("\n");
  const { tokenFile } = HubAddress.parse(
    JSON.parse(first.out().split("\n")[0] ?? ""),
  );
  first.child.kill("SIGINT");
  await first.ended;
  const file = join(tokenFile, "../../mailbox.db");
  const store = openMailboxes({ file, clock: systemClock });
  for (const id of ["m1", "m2", "m3"]) {
    const { seq } = await store.add(letter(id, "\u001b[2Jhello"), ["b"]);
    store.failed("b", seq, { at: 1, why: "refused: busy" });
    store.bury("b", seq, "refused: busy", 5);
  }
  await store.dispose();

  const listed = await dead();
  assert.equal(listed.code, 0, listed.err);
  assert.match(
    listed.out,
    /1 {2}1970-01-01 00:00:00 {2}a → b {2}m1 .*refused: busy/,
  );
  const shown = await dead("show", "2");
  assert.match(shown.out, /refused: busy/);
  assert.match(shown.out, /"id":"m2"/);
  assert.ok(!shown.out.includes("\u001b[2J"), "nothing steers the terminal");
  assert.match((await dead("resend", "1")).out, /waits in its mailbox again/);

  const running = hub();
  await running.shows("\n");
  const lines = (await dead("list", "--json")).out.trim().split("\n");
  assert.deepEqual(
    lines.map((line) => (JSON.parse(line) as { no: number }).no),
    [2, 3],
  );
  assert.match((await dead("drop", "2")).out, /is forgotten/);
  assert.match((await dead("show", "3", "--json")).out, /"payload":"{/);
  const unknown = await dead("resend", "99");
  assert.equal(unknown.code, 2);
  assert.match(unknown.err, /no: is the number of no dead letter/);
  running.child.kill("SIGINT");
  await running.ended;

  const gone = await dead("drop", "2");
  assert.equal(gone.code, 2);
  assert.match(gone.err, /There is no dead letter 2\.\n.*lists them/);
  const bad = await dead("show", "first");
  assert.equal(bad.code, 2);
  assert.match(bad.err, /Say the number/);
});
