import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { createRoomMachine } from "../../../src/core/peering/machine.ts";
import type { RoomEffect } from "../../../src/core/peering/room.ts";
import type { TermFrame } from "../../../src/protocol/peer.ts";
import {
  EMPTY,
  chain,
  createTable,
  framesTo,
  hubs,
  refusals,
  rulesOf,
  word,
  type Table,
} from "./rig.ts";

const [A = "", B = "", C = ""] = hubs(3);
const LEASE_MS = 1000;

/** Finds two who may coordinate at once, and two who ever could in one term. */
function referee(): (table: Table) => void {
  const holderOf = new Map<number, number>();
  return (table) => {
    const holders = table.holders();
    assert.ok(holders.length <= 1, `${holders.join(" and ")} coordinate`);
    const [at] = holders;
    if (at === undefined) return;
    const { term } = table.machine(at);
    assert.equal(holderOf.get(term) ?? at, at, `two in term ${String(term)}`);
    holderOf.set(term, at);
  };
}

function electing(count: number): Table {
  const table = createTable(count, { elects: true, watch: referee() });
  table.linkAll();
  table.run(500);
  return table;
}

const votesIn = (effects: readonly RoomEffect[]): readonly boolean[] =>
  framesTo(effects).flatMap((one) =>
    one.t === "term" && one.term.kind === "vote" ? [one.term.granted] : [],
  );

describe("the office of a room", () => {
  it("stays with its home where nobody is elected", () => {
    const table = createTable(3);
    assert.deepEqual(table.holders(), [0]);
    table.crash(0);
    table.linkAll();
    table.run(20_000);
    assert.deepEqual(table.holders(), []);
    assert.equal(table.machine(1).coordinator, A);
  });

  it("is its home's in the first term, once a majority heard of it", () => {
    const table = createTable(3, { elects: true, watch: referee() });
    table.run(300);
    assert.deepEqual(table.holders(), []);
    table.link(0, 2);
    table.run(300);
    assert.deepEqual(table.holders(), [0]);
    assert.deepEqual(
      [1, 2].map((at) => table.machine(at).term),
      [1, 1],
    );
  });

  it("goes to another when its holder dies, and everybody knows to whom", () => {
    const table = electing(5);
    table.crash(0);
    table.run(200);
    assert.deepEqual(table.holders(), []);
    table.run(4000);
    const [holder = 0] = table.holders();
    assert.ok(holder > 0);
    for (let at = 1; at < 5; at += 1)
      assert.equal(table.machine(at).coordinator, table.names[holder]);
    table.start(0);
    table.linkAll();
    table.run(1000);
    assert.deepEqual(table.holders(), [holder]);
    assert.equal(table.machine(0).coordinator, table.names[holder]);
  });

  it("ends before anybody else can have it when its holder is cut off, and is nobody's in a minority", () => {
    const table = electing(5);
    for (let at = 2; at < 5; at += 1) {
      table.cut(0, at);
      table.cut(1, at);
    }
    table.run(6000);
    const [holder = 0] = table.holders();
    assert.ok(holder >= 2);
    // Whoever could not win did not stand: the cut leaves no trace in the terms.
    const { term } = table.machine(holder);
    assert.equal(table.machine(1).term, 1);
    table.linkAll();
    table.run(1000);
    assert.deepEqual(table.holders(), [holder]);
    assert.equal(table.machine(1).term, term);
  });

  it("is handed over at once to whom its holder names, and to nobody else by it", () => {
    const table = electing(5);
    table.handOver(0, 3);
    assert.deepEqual(table.holders(), []);
    table.run(150);
    assert.deepEqual(table.holders(), [3]);
    assert.equal(table.machine(3).term, 2);
    assert.equal(table.machine(0).coordinator, table.names[3]);
    // Who does not hold it cannot give it away.
    table.handOver(1, 2);
    table.run(300);
    assert.deepEqual(table.holders(), [3]);
  });

  it("begins with everything its voters have", () => {
    const table = electing(3);
    table.cut(0, 2);
    // Only the home and one other have this.
    table.say(0, word("decided"));
    table.run(30);
    assert.equal(table.machine(0).heldBy(A, 1), 2);
    table.crash(0);
    table.cut(1, 2);
    table.link(1, 2);
    for (let n = 0; n < 600 && table.holders().length === 0; n += 1)
      table.run(10);
    const [holder = 0] = table.holders();
    assert.ok(holder > 0);
    assert.deepEqual(table.machine(holder).have()[A], [1, 1]);
  });
});

