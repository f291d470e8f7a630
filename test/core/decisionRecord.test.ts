import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { recordName, recordTitle } from "../../src/core/decisionRecord.ts";

describe("the name of a decision record", () => {
  const names: readonly [readonly string[], string, string][] = [
    [[], "Use tokens?", "0001-use-tokens.md"],
    [["0001-a.md", "0041-b.md"], "Use tokens", "0042-use-tokens.md"],
    [["001-a.md"], "x", "002-x.md"],
    [["README.md", "2024.md"], "x", "0001-x.md"],
    [[], "../../etc/passwd", "0001-etc-passwd.md"],
    [[], "Größe der Übersicht", "0001-grosse-der-ubersicht.md"],
    [[], "漢字", "0001-decision.md"],
    [[], "a".repeat(300), `0001-${"a".repeat(60)}.md`],
  ];
  for (const [existing, title, name] of names)
    it(`for ${JSON.stringify(title.slice(0, 20))} after ${String(existing.length)} files is ${name.slice(0, 30)}`, () => {
      assert.equal(recordName(existing, title).name, name);
    });

  it("comes of the first line of what was asked, without control characters", () => {
    assert.equal(
      recordTitle({ goal: "Use\u202E tok\u0007ens?\nBecause …" }),
      "Use tokens?",
    );
  });
});
