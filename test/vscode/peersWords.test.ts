import assert from "node:assert/strict";
import { test } from "node:test";
import type { PeerLine, PeersShown } from "../../src/protocol/peers.ts";
import {
  isLoopback,
  isNothing,
  plain,
  reportMarkdown,
  scopeNames,
  standing,
  timeLeft,
  voters,
} from "../../src/vscode/peersWords.ts";

const peer: PeerLine = {
  hubId: "a".repeat(52),
  name: "lin",
  state: "connected",
  latencyMs: 11.6,
  scopes: ["observe", "message", "vote"],
  theirs: ["observe", "message", "vote"],
  pairedAt: 0,
  agents: [
    { agentId: "qa", name: "QA", role: "qa", description: "", votes: true },
  ],
  waiting: 0,
};

const shown: PeersShown = {
  hubId: "b".repeat(52),
  name: "tea-shop",
  invitations: [],
  pairings: [],
  peers: [peer],
  rooms: [],
  tasks: [],
};

test("text of another hub can bring neither links, icons, lines nor hidden characters into a message", () => {
  assert.equal(
    plain(
      "[press](command:workbench.action.quit) $(verified)\n\u202Etxt\u200B",
    ),
    "[press] (command:workbench.action.quit) $ (verified) txt",
  );
  assert.equal(plain("x".repeat(300), 10), `${"x".repeat(9)}…`);
});

test("agents of a peer can vote here only where both people granted it and it is connected", () => {
  const shownWith = (change: Partial<PeerLine>): PeersShown => ({
    ...shown,
    peers: [{ ...peer, ...change }],
  });
  assert.deepEqual(voters(shown), [peer]);
  for (const change of [
    { state: "away" },
    { scopes: ["observe", "message"] },
    { scopes: ["message", "vote"] },
    { theirs: ["observe", "message"] },
    { theirs: ["observe", "vote"] },
    { agents: [] },
  ] as const)
    assert.deepEqual(voters(shownWith(change as Partial<PeerLine>)), []);
});

test("only an address of this machine counts as one that others cannot reach", () => {
  assert.deepEqual(
    ["127.0.0.1", "127.9.9.9", "::1", "localhost"].filter(isLoopback).length,
    4,
  );
  assert.deepEqual(
    ["192.168.1.7", "0.0.0.0", "::", "fd00::1", "1127.0.0.1"].filter(
      isLoopback,
    ),
    [],
  );
});

test("scopes, states and times are said in words", () => {
  assert.equal(scopeNames(["vote", "observe"]), "observe, vote");
  assert.equal(scopeNames([]), "nothing");
  assert.equal(timeLeft(61_000, 0), "2 min left");
  assert.equal(timeLeft(0, 0), "expired");
  assert.equal(standing(peer, 0), "connected, 12 ms");
  assert.equal(
    standing({ ...peer, state: "away", heardAt: 0 }, 3 * 3_600_000),
    "away, heard 3 h ago",
  );
});

test("a hub with an identity and nothing else has nothing to show", () => {
  assert.equal(isNothing({ ...shown, peers: [] }), true);
  assert.equal(isNothing(shown), false);
});

test("what a peer reports of itself is no Markdown here", () => {
  const text = reportMarkdown(
    {
      ...peer,
      name: "**lin** <img src=x>",
      report: {
        name: "lin",
        version: "1 | 2",
        at: 0,
        startedAt: 0,
        agents: [
          {
            agentId: "qa",
            role: "[qa](https://example.org)",
            status: "idle",
            running: 1,
            waiting: 0,
          },
        ],
        missions: { open: 1, closed: 2 },
        jobs: 0,
      },
    },
    0,
  );
  assert.match(text, /^# Report of \\\*\\\*lin\\\*\\\* \\<img src\\=x\\>$/m);
  assert.match(text, /Version 1 \\\| 2,/);
  assert.ok(!text.includes("]("));
});