/** A machine alone, linked to two others, and frames for it. */
function alone(self: 0 | 1): {
  readonly machine: ReturnType<typeof createRoomMachine>;
  readonly hears: (
    from: string,
    term: TermFrame,
    mono: number,
  ) => readonly RoomEffect[];
} {
  const machine = createRoomMachine(rulesOf([A, B, C], self, true), EMPTY, 0);
  for (const peer of [A, B, C])
    if (peer !== [A, B][self]) machine.take({ kind: "linked", peer, mono: 0 });
  return {
    machine,
    hears: (from, term, mono) =>
      machine.take({
        kind: "frame",
        from,
        frame: { t: "term", term },
        mono,
      }),
  };
}

const termsIn = (effects: readonly RoomEffect[]): readonly TermFrame[] =>
  framesTo(effects).flatMap((one) => (one.t === "term" ? [one.term] : []));

describe("a lease", () => {
  it("runs from when the renewal was sent, less a tenth, and only while a majority answers", () => {
    const { machine, hears } = alone(0);
    machine.take({ kind: "tick", mono: 10 });
    assert.equal(machine.mayCoordinate(10), false);
    hears(B, { kind: "leadHeard", term: 1, beat: 1 }, 600);
    assert.equal(machine.mayCoordinate(909), true);
    assert.equal(machine.mayCoordinate(910), false);
    machine.take({ kind: "tick", mono: 700 });
    // An answer of another term, to what was never sent, or again to what was sent before, renews nothing.
    hears(B, { kind: "leadHeard", term: 1, beat: 77 }, 800);
    hears(C, { kind: "leadHeard", term: 1, beat: 1 }, 800);
    assert.equal(machine.mayCoordinate(910), false);
    hears(C, { kind: "leadHeard", term: 1, beat: 2 }, 905);
    assert.equal(machine.mayCoordinate(1599), true);
    assert.equal(machine.mayCoordinate(1600), false);
  });

  it("of somebody whose term is over is not acknowledged: it is told the later term", () => {
    const { machine, hears } = alone(1);
    hears(C, { kind: "lead", term: 3, beat: 1 }, 100);
    assert.equal(machine.coordinator, C);
    const late = hears(A, { kind: "lead", term: 1, beat: 9 }, 200);
    assert.deepEqual(refusals(late), ["stale"]);
    assert.deepEqual(termsIn(late), [{ kind: "leadHeard", term: 3, beat: 9 }]);
    assert.equal(machine.coordinator, C);
  });

  it("is not renewed for a holder that let go, nor taken in the first term by another than the home", () => {
    const { machine, hears } = alone(1);
    hears(A, { kind: "lead", term: 1, beat: 1 }, 100);
    hears(A, { kind: "handOver", term: 1, to: C }, 200);
    assert.equal(machine.coordinator, undefined);
    assert.deepEqual(
      termsIn(hears(A, { kind: "lead", term: 1, beat: 2 }, 300)),
      [],
    );
    // Only who was named gets the vote that was promised to the holder.
    const asked = { kind: "voteAsked", term: 2, handedOver: true } as const;
    assert.deepEqual(votesIn(hears(A, asked, 310)), [false]);
    assert.deepEqual(votesIn(hears(C, asked, 320)), [true]);
    const fresh = alone(1);
    fresh.machine.take({ kind: "tick", mono: LEASE_MS });
    assert.equal(fresh.machine.coordinator, undefined);
    assert.deepEqual(
      refusals(fresh.hears(C, { kind: "lead", term: 1, beat: 1 }, LEASE_MS)),
      ["stale"],
    );
  });

  it("does not let its holder act before it has what its voters have, and ends if it never gets it", () => {
    const { machine, hears } = alone(1);
    const [said] = chain(A, [word("decided")]);
    if (said === undefined) return;
    hears(A, { kind: "lead", term: 1, beat: 1 }, 0);
    hears(A, { kind: "handOver", term: 1, to: B }, 10);
    const have = { [A]: [1, 1] as [number, number] };
    hears(C, { kind: "vote", term: 2, granted: true, have }, 20);
    hears(C, { kind: "leadHeard", term: 2, beat: 1 }, 30);
    assert.equal(machine.coordinator, B);
    assert.equal(machine.mayCoordinate(40), false);
    machine.take({
      kind: "frame",
      from: C,
      frame: { t: "push", sealed: [said] },
      mono: 50,
    });
    assert.equal(machine.mayCoordinate(60), true);

    const other = alone(1);
    other.hears(A, { kind: "lead", term: 1, beat: 1 }, 0);
    other.hears(A, { kind: "handOver", term: 1, to: B }, 10);
    other.hears(C, { kind: "vote", term: 2, granted: true, have }, 20);
    other.machine.take({ kind: "tick", mono: 2 * LEASE_MS + 20 });
    assert.equal(other.machine.coordinator, undefined);
  });
});

