import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { createChance } from "../../../src/core/peering/chance.ts";
import { roomDigest } from "../../../src/core/peering/digest.ts";
import { createRoomMachine } from "../../../src/core/peering/machine.ts";
import type { RoomEffect, Sealed } from "../../../src/core/peering/room.ts";
import { MAX_PEER_FRAME } from "../../../src/protocol/peer.ts";
import {
  EMPTY,
  chain,
  createTable,
  framesTo,
  hubs,
  refusals,
  rulesOf,
  seal,
  sha256,
  word,
  type Table,
} from "./rig.ts";

const [A = "", B = "", C = "", STRANGER = ""] = hubs(4);

/** Hub A in a room with B and C, linked to both. */
function atA(): Table {
  const table = createTable(3);
  table.linkAll();
  table.run(100);
  return table;
}

const words = (count: number, mark = "w"): ReturnType<typeof word>[] =>
  Array.from({ length: count }, (_, n) => word(`${mark}${String(n)}`));

const digests = (table: Table): ReadonlySet<string> =>
  new Set(
    table.names.map((_, at) => {
      const machine = table.machine(at);
      return roomDigest(machine.said(), machine.forked(), sha256);
    }),
  );

describe("a chain of what one hub said", () => {
  const said = chain(B, words(4));
  const [b1, b2, b3] = said;
  if (!b1 || !b2 || !b3) throw new Error("no chain");

  it("grows by the next envelope only: a hole is asked for, and asked for once", () => {
    const table = atA();
    assert.deepEqual(
      refusals(table.give(0, 1, { t: "push", sealed: [b1] })),
      [],
    );
    table.run(300);
    const first = table.give(0, 1, { t: "push", sealed: [b3] });
    assert.deepEqual(refusals(first), ["gap"]);
    const [asked] = framesTo(first, B);
    assert.equal(asked?.t === "have" && asked.ask, true);
    const second = table.give(0, 1, { t: "push", sealed: [b3] });
    assert.deepEqual(refusals(second), ["gap"]);
    assert.ok(framesTo(second).every((one) => one.t === "have" && !one.ask));
    assert.deepEqual(table.machine(0).have()[B], [1, 1]);
  });

  it("takes nothing twice, and says what was there already", () => {
    const table = atA();
    table.give(0, 1, { t: "push", sealed: [b1, b2] });
    const again = table.give(0, 2, { t: "push", sealed: [b1, b2] });
    assert.deepEqual(refusals(again), ["duplicate", "duplicate"]);
    assert.equal(table.kept(0).said.length, 2);
  });

  it("refuses a lower epoch, a wrong link to the one before, and whoever is no member", () => {
    const table = atA();
    const early = seal(B, { epoch: 5, seq: 1, prev: "" }, word("late"));
    const stale = seal(B, { epoch: 4, seq: 2, prev: early.hash }, word("old"));
    const loose = seal(B, { epoch: 5, seq: 2, prev: b1.hash }, word("loose"));
    const strange = seal(STRANGER, { epoch: 1, seq: 1, prev: "" }, word("x"));
    const effects = table.give(0, 1, {
      t: "push",
      sealed: [early, stale, loose, strange],
    });
    assert.deepEqual(refusals(effects), ["stale", "chain", "stranger"]);
    assert.deepEqual(table.machine(0).have(), { [B]: [5, 1] });
    const machine = createRoomMachine(rulesOf([A, B, C], 0), EMPTY, 0);
    assert.deepEqual(
      refusals(
        machine.take({
          kind: "frame",
          from: STRANGER,
          frame: { t: "push", sealed: [b1] },
          mono: 1,
        }),
      ),
      ["stranger"],
    );
  });

  it("does not say what is not at its place, and never contradicts itself", () => {
    const machine = createRoomMachine(rulesOf([A, B], 0), EMPTY, 0);
    const say = (sealed: Sealed): readonly RoomEffect[] =>
      machine.take({ kind: "said", sealed, mono: 1 });
    const early = seal(A, { epoch: 1, seq: 2, prev: "" }, word("x"));
    assert.throws(() => say(early), { code: "peering-failed" });
    const [one] = chain(A, words(1, "one"));
    const [other] = chain(A, words(1, "other"));
    if (!one || !other) return;
    assert.deepEqual(say(one), [
      { kind: "keepSaid", sealed: one },
      { kind: "coordinator", hubId: A, term: 1 },
    ]);
    assert.throws(() => say(other), { code: "peering-failed" });
    assert.throws(() => say(one), { code: "peering-failed" });
    assert.deepEqual(machine.forked(), []);
    // Somebody else holds what it signed elsewhere: it has no word here any more, and is told so.
    machine.take({ kind: "linked", peer: B, mono: 2 });
    machine.take({
      kind: "frame",
      from: B,
      frame: { t: "push", sealed: [other] },
      mono: 3,
    });
    assert.deepEqual(machine.forked(), [{ origin: A, seq: 1 }]);
    const next = seal(A, machine.next(), word("x"));
    assert.throws(() => say(next), { message: /two different things/ });
  });

  it("is the same after a restart", () => {
    const table = atA();
    table.give(0, 1, { t: "push", sealed: said });
    const before = table.machine(0).have();
    table.crash(0);
    table.start(0);
    assert.deepEqual(table.machine(0).have(), before);
  });
});

