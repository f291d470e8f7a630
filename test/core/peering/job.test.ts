import assert from "node:assert/strict";
import { test } from "node:test";
import { foldJob, jobState, partsOf } from "../../../src/core/peering/job.ts";
import { nextOf, type Crew } from "../../../src/core/peering/jobNext.ts";
import type { Sealed } from "../../../src/core/peering/room.ts";
import type { PeerBody, PeerBodyOf } from "../../../src/protocol/peer.ts";

const [A, B, C] = ["a", "b", "c"].map((letter) => letter.repeat(52)) as [
  string,
  string,
  string,
];
const NAMES = new Map([
  [A, "Anna"],
  [B, "Ben"],
  [C, "Cleo"],
]);

/** A room in which hubs say things, in the order of its `said()`: by origin, then place. */
function room(goal: string, workers?: string[]) {
  const said: Sealed[] = [];
  const say = (origin: string, body: PeerBody): void => {
    const seq =
      said.filter(({ envelope }) => envelope.origin === origin).length + 1;
    const envelope = {
      ...{ v: 1 as const, room: "job-1", origin, epoch: 1, seq },
      ...{ prev: "", at: 0, body },
    };
    said.push({ jws: "", hash: `${origin}${String(seq)}`, envelope });
    said.sort(
      ({ envelope: x }, { envelope: y }) =>
        x.origin.localeCompare(y.origin) || x.seq - y.seq,
    );
  };
  say(A, {
    kind: "roomOpened",
    room: "job",
    title: goal,
    members: [A, B, C].map((hubId) => ({
      hubId,
      name: NAMES.get(hubId) ?? "",
    })),
    electorate: [],
    ...(workers && { workers }),
  });
  const view = () => {
    const job = foldJob(said);
    assert.ok(job);
    return job;
  };
  /** The coordinator of the term says everything it has to say now. */
  const coordinate = (
    self: string,
    term: number,
    crew: readonly Crew[] = [here(A), here(B), here(C)],
  ): readonly PeerBody[] => {
    const bodies = nextOf(view(), { self, term, crew });
    for (const body of bodies) say(self, body);
    return bodies;
  };
  const finish = (hub: string, partId: string, ok = true): void => {
    say(hub, { kind: "partDone", partId, ok, agentId: "dev", text: partId });
  };
  return { said, say, view, coordinate, finish };
}

function here(hubId: string, ...loads: readonly number[]): Crew {
  const agents = (loads.length === 0 ? [0] : loads).map((load, at) => ({
    agentId: `agent-${String(at)}`,
    load,
  }));
  return { hubId, state: "here", agents };
}

const away = (hubId: string): Crew => ({ hubId, state: "away", agents: [] });

function given(bodies: readonly PeerBody[]): readonly string[] {
  return bodies
    .filter(
      (body): body is PeerBodyOf<"partGiven"> => body.kind === "partGiven",
    )
    .map(
      ({ part }) => `${part.partId} ${NAMES.get(part.hub) ?? ""}/${part.agent}`,
    );
}

test("a goal is cut at lines, numbered items and semicolons, and nowhere else", () => {
  for (const [goal, parts] of [
    ["One sentence, whole.", ["One sentence, whole."]],
    ["fix it; test it;", ["fix it", "test it"]],
    ["- fix it\n* test it\n\n3) ship it", ["fix it", "test it", "ship it"]],
    ["1. fix it 2. test it", ["fix it", "test it"]],
    ["Please: 1) fix it, 2) test it", ["Please: fix it", "Please: test it"]],
    ["Check:\n- docs\n- code", ["Check: docs", "Check: code"]],
    ["Ship version 1.2 by 5. May", ["Ship version 1.2 by 5. May"]],
    [" \n ", []],
  ] as const)
    assert.deepEqual(partsOf(goal), parts);
});

