import assert from "node:assert/strict";
import { after, describe, it } from "node:test";
import {
  temporaryRepo,
  type TemporaryRepo,
} from "../../../adapters/git/temporaryRepo.ts";
import type { VulnerablePair } from "./pairs.ts";
import type { Found } from "./reviewStep.ts";
import { loudOn, scoreOf, securityFindings } from "./scoring.ts";

const filler = (from: number, to: number): string =>
  Array.from(
    { length: to - from + 1 },
    (_, at) => `// ${String(from + at)}\n`,
  ).join("");

const PAIR: VulnerablePair = {
  name: "copier",
  fixed: "1.0.1",
  vulnerable: "1.0.0",
  advisory: "CVE-2020-0000",
  class: "prototype-pollution",
  files: ["index.js"],
  sink: "target\\[key\\] = ",
};

/** The weakness is on line 20; the hunk that took the fix out has lines 9 to 20, and another changed one lies at 40. */
function copier(): TemporaryRepo {
  const repo = temporaryRepo({
    "index.js": `${filler(1, 9)}if (key === "__proto__") return;\n${filler(10, 19)}target[key] = value;\n${filler(21, 39)}old();\n`,
    "other.js": "one();\n",
  });
  repo.write(
    "index.js",
    `${filler(1, 19)}target[key] = value; //\n${filler(21, 39)}young();\n`,
  );
  repo.write("other.js", "two();\n");
  repo.commit("the fix is gone");
  return repo;
}

function found(line: number, more: Partial<Found> = {}): Found {
  return {
    path: "index.js",
    line,
    severity: "medium",
    claim: "a key from outside is written to",
    rule: "prototype-pollution",
    raisedBy: ["tool:codeSecurity"],
    ...more,
  };
}

describe("a pair counts as found", () => {
  const repo = copier();
  after(() => {
    repo[Symbol.dispose]();
  });
  const score = (...all: readonly Found[]) => scoreOf(PAIR, repo.root, all);
  const NOTHING = { file: false, line: false, named: false };

  it("by file, line and name when the finding is on the weakness and says what it is", async () => {
    assert.deepEqual(await score(found(20)), {
      file: true,
      line: true,
      named: true,
    });
    assert.equal((await score(found(25))).line, true);
  });

  it("by file only where the finding is further away than five lines", async () => {
    assert.deepEqual(await score(found(40)), {
      file: true,
      line: false,
      named: false,
    });
  });

  it("by line without the name when it calls the weakness something else", async () => {
    assert.deepEqual(await score(found(18, { rule: "code-injection" })), {
      file: true,
      line: true,
      named: false,
    });
  });

  it("not when it is in another file, of low severity, or of a tool that looks for other things", async () => {
    assert.deepEqual(await score(), NOTHING);
    assert.deepEqual(await score(found(1, { path: "other.js" })), NOTHING);
    assert.deepEqual(await score(found(20, { severity: "low" })), NOTHING);
    const size = found(20, { severity: "high", raisedBy: ["tool:size"] });
    assert.deepEqual(await score(size), NOTHING);
    assert.deepEqual(securityFindings([size]), []);
  });

  it("never where the pattern is nowhere in the file: the pair itself is wrong then", async () => {
    await assert.rejects(
      scoreOf({ ...PAIR, sink: "nowhere\\(" }, repo.root, [found(20)]),
      /nowhere in index\.js/,
    );
  });
});

describe("the control, a review of the fix", () => {
  it("counts every security finding in the files of the pair, and High ones apart", () => {
    assert.deepEqual(loudOn(PAIR, [found(1), found(2, { severity: "high" })]), {
      file: true,
      line: true,
      named: true,
    });
    assert.deepEqual(loudOn(PAIR, [found(1, { rule: "redos" })]), {
      file: true,
      line: false,
      named: false,
    });
  });
});