describe("a hub that signs two things for one place", () => {
  it("counts nowhere from the lowest such place on, however the two chains were spread", () => {
    fc.assert(
      fc.property(
        fc.record({
          common: fc.nat({ max: 4 }),
          one: fc.integer({ min: 1, max: 24 }),
          other: fc.integer({ min: 1, max: 24 }),
          knows: fc.array(fc.nat({ max: 2 }), { minLength: 4, maxLength: 4 }),
        }),
        ({ common, one, other, knows }) => {
          const table = createTable(5);
          const liar = table.names[4] ?? "";
          const trunk = chain(liar, words(common, "t"));
          const branches = [
            chain(liar, words(one, "x"), trunk.at(-1)),
            chain(liar, words(other, "y"), trunk.at(-1)),
          ];
          // Each hub heard of one chain, or of none; together of both.
          const heard = [...knows.slice(0, 2), 0, 1];
          for (const [at, which] of heard.entries())
            table.give(at, 4, {
              t: "push",
              sealed: [...trunk, ...(branches[which] ?? [])],
            });
          table.crash(4);
          table.linkAll();
          table.run(8000);
          for (let at = 0; at < 4; at += 1) {
            const machine = table.machine(at);
            assert.deepEqual(machine.forked(), [
              { origin: liar, seq: common + 1 },
            ]);
            assert.equal(machine.said().length, common);
            assert.equal(machine.have()[liar]?.[1], common || undefined);
            const next = chain(liar, words(1, "z"), trunk.at(-1));
            assert.deepEqual(
              refusals(table.give(at, 4, { t: "push", sealed: next })),
              ["forked"],
            );
          }
        },
      ),
      { numRuns: 60, seed: 11 },
    );
  });

  it("is shown to everybody at once by whoever sees both", () => {
    const table = atA();
    const [x] = chain(B, words(1, "x"));
    const [y] = chain(B, words(1, "y"));
    if (!x || !y) return;
    table.give(0, 1, { t: "push", sealed: [x] });
    const effects = table.give(0, 1, { t: "push", sealed: [y] });
    const shown = framesTo(effects, C).flatMap((one) =>
      one.t === "push" ? one.sealed : [],
    );
    assert.deepEqual(shown, [x, y]);
  });

  it("is found out far below the ends of its two chains", () => {
    const table = createTable(3);
    for (const at of [0, 1])
      for (let n = 0; n < 200; n += 50)
        table.give(at, 2, {
          t: "push",
          sealed: chain(C, words(200, String(at))).slice(n, n + 50),
        });
    table.crash(2);
    table.link(0, 1);
    table.run(4500);
    for (const at of [0, 1])
      assert.deepEqual(table.machine(at).forked(), [{ origin: C, seq: 1 }]);
  });

  it("is still known after a restart, by both of what it signed", () => {
    const table = atA();
    const [x] = chain(B, words(1, "x"));
    const [y] = chain(B, words(1, "y"));
    if (!x || !y) return;
    table.give(0, 1, { t: "push", sealed: [x, y] });
    assert.deepEqual(
      table.kept(0).forks.map(({ first, second }) => [first, second]),
      [[x, y]],
    );
    table.crash(0);
    table.start(0);
    assert.deepEqual(table.machine(0).forked(), [{ origin: B, seq: 1 }]);
    assert.deepEqual(table.machine(0).said(), []);
  });
});