test("a single sentence goes to one agent of every hub, the least loaded", () => {
  const { coordinate, finish, view } = room("Look around");
  const crew = [here(A, 3, 1), here(B, 0, 9), here(C, 5)];
  assert.deepEqual(given(coordinate(A, 1, crew)), [
    "p1 Anna/agent-1",
    "p2 Ben/agent-0",
    "p3 Cleo/agent-0",
  ]);
  assert.equal(jobState(view()), "0 of 3 parts done");
  for (const [hub, part] of [
    [A, "p1"],
    [B, "p2"],
    [C, "p3"],
  ] as const)
    finish(hub, part);
  assert.deepEqual(
    coordinate(A, 1).map(({ kind }) => kind),
    ["jobDone"],
  );
  assert.equal(jobState(view()), "done");
  assert.match(view().done?.text ?? "", /## Look around\nBen\/dev:\np2/);
  assert.deepEqual(coordinate(A, 1), []);
});

test("each hub has two parts at most, the next goes where one was done", () => {
  const { coordinate, finish } = room(
    "1\n2\n3\n4\n5\n6\n7".replace(/\d/g, "do $&"),
  );
  const first = given(coordinate(A, 1, [here(A), here(B)]));
  assert.equal(first.length, 4);
  assert.deepEqual(coordinate(A, 1, [here(A), here(B)]), []);
  finish(B, first[1]?.split(" ")[0] ?? "");
  assert.deepEqual(given(coordinate(A, 1, [here(A), here(B)])), [
    "p5 Ben/agent-0",
  ]);
});

test("parts of a hub that is away go to another; what both hand in counts once, the first success in the order of the room", () => {
  const { coordinate, finish, view } = room("do this; do that", [B, C]);
  coordinate(A, 1);
  const lately: Crew = { ...here(B), state: "lately" };
  assert.deepEqual(coordinate(A, 1, [here(A), lately, here(C)]), []);
  assert.deepEqual(given(coordinate(A, 1, [here(A), away(B), here(C)])), [
    "p1 Cleo/agent-0",
  ]);
  finish(C, "p1");
  // It comes back with what it did meanwhile: its place in the room is before the other's.
  finish(B, "p1");
  assert.equal(view().parts[0]?.result?.hub, B);
  assert.equal(view().parts[0]?.handedIn.length, 2);
});

test("whoever takes over gives again what is not done, to the same hub where it is there", () => {
  const { coordinate, finish } = room("do a; do b; do c", [B, C]);
  coordinate(A, 1);
  finish(B, "p1");
  assert.deepEqual(given(coordinate(B, 2, [away(A), here(B), here(C)])), [
    "p2 Cleo/agent-0",
    "p3 Ben/agent-0",
  ]);
  assert.deepEqual(coordinate(B, 2, [away(A), here(B), here(C)]), []);
});

test("a part that fails is tried at one more hub, then the job goes on without it and says so", () => {
  const { coordinate, finish, view } = room("do a; do b", [B, C]);
  coordinate(A, 1);
  finish(B, "p1", false);
  finish(C, "p2");
  assert.deepEqual(given(coordinate(A, 1)), ["p1 Cleo/agent-0"]);
  finish(C, "p1", false);
  coordinate(A, 1);
  assert.match(view().done?.text ?? "", /Ben\/dev could not do it:/);
});

test("what was not given to a hub cannot be handed in by it, and a stranger's term moves nothing", () => {
  const { coordinate, say, finish, view } = room("do a; do b", [B, C]);
  finish(C, "p1");
  assert.equal(view().parts[0]?.handedIn.length, 0);
  coordinate(A, 1);
  say(C, {
    kind: "partGiven",
    term: 999,
    part: { partId: "p1", hub: C, agent: "x", goal: "mine" },
  });
  // The coordinator's own giving stands; nothing is said again and again.
  assert.deepEqual(coordinate(A, 1), []);
});

test("only the home gives parts in the first term, and nobody ends a job whose parts are not in or says what came of it", () => {
  const { coordinate, say, finish, view } = room("do a; do b", [B, C]);
  const mine = { partId: "p1", hub: C, agent: "x", goal: "mine" };
  say(C, { kind: "partGiven", term: 1, part: mine });
  finish(C, "p1");
  assert.equal(view().parts[0]?.handedIn.length, 0);
  coordinate(A, 1);
  say(C, { kind: "jobDone", term: 999, text: "All is well." });
  assert.equal(view().done, undefined);
  finish(B, "p1");
  finish(C, "p2");
  coordinate(A, 1);
  assert.match(view().done?.text ?? "", /^## do a\nBen\/dev:\np1/);
});