describe("a hub that signed two things for one place", () => {
  const fork = (table: Table, liar: number): void => {
    for (let at = 0; at < 3; at += 1)
      for (const body of [word("x"), word("y")])
        table.give(at, 1, {
          t: "push",
          sealed: chain(table.names[liar] ?? "", [body]),
        });
  };

  it("loses the office, which goes to one whose word counts, and gets it no more", () => {
    const table = electing(3);
    assert.deepEqual(table.holders(), [0]);
    fork(table, 0);
    assert.deepEqual(table.holders(), []);
    table.run(4000);
    const [holder = 0] = table.holders();
    assert.ok(holder > 0);
    table.handOver(holder, 0);
    table.run(500);
    assert.deepEqual(table.holders(), [holder]);
  });

  it("is not elected", () => {
    const table = electing(3);
    fork(table, 1);
    table.crash(0);
    table.run(6000);
    assert.deepEqual(table.holders(), [2]);
  });
});

describe("a vote", () => {
  const asks = (
    machine: ReturnType<typeof createRoomMachine>,
    from: string,
    term: number,
    mono: number,
  ): readonly RoomEffect[] =>
    machine.take({
      kind: "frame",
      from,
      frame: { t: "term", term: { kind: "voteAsked", term } },
      mono,
    });

  it("is on disk before it is given, is given to one only, and so after a restart", () => {
    const rules = rulesOf([A, B, C], 2, true);
    const machine = createRoomMachine(rules, EMPTY, 0);
    for (const peer of [A, B]) machine.take({ kind: "linked", peer, mono: 0 });
    const effects = asks(machine, A, 7, LEASE_MS);
    const kept = effects.findIndex(({ kind }) => kind === "keepVote");
    const sent = effects.findIndex(({ kind }) => kind === "send");
    assert.ok(kept >= 0 && kept < sent);
    assert.deepEqual(effects[kept], {
      kind: "keepVote",
      term: 7,
      candidate: A,
    });
    assert.deepEqual(votesIn(effects), [true]);
    assert.deepEqual(votesIn(asks(machine, B, 7, LEASE_MS + 1)), [false]);

    const again = createRoomMachine(
      rules,
      { ...EMPTY, vote: { term: 7, candidate: A } },
      0,
    );
    for (const peer of [A, B]) again.take({ kind: "linked", peer, mono: 0 });
    assert.deepEqual(votesIn(asks(again, B, 7, 10 * LEASE_MS)), [false]);
    assert.deepEqual(votesIn(asks(again, A, 7, 10 * LEASE_MS)), [true]);
  });

  it("is not given for a lease after a start, nor while a holder is heard", () => {
    const machine = createRoomMachine(rulesOf([A, B, C], 2, true), EMPTY, 0);
    for (const peer of [A, B]) machine.take({ kind: "linked", peer, mono: 0 });
    assert.deepEqual(votesIn(asks(machine, B, 2, LEASE_MS - 1)), [false]);
    machine.take({
      kind: "frame",
      from: A,
      frame: { t: "term", term: { kind: "lead", term: 1, beat: 1 } },
      mono: LEASE_MS,
    });
    assert.deepEqual(votesIn(asks(machine, B, 2, 2 * LEASE_MS - 1)), [false]);
    assert.equal(machine.term, 1);
    assert.deepEqual(votesIn(asks(machine, B, 2, 2 * LEASE_MS)), [true]);
  });

  it("is not given for a term that is over, nor to a stranger, and a holder that hears of a later term stops", () => {
    const table = electing(3);
    assert.deepEqual(table.holders(), [0]);
    const stale = table.give(1, 2, {
      t: "term",
      term: { kind: "lead", term: 1, beat: 9 },
    });
    // The first term is the home's.
    assert.deepEqual(refusals(stale), ["stale"]);
    table.give(0, 1, {
      t: "term",
      term: { kind: "leadHeard", term: 4, beat: 1 },
    });
    assert.deepEqual(table.holders(), []);
    assert.equal(table.machine(0).term, 4);
    assert.equal(table.kept(0).vote.term, 4);
    const machine = createRoomMachine(rulesOf([A, B], 0, true), EMPTY, 0);
    assert.deepEqual(refusals(asks(machine, C, 2, 5000)), ["stranger"]);
  });
});

