import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { createReader, Arrived } from "../../../src/hub/messaging/frame.ts";
import { asHeader, headerProblem } from "../../../src/hub/messaging/header.ts";
import { EnvelopeHeader } from "../../../src/protocol/envelope.ts";

/** Values that are right, nearly right, or anything at all. */
const text = (most: number): fc.Arbitrary<string> =>
  fc.oneof(
    fc.string({ maxLength: 12 }),
    fc.constantFrom(
      "",
      "x".repeat(most),
      "x".repeat(most + 1),
      "ü".repeat(most),
    ),
  );
const number = fc.oneof(
  fc.integer({ min: -2, max: 12 }),
  fc.constantFrom(0.5, 2 ** 53, 2 ** 53 - 1, -(2 ** 53), 1e300),
);
const recipient = fc.oneof(
  fc.constantFrom(
    "everyone",
    "Everyone",
    "agent:a",
    "agent:A",
    `agent:${"a".repeat(64)}`,
    `agent:${"a".repeat(65)}`,
    "role:Dev-1",
    "role:",
    "skill:nlp_*",
    "topic:a.b.c",
    "topic:a..b",
    "topic:a.*",
    `topic:${Array.from({ length: 17 }, () => "a").join(".")}`,
    `topic:${"a".repeat(251)}`,
    "agent:a\n",
    " everyone",
  ),
  fc.string({ maxLength: 20 }),
);
const anything = fc.oneof(fc.anything({ maxDepth: 1 }), fc.constant(null));
const wild = <T>(usual: fc.Arbitrary<T>): fc.Arbitrary<unknown> =>
  fc.oneof({ weight: 6, arbitrary: usual }, { weight: 1, arbitrary: anything });

const header = fc.record(
  {
    id: wild(text(128)),
    to: wild(recipient),
    from: wild(text(64)),
    type: wild(
      fc.constantFrom(
        "request",
        "response",
        "broadcast",
        "event",
        "heartbeat",
        "error",
        "shout",
      ),
    ),
    durable: wild(fc.boolean()),
    more: wild(fc.boolean()),
    priority: wild(number),
    at: wild(number),
    expiresAt: wild(number),
    correlationId: wild(text(128)),
    causationId: wild(text(128)),
    traceparent: wild(
      fc.constantFrom(
        "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        "00-00000000000000000000000000000000-b7ad6b7169203331-01",
        "01-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
      ),
    ),
    tracestate: wild(text(512)),
    seq: wild(number),
    attempt: wild(number),
    subscription: wild(text(64)),
    unknown: anything,
  },
  { requiredKeys: [] },
);

/** As it would come over the wire. */
function overTheWire(value: unknown): unknown {
  const text = JSON.stringify({ value }, (_key, part: unknown) =>
    typeof part === "bigint" ? 0 : part,
  );
  return (JSON.parse(text) as { value?: unknown }).value ?? null;
}

/** A header that fits, with a few of its members replaced. */
const nearly = fc
  .tuple(
    fc.record({ id: fc.constant("1"), to: fc.constant("everyone") }),
    header,
    fc.array(fc.nat({ max: 20 }), { maxLength: 4 }),
  )
  .map(([good, other, picks]) => {
    const entries = Object.entries(other);
    return {
      ...good,
      ...Object.fromEntries(picks.flatMap((at) => entries.slice(at, at + 1))),
    };
  });

test("the check of the hot path and the schema come to the same verdict, and to the same header", () => {
  let fitting = 0;
  const property = fc.property(
    fc.oneof(header, nearly, nearly, anything),
    (value) => {
      const came = overTheWire(value);
      const parsed = EnvelopeHeader.safeParse(came);
      const problem = headerProblem(came);
      assert.equal(problem === undefined, parsed.success);
      if (!parsed.success) {
        const fields = parsed.error.issues.map(({ path }) =>
          path.length === 0 ? "header" : String(path[0]),
        );
        assert.ok(fields.includes(problem?.field ?? ""));
        return;
      }
      fitting += 1;
      assert.deepEqual(asHeader(came), parsed.data);
    },
  );
  fc.assert(property, { numRuns: 20_000 });
  assert.ok(fitting > 1000, `only ${String(fitting)} headers fitted`);
});

test("a header read by the shape of the one before is the header that parsing gives", () => {
  const id = fc.oneof(
    fc.uuid(),
    fc.string({ minLength: 1, maxLength: 8 }),
    fc.constantFrom('a"b', "a\\b", "x".repeat(128), "x".repeat(129), ""),
  );
  const tail = fc.constantFrom(
    '","to":"everyone"}',
    '","to":"topic:a","priority":7}',
    '","to":"topic:a","id":"twice"}',
    '","to":"topic:a","\\u0069d":"hidden"}',
    '","to":"topic:a","from":"me","x":[{"id":1}]}',
    '" , "to" : "agent:b" }',
    '"}',
  );
  const frames = fc.array(
    fc.tuple(id, fc.boolean(), tail, fc.constantFrom("1", "", "\n", '"id"')),
    { minLength: 2, maxLength: 8 },
  );
  fc.assert(
    fc.property(frames, (all) => {
      const reader = createReader();
      for (const [name, raw, rest, payload] of all) {
        const said = raw ? name : JSON.stringify(name).slice(1, -1);
        const frame = Buffer.from(`!{"id":"${said}${rest}\n${payload}`);
        const learned = reader.read(frame);
        const fresh = createReader().read(frame);
        assert.equal(learned instanceof Arrived, fresh instanceof Arrived);
        if (!(learned instanceof Arrived) || !(fresh instanceof Arrived))
          continue;
        assert.deepEqual(learned.header, fresh.header);
        assert.deepEqual(learned.payload, fresh.payload);
      }
    }),
    { numRuns: 5000 },
  );
});

test("no bytes whatever make reading a frame throw, or pass for a header that does not fit", () => {
  const start = fc.constantFrom(
    "!",
    '!{"id":"',
    '!{"id":"1","to":"everyone"',
    "!{}",
  );
  fc.assert(
    fc.property(start, fc.uint8Array({ maxLength: 60 }), (text, bytes) => {
      const frame = Buffer.concat([
        Buffer.from(text),
        bytes,
        Buffer.from("\n1"),
      ]);
      const reader = createReader();
      for (const read of [reader.read(frame), reader.read(frame)])
        if (read instanceof Arrived)
          assert.ok(EnvelopeHeader.safeParse(read.header).success);
    }),
    { numRuns: 20_000 },
  );
});