describe("what is said in a room", () => {
  it("reaches every hub of any connected network, though frames get lost", () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat({ max: 99 }), { minLength: 4, maxLength: 4 }),
        fc.array(fc.tuple(fc.nat({ max: 4 }), fc.integer({ min: 1, max: 5 }))),
        fc.nat({ max: 1000 }),
        (parents, sayings, seed) => {
          const chance = createChance(seed);
          const table = createTable(5, {
            seed,
            loses: () => chance(10) === 0,
          });
          // A tree: each hub hangs on one before it.
          for (const [at, parent] of parents.entries())
            table.link(at + 1, parent % (at + 1));
          for (const [at, count] of sayings) {
            for (const body of words(count)) table.say(at, body);
            table.run(50);
          }
          table.run(30_000);
          assert.equal(digests(table).size, 1);
          assert.equal(
            table.machine(0).said().length,
            sayings.reduce((sum, [, count]) => sum + count, 0),
          );
        },
      ),
      { numRuns: 15, seed: 7 },
    );
  });

  it("catches a hub up that was away, in frames that fit a link and few at a time", () => {
    const table = createTable(2);
    for (let n = 0; n < 300; n += 1)
      table.say(0, word(String(n)), n % 3 === 0 ? 60_000 : 0);
    table.link(0, 1);
    let inFlight = 0;
    const answer = table.give(0, 1, {
      t: "have",
      have: {},
      ask: true,
      heads: {},
    });
    for (const frame of framesTo(answer, B)) {
      if (frame.t !== "push") continue;
      inFlight += 1;
      const bytes = frame.sealed.reduce((sum, { jws }) => sum + jws.length, 0);
      assert.ok(frame.sealed.length <= 64 && bytes < MAX_PEER_FRAME);
    }
    assert.ok(inFlight > 0 && inFlight <= 4, String(inFlight));
    table.run(3000);
    assert.equal(table.machine(1).said().length, 300);
  });

  it("is known to be held by those who said so", () => {
    const table = createTable(4);
    table.link(0, 1);
    table.link(0, 2);
    table.run(100);
    const { envelope } = table.say(0, word("x"));
    assert.equal(table.machine(0).heldBy(A, envelope.seq), 1);
    table.run(100);
    assert.equal(table.machine(0).heldBy(A, envelope.seq), 3);
    // Whoever said it has it.
    assert.equal(table.machine(2).heldBy(A, envelope.seq), 2);
    table.link(3, 2);
    table.run(6000);
    assert.equal(table.machine(0).heldBy(A, envelope.seq), 3);
    assert.equal(table.machine(2).heldBy(A, envelope.seq), 3);
    assert.equal(table.machine(3).heldBy(A, envelope.seq), 3);
  });

  it("costs frames in proportion to the hubs, though each of them answers", () => {
    const frames = (count: number): number => {
      const table = createTable(count);
      table.linkAll();
      table.run(1000);
      const before = table.frames;
      table.say(0, word("asks"));
      table.run(50);
      for (let at = 1; at < count; at += 1) {
        table.say(at, word("answers"));
        table.run(20);
      }
      table.run(2000);
      assert.equal(digests(table).size, 1);
      return table.frames - before;
    };
    const [few, many] = [frames(6), frames(24)];
    // Four times the hubs; each telling each would be sixteen times the frames.
    assert.ok(many <= few * 6, `${String(few)} and ${String(many)}`);
  });

  it("is not sent as fast as somebody asks who claims to have nothing, or other chains", () => {
    const table = createTable(2);
    for (const body of words(300)) table.say(0, body, 2000);
    table.link(0, 1);
    table.run(3000);
    let sent = 0;
    for (let n = 0; n < 1000; n += 1) {
      const lie = chain(A, words(1, "lie"))[0]?.hash ?? "";
      const effects = table.give(0, 1, {
        t: "have",
        ...(n % 2 === 0
          ? { have: {}, heads: {} }
          : { have: { [A]: [1, 300] }, heads: { [A]: lie } }),
        ask: true,
      });
      for (const frame of framesTo(effects))
        if (frame.t === "push") sent += frame.sealed.length;
    }
    assert.ok(sent <= 300 + 16, String(sent));
  });

  it("is not sent for ever to a hub that never takes it", () => {
    const table = createTable(2);
    table.say(0, word("x"));
    table.link(0, 1);
    table.crash(1);
    const machine = table.machine(0);
    let mono = table.mono(0);
    machine.take({ kind: "linked", peer: B, mono });
    let pushes = 0;
    for (let n = 0; n < 300; n += 1) {
      mono += 2000;
      const effects = machine.take({
        kind: "frame",
        from: B,
        frame: { t: "have", have: {}, ask: true, heads: {} },
        mono,
      });
      pushes += framesTo(effects).filter(({ t }) => t === "push").length;
    }
    // Ten minutes: doubling waits, then one a minute.
    assert.ok(pushes > 5 && pushes < 25, String(pushes));
  });
});