describe("whatever happens to the hubs", () => {
  const event = fc.oneof(
    fc.record({ kind: fc.constant("cut"), a: fc.nat(4), b: fc.nat(4) }),
    fc.record({ kind: fc.constant("link"), a: fc.nat(4), b: fc.nat(4) }),
    fc.record({ kind: fc.constant("crash"), a: fc.nat(4), b: fc.nat(4) }),
    fc.record({ kind: fc.constant("start"), a: fc.nat(4), b: fc.nat(4) }),
    fc.record({ kind: fc.constant("handOver"), a: fc.nat(4), b: fc.nat(4) }),
    fc.record({ kind: fc.constant("all"), a: fc.nat(4), b: fc.nat(4) }),
  );

  it("no two coordinate at once or in one term, though their clocks run a tenth apart; and in the end one does", () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(event, fc.integer({ min: 1, max: 120 })), {
          minLength: 5,
          maxLength: 30,
        }),
        fc.array(fc.integer({ min: 953, max: 1047 }), {
          minLength: 5,
          maxLength: 5,
        }),
        fc.nat(1_000_000),
        (events, perMille, seed) => {
          const table = createTable(5, {
            elects: true,
            seed,
            rates: perMille.map((rate) => rate / 1000),
            watch: referee(),
          });
          const down = new Set<number>();
          const start = (at: number): void => {
            if (down.delete(at)) table.start(at);
          };
          table.linkAll();
          for (const [{ kind, a, b }, wait] of events) {
            if (kind === "cut") table.cut(a, b);
            else if (kind === "link") table.link(a, b);
            else if (kind === "handOver") {
              const [holder = a] = table.holders();
              if (!down.has(holder)) table.handOver(holder, b);
            } else if (kind === "start") start(a);
            else if (kind === "all") table.linkAll();
            else if (!down.has(a)) {
              down.add(a);
              table.crash(a);
            }
            table.run(wait * 20);
          }
          for (const at of down) start(at);
          table.linkAll();
          table.run(8000);
          const [holder] = table.holders();
          assert.notEqual(holder, undefined);
          for (let at = 0; at < 5; at += 1)
            assert.equal(
              table.machine(at).coordinator,
              table.names[holder ?? -1],
            );
        },
      ),
      { numRuns: 150, seed: 3 },
    );
  });
});
