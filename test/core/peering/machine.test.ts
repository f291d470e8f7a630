import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { createRoomMachine } from "../../../src/core/peering/machine.ts";
import type { RoomInput } from "../../../src/core/peering/room.ts";
import type { TermFrame } from "../../../src/protocol/peer.ts";
import { EMPTY, chain, framesTo, hubs, rulesOf, seal, word } from "./rig.ts";

const NAMES = hubs(4);
const MEMBERS = NAMES.slice(0, 3);
const WORDS = Array.from({ length: 6 }, (_, n) => word(String(n)));
const POOL = NAMES.flatMap((name) => [
  ...chain(name, WORDS),
  ...chain(name, WORDS.toReversed()),
  seal(name, { epoch: 3, seq: 4, prev: "" }, word("loose")),
]);

const hub = fc.constantFrom(...NAMES);
const small = fc.integer({ min: 1, max: 8 });
const have = fc.dictionary(hub, fc.tuple(small, small));

const term = fc.oneof(
  fc.record({
    kind: fc.constant("voteAsked"),
    term: small,
    handedOver: fc.boolean(),
    pre: fc.boolean(),
  }),
  fc.record({
    kind: fc.constant("vote"),
    term: small,
    granted: fc.boolean(),
    pre: fc.boolean(),
    have,
  }),
  fc.record({
    kind: fc.constantFrom("lead", "leadHeard"),
    term: fc.oneof(small, fc.constant(Number.MAX_SAFE_INTEGER)),
    beat: small,
  }),
  fc.record({ kind: fc.constant("handOver"), term: small, to: hub }),
) as fc.Arbitrary<TermFrame>;

const frame = fc.oneof(
  fc.record({
    t: fc.constant("have" as const),
    have,
    ask: fc.boolean(),
    heads: fc.option(
      fc.dictionary(hub, fc.constantFrom(...POOL.map(({ hash }) => hash))),
      { nil: undefined },
    ),
    forks: fc.option(fc.dictionary(hub, small), { nil: undefined }),
  }),
  fc.record({
    t: fc.constant("push" as const),
    sealed: fc.array(fc.constantFrom(...POOL), { minLength: 1, maxLength: 8 }),
  }),
  fc.record({ t: fc.constant("term" as const), term }),
);

const step = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({ kind: fc.constant("frame"), from: hub, frame }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant("tick") }) },
  fc.record({ kind: fc.constantFrom("linked", "unlinked"), peer: hub }),
  fc.record({ kind: fc.constant("handOver"), to: hub }),
);

describe("the machine of a room", () => {
  it("bears whatever comes, writes to linked members only, answers the same to the same, and comes back as it was", () => {
    fc.assert(
      fc.property(
        fc.boolean(),
        fc.nat({ max: 2 }),
        fc.array(fc.tuple(step, fc.nat({ max: 1500 })), { maxLength: 60 }),
        (elects, self, steps) => {
          const rules = rulesOf(MEMBERS, self, elects);
          const [one, other] = [EMPTY, EMPTY].map((kept) =>
            createRoomMachine(rules, kept, 0),
          );
          if (!one || !other) return;
          const linked = new Set<string>();
          const said: typeof POOL = [];
          const forks: { first: (typeof POOL)[0]; second: (typeof POOL)[0] }[] =
            [];
          let mono = 0;
          for (const [more, ms] of steps) {
            mono += ms;
            const input = { ...more, mono } as RoomInput;
            if (input.kind === "linked" && input.peer !== rules.self)
              linked.add(input.peer);
            if (input.kind === "unlinked") linked.delete(input.peer);
            const effects = one.take(input);
            assert.deepEqual(other.take(input), effects);
            for (const effect of effects) {
              if (effect.kind === "keepSaid") said.push(effect.sealed);
              if (effect.kind === "keepFork") forks.push(effect);
              if (effect.kind !== "send") continue;
              assert.ok(linked.has(effect.to) && MEMBERS.includes(effect.to));
            }
            assert.ok(framesTo(effects).length <= 40);
            assert.ok(Number.isSafeInteger(one.term));
          }
          const again = createRoomMachine(
            rules,
            { said, forks, vote: EMPTY.vote },
            0,
          );
          assert.deepEqual(again.said(), one.said());
          assert.deepEqual(again.forked(), one.forked());
          assert.deepEqual(again.have(), one.have());
        },
      ),
      { numRuns: 400, seed: 21 },
    );
  });
});
