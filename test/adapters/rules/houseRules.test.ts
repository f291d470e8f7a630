import assert from "node:assert/strict";
import { symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { houseRulesIn } from "../../../src/adapters/rules/houseRules.ts";
import { isProblem } from "../../../src/core/errors.ts";
import { RULES_FILE } from "../../../src/protocol/rulesPlace.ts";
import { temporaryRepo, type TemporaryRepo } from "../git/temporaryRepo.ts";

describe("rules that are passed over by nobody:", () => {
  const bad: readonly [string, (repo: TemporaryRepo) => void, RegExp][] = [
    [
      "an unknown key",
      (repo) => {
        repo.write(RULES_FILE, "veto: [qa]\nqorum: 1\n");
      },
      /^\.roundtable\/rules\.yaml:2:1 has the key "qorum".*did you mean "quorum"/,
    ],
    [
      "a file under nearly the name",
      (repo) => {
        repo.write(".roundtable/rules.yml", "rounds: 1\n");
      },
      /^\.roundtable\/rules\.yml:1:1 is not read; the rules have to be in \.roundtable\/rules\.yaml/,
    ],
    [
      "a link",
      (repo) => {
        repo.write(".roundtable/x.yaml", "rounds: 1\n");
        symlinkSync("x.yaml", join(repo.root, RULES_FILE));
      },
      /is a link/,
    ],
    [
      "a binary file",
      (repo) => {
        repo.write(RULES_FILE, "rounds: 1\0");
      },
      /is no text; save it as UTF-8/,
    ],
    [
      "Latin-1",
      (repo) => {
        repo.write(RULES_FILE, "");
        writeFileSync(
          join(repo.root, RULES_FILE),
          Buffer.from("# r\xE9gles\n", "latin1"),
        );
      },
      /rules\.yaml:1:4 holds bytes that are not UTF-8 text/,
    ],
    [
      "two megabytes",
      (repo) => {
        repo.write(RULES_FILE, `# ${"x".repeat(2_000_000)}\n`);
      },
      /has 2000003 bytes; at most 65536 are read/,
    ],
  ];
  for (const [what, make, words] of bad)
    it(what, async () => {
      using repo = temporaryRepo();
      make(repo);
      const commit = repo.commit("rules");
      await assert.rejects(
        houseRulesIn(repo.git)(repo.root, commit),
        (error) => isProblem(error, "bad-rules") && words.test(error.message),
      );
    });
});

describe("committed rules", () => {
  it("are read at the revision that is asked for, whatever lies in the checkout", async () => {
    using repo = temporaryRepo({ [RULES_FILE]: "rounds: 1\n" });
    repo.run(["tag", "old"]);
    repo.write(RULES_FILE, "rounds: 2\n");
    repo.commit("two rounds");
    repo.write(RULES_FILE, "rounds: three\n");
    const at = houseRulesIn(repo.git);
    assert.equal((await at(repo.root, "old"))?.rules.rounds, 1);
    assert.equal((await at(repo.root, "main"))?.rules.rounds, 2);
  });

  it("need not be there", async () => {
    using repo = temporaryRepo();
    assert.equal(await houseRulesIn(repo.git)(repo.root, "HEAD"), undefined);
  });
});
