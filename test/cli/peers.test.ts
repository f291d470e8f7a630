import assert from "node:assert/strict";
import { test } from "node:test";
import type { Pairing } from "../../src/protocol/peers.ts";
import { temporaryRepo } from "../adapters/git/temporaryRepo.ts";
import { run, start, type Running } from "./terminal.ts";

/** The pairing that `share --json` or `join --json` shows. */
async function pairingOf(terminal: Running): Promise<Pairing> {
  await terminal.shows('{"pairing"');
  const line = terminal
    .out()
    .split("\n")
    .find((one) => one.startsWith('{"pairing"'));
  return (JSON.parse(line ?? "") as { readonly pairing: Pairing }).pairing;
}

test("two people pair their hubs from terminals, ask each other's agents, change what is granted, and part", async () => {
  using repo = temporaryRepo();
  const hub = (name: string): Running =>
    start(repo.top, [
      ...["hub", "--repo", repo.root, "--name", name],
      ...["--model", "rehearsal"],
    ]);
  const as = (name: string, ...args: readonly string[]): readonly string[] => [
    ...args,
    ...["--repo", repo.root, "--hub", name],
  ];
  const cli = (...args: readonly string[]) => run(repo.top, args);
  const hubs = [hub("anna"), hub("ben")];
  try {
    for (const one of hubs) await one.shows("Ask it from a shell");

    const share = start(
      repo.top,
      as("anna", "share", "--json", "--scopes", "observe,message,vote"),
    );
    await share.shows("\n");
    const { shared } = JSON.parse(share.out()) as {
      readonly shared: { readonly link: string };
    };
    const join = start(
      repo.top,
      as("ben", "join", shared.link, "--json", "--yes"),
    );
    const [annas, bens] = [await pairingOf(share), await pairingOf(join)];
    assert.deepEqual(annas.words, bens.words);
    assert.equal(annas.words.length, 6);
    assert.deepEqual(
      [annas.scopes, bens.scopes],
      [
        ["observe", "message", "vote"],
        ["observe", "message"],
      ],
    );
    await cli(...as("anna", "peers", "confirm", annas.pairingId));
    assert.equal((await share.ended).code, 0);
    assert.equal((await join.ended).code, 0);
    await hubs[1]?.shows("anna is connected.");

    const asked = await cli(
      ...as("ben", "peers", "message", "anna", "qa", "What would you try?"),
    );
    assert.equal(asked.code, 0, asked.err);
    assert.match(asked.out, /What would you try\?.*odd inputs/);
    const listed = await cli(...as("ben", "peers"));
    assert.match(listed.out, /anna +connected/);
    assert.match(listed.out, /we may there: observe, message, vote/);

    const less = await cli(...as("anna", "peers", "scopes", "ben", "none"));
    assert.match(less.out, /ben may do nothing here/);
    const refused = await cli(
      ...as("ben", "coordinate", "Look; See", "--hubs", "anna"),
    );
    assert.equal(refused.code, 2);
    assert.match(refused.err, /has not granted the scope "message"/);
    const gone = await cli(...as("anna", "peers", "revoke", "ben", "--json"));
    assert.equal(gone.code, 0);
    await hubs[0]?.shows("ben is revoked.");

    // Two hubs run: which one is meant has to be said.
    const unclear = await cli("peers", "--repo", repo.root);
    assert.equal(unclear.code, 2);
    assert.match(unclear.err, /2 hubs run.*anna, ben[\s\S]*--hub NAME/);
    for (const [args, words] of [
      [["peers", "scopes", "carl", "none"], /no peer called "carl"/],
      [["jobs", "move", "job-none", "ben"], /no job "job-none"/],
    ] as const) {
      const { code, err } = await cli(...as("anna", ...args));
      assert.equal(code, 2, args.join(" "));
      assert.match(err, words);
    }
  } finally {
    for (const { child } of hubs) child.kill("SIGTERM");
    await Promise.all(hubs.map(({ ended }) => ended));
  }
});

test("without a hub, and for hubs elsewhere, the commands say what to do", async () => {
  using repo = temporaryRepo();
  const at = ["--repo", repo.root];
  const hub = ["hub", "--name", "x", ...at];
  const cases = [
    [["peers", ...at], /No hub .*[\s\S]*Start one with `roundtable hub`/],
    [["share", ...at, "--minutes", "61"], /whole minutes from 1 to 60/],
    [["share", ...at, "--scopes", "all"], /observe, message, vote, task/],
    [[...hub, "--connect", "http://192.0.2.1:5001"], /needs an invitation/],
    [["ask", "x", ...at, "--with", ",", "--model", "none"], /names nobody/],
    [["peers", "tasks", "accept"], /accept\|refuse\|cancel ID/],
  ] as const;
  await Promise.all(
    cases.map(async ([args, words]) => {
      const { code, err } = await run(repo.top, args);
      assert.equal(code, 2, args.join(" "));
      assert.match(err, words);
    }),
  );
});
