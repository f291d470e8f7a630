import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { readSharedEvent } from "../../src/core/peering/sharedEvents.ts";
import {
  createSieve,
  foldersIn,
  shownToPeers,
} from "../../src/peering/missions/outgoing.ts";
import type { Draft, Recorded } from "../../src/protocol/event.ts";
import { ANSWER_MEDIA_TYPE, WORK_MEDIA_TYPE } from "../../src/protocol/work.ts";
import { ballotWork } from "../agents/table.ts";
import { ballot } from "../core/consensus/table.ts";

const SECRET = `sk-ant-${"x".repeat(30)}`;
let seq = 0;

function event(draft: Pick<Draft, "type" | "data">): Recorded {
  seq += 1;
  return {
    ...draft,
    ...{ missionId: "m", by: "hub", v: 1, seq, at: seq },
    ...{ epoch: 1, prevHash: "", hash: "" },
  } as Recorded;
}

const message = (parts: readonly object[]): never =>
  ({ messageId: "1", taskId: "t", role: "ROLE_AGENT", parts }) as never;

const read = (shown: unknown): Recorded | undefined =>
  readSharedEvent(shown, { missionId: "m", seq: 7 });

describe("an event on its way to teammates", () => {
  it("loses secrets, names of folders and what only agents read, and is still an event of its type", () => {
    const submitted = event({
      type: "TaskSubmitted",
      data: {
        taskId: "t",
        contextId: "m",
        agentId: "qa",
        from: "hub",
        message: message([
          { text: `Look into /home/ada/shop with ${SECRET}.` },
          {
            data: ballotWork({ root: "/home/ada/shop" }),
            mediaType: WORK_MEDIA_TYPE,
          },
        ]),
      },
    });
    assert.deepEqual(foldersIn(submitted), ["/home/ada/shop"]);
    const shown = shownToPeers(submitted, ["/home/ada", "/home/ada/shop"]);
    const text = JSON.stringify(shown);
    for (const word of [SECRET, "/home/ada", "shop", WORK_MEDIA_TYPE])
      assert.equal(text.includes(word), false, word);
    const there = read(shown);
    assert.equal(there?.type, "TaskSubmitted");
    assert.equal(there.seq, 7);
  });

  it("that is too long is shortened, says so, and keeps its type", () => {
    const long = event({
      type: "PlanProposed",
      data: {
        attempt: 1,
        plan: {
          summary: "s",
          steps: [],
          risks: [],
          doneWhen: [],
        },
        hash: "h",
        authorId: "planner",
        asked: {
          findings: [],
          remarks: Array.from({ length: 400 }, () => "word ".repeat(200)),
        },
      },
    });
    const shown = shownToPeers(long, []);
    assert.ok(JSON.stringify(shown).length < 130_000);
    assert.match(JSON.stringify(shown), /shortened for teammates/);
    const evidence = event({
      type: "MissionStalled",
      data: {
        problem: { code: "c", message: "m".repeat(500_000), next: "n" },
      },
    });
    const there = read(shownToPeers(evidence, []));
    assert.equal(there?.type, "MissionStalled");
    const deep = event({
      type: "MessageSent",
      data: {
        from: "a",
        to: "b",
        message: message([
          {
            data: Array.from({ length: 40 }).reduce((inner) => [inner], "deep"),
          },
        ]),
      },
    });
    assert.equal(
      JSON.stringify(shownToPeers(deep, [])).includes("deep"),
      false,
    );
  });

  it("is none for who gets something else: unknown types, types that are not shared, data that does not fit", () => {
    const good = shownToPeers(
      event({
        type: "MissionResumed",
        data: {},
      }),
      [],
    ) as object;
    assert.ok(read(good));
    for (const bad of [
      null,
      "event",
      { ...good, type: "StopPulled", data: { by: "human" } },
      { ...good, type: "PeerPaired" },
      { ...good, type: "BallotCast", data: {} },
      { ...good, v: 2 },
      { ...good, seq: 0 },
    ])
      assert.equal(read(bad), undefined);
  });
});

describe("what tells of a ballot", () => {
  it("waits until its round is closed: the ballot, what was set aside, and everything its task says", () => {
    const sieve = createSieve();
    const submitted = event({
      type: "TaskSubmitted",
      data: {
        taskId: "t",
        contextId: "m",
        agentId: "qa",
        from: "hub",
        message: message([
          {
            data: ballotWork({ decisionId: "d1" }),
            mediaType: WORK_MEDIA_TYPE,
          },
        ]),
      },
    });
    const telling = [
      event({
        type: "TaskArtifactAdded",
        data: {
          taskId: "t",
          append: false,
          artifact: {
            artifactId: "answer",
            parts: [{ text: "**block**", mediaType: ANSWER_MEDIA_TYPE }],
          },
        },
      }),
      event({
        type: "MessageSent",
        data: {
          from: "qa",
          to: "hub",
          message: message([{ text: "I block." }]),
        },
      }),
      event({
        type: "BallotCast",
        data: { decisionId: "d1", ballot: ballot("qa") },
      }),
      event({
        type: "BallotSetAside",
        data: { decisionId: "d1", ballot: ballot("qa"), why: "equivocation" },
      }),
    ];
    const other = event({ type: "MissionResumed", data: {} });
    const closing = event({
      type: "VerificationOpened",
      data: { decisionId: "d1", round: 1, claims: [] },
    });
    assert.deepEqual(sieve.take(submitted), [submitted]);
    for (const one of telling) assert.deepEqual(sieve.take(one), []);
    assert.deepEqual(sieve.take(other), [other]);
    assert.deepEqual(sieve.take(closing), [...telling, closing]);
    // Nothing of it is said twice, and late ones are told at once.
    assert.deepEqual(sieve.take(other), [other]);
    const late = event({
      type: "BallotSetAside",
      data: { decisionId: "d1", ballot: ballot("qa"), why: "late" },
    });
    assert.deepEqual(sieve.take(late), [late]);
  });
});
