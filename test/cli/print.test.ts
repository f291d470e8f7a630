import assert from "node:assert/strict";
import { PassThrough } from "node:stream";
import { describe, it } from "node:test";
import { gather } from "../../src/cli/converse.ts";
import { createPrinter, type Printer } from "../../src/cli/print.ts";
import { harmless, wrap } from "../../src/cli/text.ts";
import type { Said } from "../../src/protocol/panel.ts";

const said = (words: Partial<Said>): Said => ({
  seq: 1,
  at: 0,
  from: "hub",
  to: "everyone",
  kind: "message",
  text: "hello",
  tone: "neutral",
  ...words,
});

/** What is printed on a stream of 80 columns that takes no colours. */
function printed(write: (printer: Printer) => void): readonly string[] {
  const stream = new PassThrough();
  write(createPrinter(Object.assign(stream, { columns: 80 })));
  return String(stream.read() ?? "")
    .split("\n")
    .slice(0, -1);
}

describe("a line of the conversation", () => {
  it("fits 80 columns, with the words below each other", () => {
    const rows = printed((printer) => {
      printer.said(said({ from: "architect", text: "word ".repeat(60) }));
    });
    assert.ok(rows.length > 3);
    for (const row of rows) assert.ok(row.length <= 80, row);
    assert.match(rows[1] ?? "", /^ {21}word/);
  });

  it("of a tool is one line, however long its input", () => {
    const rows = printed((printer) => {
      const text = `\`run_check\` ${"x".repeat(300)}\n\nmore`;
      printer.said(said({ from: "developer", kind: "tool", text }));
    });
    assert.equal(rows.length, 1);
    assert.match(rows[0] ?? "", /developer {3}· run_check xxx.*…$/);
  });

  it("cannot steer the terminal", () => {
    const rows = printed((printer) => {
      printer.said(
        said({ text: "safe\u001b[2J\u001b]0;title\u0007\rhidden\u202edeux" }),
      );
      printer.line("a\u0007b");
      printer.diff("+x\u001b[31m");
    });
    assert.doesNotMatch(rows.join("\n"), /[^\P{Cc}\n]|\u202e/u);
    assert.equal(harmless("one\r\ntwo\tthree"), "one\ntwo\tthree");
  });

  it("breaks between words only, and keeps the indent of lists", () => {
    assert.deepEqual(wrap("- one two three", 9), ["- one two", "  three"]);
    assert.deepEqual(wrap("a".repeat(20), 9), ["a".repeat(20)]);
  });
});

describe("a conversation", () => {
  const shown = (...all: readonly Said[]): readonly Said[] => {
    const lines: Said[] = [];
    const conversation = gather((line) => lines.push(line));
    all.forEach(conversation.said);
    conversation.flush();
    return lines;
  };

  it("says the same words to several agents once", () => {
    const lines = shown(
      ...["qa", "security"].map((to) => said({ to, text: "Please vote." })),
      said({ to: "qa", text: "Something else." }),
    );
    assert.deepEqual(
      lines.map(({ to, text }) => [to, text]),
      [
        ["qa, security", "Please vote."],
        ["qa", "Something else."],
      ],
    );
  });

  it("gathers sealed ballots, and does not repeat a tally's reasons", () => {
    const ballot = said({ to: "hub", kind: "ballot", text: "Sealed." });
    const lines = shown(
      { ...ballot, from: "qa" },
      { ...ballot, from: "security" },
      said({ kind: "tally", text: "Round 1: 2 approve. All is well. Indeed." }),
      said({
        kind: "tally",
        text: "The team approves. All is well. Indeed.",
      }),
    );
    assert.deepEqual(
      lines.map(({ from, text }) => [from, text]),
      [
        ["qa, security", "Sealed."],
        ["hub", "Round 1: 2 approve. All is well. Indeed."],
        ["hub", "The team approves."],
      ],
    );
  });
});
