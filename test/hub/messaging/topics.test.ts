import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { createTopics } from "../../../src/hub/messaging/topics.ts";
import { TopicPattern } from "../../../src/protocol/envelope.ts";

/** What a pattern means, word by word. */
function naive(pattern: readonly string[], topic: readonly string[]): boolean {
  const [first, ...rest] = pattern;
  if (first === undefined) return topic.length === 0;
  if (first === "#") return true;
  const [segment, ...further] = topic;
  if (segment === undefined) return false;
  return (first === "*" || first === segment) && naive(rest, further);
}

const segment = fc.constantFrom("a", "b", "c");
const topic = fc
  .array(segment, { minLength: 1, maxLength: 5 })
  .map((segments) => segments.join("."));
const pattern = fc
  .tuple(
    fc.array(fc.oneof(segment, fc.constant("*")), { maxLength: 5 }),
    fc.boolean(),
  )
  .map(([segments, rest]) =>
    [...segments, ...(rest || segments.length === 0 ? ["#"] : [])].join("."),
  );
const step = fc.oneof(
  fc.record({
    kind: fc.constantFrom("add" as const, "remove" as const),
    pattern,
    who: fc.nat({ max: 4 }),
  }),
  fc.record({ kind: fc.constant("match" as const), topic }),
);

test("whoever comes and goes, a topic is heard by those whose patterns mean it, once each", () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      const topics = createTopics<number>();
      const model = new Map<string, Set<string>>();
      for (const each of steps) {
        if (each.kind === "match") {
          const expected = [...model]
            .filter(([, patterns]) =>
              [...patterns].some((one) =>
                naive(one.split("."), each.topic.split(".")),
              ),
            )
            .map(([who]) => Number(who));
          const found = topics.match(each.topic);
          assert.deepEqual(
            [...found].sort((a, b) => a - b),
            expected.sort((a, b) => a - b),
          );
          continue;
        }
        const who = String(each.who);
        const patterns = model.get(who) ?? new Set();
        model.set(who, patterns);
        if (each.kind === "add") {
          patterns.add(each.pattern);
          topics.add(each.pattern, each.who);
        } else {
          patterns.delete(each.pattern);
          topics.remove(each.pattern, each.who);
        }
      }
    }),
    { numRuns: 3000 },
  );
});

test("a topic heard of before reaches who came since, and no longer who left", () => {
  const topics = createTopics<string>();
  assert.deepEqual(topics.match("a.b"), []);
  topics.add("a.*", "ada");
  topics.add("a.#", "bob");
  assert.deepEqual([...topics.match("a.b")].sort(), ["ada", "bob"]);
  topics.remove("a.*", "ada");
  assert.deepEqual(topics.match("a.b"), ["bob"]);
  topics.remove("a.#", "bob");
  assert.deepEqual(topics.match("a.b"), []);
});

test("the schema takes the patterns that are documented, and no others", () => {
  for (const good of ["#", "a", "a.b", "*", "a.*.c", "a.#", "*.#", "a-1.B_2"])
    assert.equal(TopicPattern.safeParse(good).success, true, good);
  for (const bad of ["", ".", "a.", "#.a", "a.#.b", "a#", "a*", "a b", "ä"])
    assert.equal(TopicPattern.safeParse(bad).success, false, bad);
});

test("thousands of topics nobody wants are not remembered for ever", () => {
  const topics = createTopics<string>();
  topics.add("a.#", "x");
  for (let n = 0; n < 30_000; n += 1) topics.match(`b.${String(n)}`);
  assert.deepEqual(topics.match("a.b"), ["x"]);
});
