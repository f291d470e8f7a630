import assert from "node:assert/strict";
import { test } from "node:test";
import { createPromptCache } from "../../../src/adapters/rehearsal/promptCache.ts";

const MARK = { cache_control: { type: "ephemeral" } };
const LONG = "x".repeat(40_000);
const text = (words: string, mark = {}) => ({
  type: "text",
  text: words,
  ...mark,
});

/** A request whose material is shared and whose last words are one reader's own. */
const ask = (own: string, changed: Record<string, unknown> = {}) => ({
  model: "rehearsal-middle",
  tools: [{ name: "read_file" }],
  system: [text("charter", MARK)],
  messages: [{ role: "user", content: [text(LONG, MARK), text(own)] }],
  ...changed,
});

test("what comes after the first answer reads what it wrote; its own words are paid in full", () => {
  const cache = createPromptCache();
  const first = cache.count(ask("qa"));
  assert.equal(first.tokens.cacheRead, 0);
  assert.ok(first.tokens.cacheWrite > 10_000);
  first.heard();
  const { tokens } = cache.count(ask("security"));
  assert.equal(tokens.cacheRead, first.tokens.cacheWrite);
  assert.equal(tokens.cacheWrite, 0);
  assert.ok(tokens.input > 0 && tokens.input < 20);
});

test("requests that are under way at once pay for the same beginning each", () => {
  const cache = createPromptCache();
  const [one, other] = [cache.count(ask("a")), cache.count(ask("b"))];
  one.heard();
  other.heard();
  assert.equal(other.tokens.cacheRead, 0);
  assert.equal(other.tokens.cacheWrite, one.tokens.cacheWrite);
});

test("another model, another tool, another choice of tools and another byte read nothing of it", () => {
  const cache = createPromptCache();
  cache.count(ask("a")).heard();
  for (const changed of [
    { model: "rehearsal-strong" },
    { tools: [{ name: "read_file" }, { name: "search" }] },
    { tool_choice: { type: "tool", name: "submit" } },
    { messages: [{ role: "user", content: [text(`${LONG}y`, MARK)] }] },
  ])
    assert.equal(cache.count(ask("a", changed)).tokens.cacheRead, 0);
});

test("a conversation that grows reads all of its last request", () => {
  const cache = createPromptCache();
  const turns = (count: number) =>
    ask("", {
      messages: Array.from({ length: count }, (_, index) => ({
        role: index % 2 === 0 ? "user" : "assistant",
        content: [text(LONG, index === count - 1 ? MARK : {})],
      })),
    });
  const first = cache.count(turns(1));
  first.heard();
  const second = cache.count(turns(3));
  assert.equal(second.tokens.cacheRead, first.tokens.cacheWrite);
  assert.ok(second.tokens.cacheWrite >= 20_000);
  assert.equal(second.tokens.input, 0);
});

test("it is forgotten five minutes after its last use, and what is short or not marked is never kept", () => {
  let now = 0;
  const cache = createPromptCache(() => now);
  const readAt = (minutes: number): number => {
    now = minutes * 60_000;
    const counted = cache.count(ask("a"));
    counted.heard();
    return counted.tokens.cacheRead;
  };
  assert.equal(readAt(0), 0);
  assert.ok(readAt(4.9) > 0);
  assert.ok(readAt(9.8) > 0, "use keeps it");
  assert.equal(readAt(14.9), 0);

  const plain = {
    model: "m",
    messages: [{ role: "user", content: LONG }],
  };
  const short = {
    model: "m",
    system: [text("short", MARK)],
    messages: [{ role: "user", content: "Hello" }],
  };
  for (const body of [plain, short]) {
    const counted = cache.count(body);
    counted.heard();
    assert.equal(counted.tokens.cacheWrite, 0);
    assert.equal(cache.count(body).tokens.cacheRead, 0);
    assert.ok(counted.tokens.input > 0);
  }
});
