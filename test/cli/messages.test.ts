import assert from "node:assert/strict";
import { once } from "node:events";
import { test } from "node:test";
import { readDiscovery } from "../../src/hub/discovery.ts";
import { HubAddress } from "../../src/protocol/hub.ts";
import { temporaryRepo } from "../adapters/git/temporaryRepo.ts";
import { openEnvelopeClient } from "../hub/messaging/envelopeClient.ts";
import { run, start } from "./terminal.ts";

test("from a terminal messages are sent, listened to, kept for a named listener, asked and answered", async () => {
  using repo = temporaryRepo();
  const at = ["--repo", repo.root];
  const hub = start(repo.top, [...["hub", ...at, "--json", "--model", "none"]]);
  try {
    await hub.shows("\n");
    const { tokenFile } = HubAddress.parse(JSON.parse(hub.out()));

    const listener = start(repo.top, [
      "listen",
      "build.#",
      ...at,
      "--count",
      "2",
    ]);
    await once(listener.child.stderr ?? listener.child, "data");
    const sent = await run(repo.top, [
      "send",
      "topic:build.main.done",
      '{"ok":true}',
      ...at,
    ]);
    assert.deepEqual([sent.code, sent.err], [0, ""]);
    await run(repo.top, [
      "send",
      "topic:build",
      "two\u001b[2J words",
      "--hub",
      tokenFile,
    ]);
    const heard = await listener.ended;
    assert.equal(heard.code, 0);
    assert.match(
      heard.out,
      /client → topic:build\.main\.done {2}\{"ok":true\}\n/,
    );
    assert.match(heard.out, /client → topic:build {2}two words\n/);

    const named = ["listen", "kept", ...at, "--name", "me", "--json"];
    const first = start(repo.top, [...named, "--count", "1"]);
    await once(first.child.stderr ?? first.child, "data");
    for (const text of ["one", "two"])
      assert.match(
        (await run(repo.top, ["send", "topic:kept", text, ...at, "--durable"]))
          .out,
        /^On disk/,
      );
    assert.match(
      (await first.ended).out,
      /"subscription":"me".*"payload":"one"/,
    );
    const later = await run(repo.top, [...named, "--count", "1"]);
    assert.match(later.out, /"payload":"two"/);

    const agent = await openEnvelopeClient(await readDiscovery(tokenFile));
    await agent.sit("adder");
    const asked = run(repo.top, [
      "send",
      "role:adder",
      "[1,2]",
      ...at,
      "--wait",
      "--json",
    ]);
    const { header, payload } = await agent.messages.next();
    assert.deepEqual(payload, [1, 2]);
    const { correlationId } = header;
    agent.send(
      { id: "r", to: "agent:client", type: "response", correlationId },
      3,
    );
    const answer = await asked;
    assert.equal(answer.code, 0);
    assert.equal((JSON.parse(answer.out) as { payload: number }).payload, 3);
    await agent.close();

    const nobody = await run(repo.top, ["send", "agent:nobody", "1", ...at]);
    assert.equal(nobody.code, 2);
    assert.match(nobody.err, /nobody of that name is here/);
  } finally {
    hub.child.kill("SIGTERM");
    await hub.ended;
  }
});

test("without a hub, or with what is no recipient or topic, the terminal says so and what to do", async () => {
  using repo = temporaryRepo();
  const at = ["--repo", repo.root];
  for (const [args, words] of [
    [
      ["send", "everyone", "1", ...at],
      /No hub .*runs for[\s\S]*roundtable hub/,
    ],
    [["listen", "a", ...at], /No hub .*runs for/],
    [["send", "bob", "1", ...at], /agent:ID, role:ROLE/],
    [["listen", "a..b", ...at], /segments separated by dots/],
    [["send", "everyone", "1", ...at, "--priority", "11"], /from 0 to 10/],
  ] as const) {
    const { code, err } = await run(repo.top, args);
    assert.equal(code, 2, args.join(" "));
    assert.match(err, words);
  }
});
