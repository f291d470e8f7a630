import assert from "node:assert/strict";
import { test } from "node:test";
import * as z from "zod";
import { incompatibilities, type Schema } from "./compatible.ts";

const word = (schema: z.ZodType): { readonly word: Schema } => ({
  word: z.toJSONSchema(schema, { io: "input" }) as Schema,
});

const change = (before: z.ZodType, after: z.ZodType): readonly string[] =>
  incompatibilities(word(before), word(after));

const base = z.object({ a: z.string(), b: z.number().int().optional() });

const harmless: readonly [string, z.ZodType, z.ZodType][] = [
  ["nothing", base, base],
  ["a new optional member", base, base.extend({ c: z.string().optional() })],
  [
    "a new member with a default",
    base,
    base.extend({ c: z.string().default("") }),
  ],
  ["a whole number that may be any", z.number().int(), z.number()],
  ["a wider range", z.number().min(1).max(5), z.number().min(0).max(9)],
  ["a longer text", z.string().max(5), z.string().max(9)],
  ["one more value", z.enum(["x"]), z.enum(["x", "y"])],
  ["a text where one of a few was", z.enum(["x"]), z.string()],
  ["null as well", z.string(), z.string().nullable()],
  [
    "one more alternative",
    z.discriminatedUnion("kind", [z.object({ kind: z.literal("a") })]),
    z.discriminatedUnion("kind", [
      z.object({ kind: z.literal("a") }),
      z.object({ kind: z.literal("b"), n: z.number() }),
    ]),
  ],
  ["anything", base, z.unknown()],
  ["a word that keeps what it does not know", base, z.looseObject(base.shape)],
];

for (const [what, before, after] of harmless)
  test(`${what} is no incompatible change`, () => {
    assert.deepEqual(change(before, after), []);
  });

const union = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("a"), n: z.number() }),
  z.object({ kind: z.literal("b") }),
]);

const breaking: readonly [string, z.ZodType, z.ZodType, string][] = [
  [
    "a member that goes",
    base,
    base.omit({ b: true }),
    "word.b: the member is gone",
  ],
  [
    "a new member that must be there",
    base,
    base.extend({ c: z.string() }),
    "word.c: a new member is required",
  ],
  [
    "an optional member that must be there",
    base,
    base.extend({ b: z.number().int() }),
    "word.b: it was optional, now it is required",
  ],
  [
    "a member older readers rely on, and that may be missing",
    base,
    base.extend({ a: z.string().optional() }),
    "word.a: it was always there, and older versions rely on it",
  ],
  [
    "another type",
    base,
    base.extend({ a: z.number() }),
    "word.a: it was string, now it is number",
  ],
  [
    "whole numbers only",
    z.number().min(0).max(9),
    z.number().int().min(0).max(9),
    "word: it was number, now it is integer",
  ],
  [
    "a value that goes",
    z.enum(["x", "y"]),
    z.enum(["x"]),
    'word: the value "y" is gone',
  ],
  [
    "a few values where any text was",
    z.string(),
    z.enum(["x"]),
    'word: it was free, now only "x"',
  ],
  [
    "a higher floor",
    z.number().min(0),
    z.number().min(1),
    "word: minimum rose to 1",
  ],
  [
    "a floor at all",
    z.array(z.string()),
    z.array(z.string()).min(1),
    "word: minItems rose to 1",
  ],
  [
    "a shorter text",
    z.string().max(9),
    z.string().max(5),
    "word: maxLength fell to 5",
  ],
  [
    "a ceiling at all",
    z.string(),
    z.string().max(5),
    "word: maxLength fell to 5",
  ],
  ["a pattern", z.string(), z.string().regex(/^x/), "word: another pattern"],
  [
    "another pattern",
    z.string().regex(/^y/),
    z.string().regex(/^x/),
    "word: another pattern",
  ],
  [
    "items of another type",
    z.array(z.string()),
    z.array(z.number()),
    "word[]: it was string, now it is number",
  ],
  [
    "null no longer",
    z.string().nullable(),
    z.string(),
    "word: it was null, now it is string",
  ],
  [
    "an alternative that goes",
    union,
    z.discriminatedUnion("kind", [
      z.object({ kind: z.literal("a"), n: z.number() }),
      z.object({ kind: z.literal("c") }),
    ]),
    "word(kind=b): no alternative takes it any more",
  ],
  [
    "a member of an alternative that changes",
    union,
    z.discriminatedUnion("kind", [
      z.object({ kind: z.literal("a"), n: z.number().max(3) }),
      z.object({ kind: z.literal("b") }),
    ]),
    "word(kind=a).n: maximum fell to 3",
  ],
  [
    "unknown members that are dropped",
    z.looseObject(base.shape),
    z.strictObject(base.shape),
    "word: unknown members are no longer kept",
  ],
  [
    "members of any name that become narrower",
    z.record(z.string(), z.string()),
    z.record(z.string(), z.string().max(3)),
    "word.*: maxLength fell to 3",
  ],
  [
    "what was anything",
    z.unknown(),
    z.string(),
    "word: it was anything, now it is narrower",
  ],
  [
    "a change far inside",
    z.object({ x: z.array(z.object({ y: z.enum(["p", "q"]) })) }),
    z.object({ x: z.array(z.object({ y: z.enum(["p"]) })) }),
    'word.x[].y: the value "q" is gone',
  ],
];

for (const [what, before, after, says] of breaking)
  test(`${what} is an incompatible change`, () => {
    assert.deepEqual(change(before, after), [says]);
  });

test("a word that goes is an incompatible change, a new one is not", () => {
  assert.deepEqual(incompatibilities(word(base), {}), [
    "word: the word is gone",
  ]);
  assert.deepEqual(incompatibilities({}, word(base)), []);
});
