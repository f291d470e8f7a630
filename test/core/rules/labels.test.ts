import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { effectiveRules } from "../../../src/core/rules/effective.ts";
import { fitsPath } from "../../../src/core/rules/glob.ts";
import { labelsFor, withLabels } from "../../../src/core/rules/labels.ts";
import { rulesShown } from "../../../src/core/rules/shown.ts";
import type { RulesFile } from "../../../src/protocol/rulesFile.ts";
import { Settings } from "../../../src/protocol/settings.ts";

const FITS: readonly [string, string, boolean][] = [
  ["src/auth/**", "src/auth/deep/login.ts", true],
  ["src/auth/**", "src/authx/login.ts", false],
  ["src/auth", "src/auth/login.ts", true],
  ["src/auth/", "src/auth/.env", true],
  ["auth", "packages/web/auth/login.ts", true],
  ["*.sql", "db/2024/users.sql", true],
  ["*.sql", "db/users.sql.md", false],
  ["/package.json", "package.json", true],
  ["/package.json", "web/package.json", false],
  ["package.json", "web/package.json", true],
  ["src/*/x.ts", "src/a/x.ts", true],
  ["src/*/x.ts", "src/a/b/x.ts", false],
  ["src/**/x.ts", "src/x.ts", true],
  ["src/**/x.ts", "src/a/b/x.ts", true],
  ["a?c.ts", "abc.ts", true],
  ["SRC/Auth/**", "src/auth/login.ts", true],
  ["**", "anything", true],
];

describe("a pattern of a label", () => {
  for (const [pattern, path, fits] of FITS)
    it(`${pattern} ${fits ? "fits" : "does not fit"} ${path}`, () => {
      assert.equal(fitsPath(pattern, path), fits);
    });

  it("of stars only takes no time that grows out of hand", () => {
    assert.equal(fitsPath("*a".repeat(128), `${"a".repeat(5000)}b`), false);
    assert.equal(
      fitsPath(`${"**/a/".repeat(50)}b`, `${"a/".repeat(2000)}c`),
      false,
    );
  });
});

const file: RulesFile = {
  threshold: 0.8,
  required: ["qa"],
  labels: {
    auth: {
      paths: ["src/auth/**"],
      words: ["log in", "password"],
      required: ["security"],
      threshold: 0.9,
    },
    lax: { paths: ["src/**"], threshold: 0.5, veto: ["qa"] },
  },
};

describe("labels", () => {
  const { rules, house } = effectiveRules(Settings.parse({}), file, "abc");
  const named = (goal: string, ...paths: string[]): string[] =>
    labelsFor(house, { goal, paths }).map(({ name }) => name);

  it("fit by a path or by whole words of the goal, whatever their case", () => {
    assert.deepEqual(named("Tidy up", "src/auth/a.ts"), ["auth", "lax"]);
    assert.deepEqual(named("Let people Log-In twice"), ["auth"]);
    assert.deepEqual(named("Let passwords expire"), []);
    assert.deepEqual(named("Tidy up", "docs/a.md"), []);
  });

  it("only ever add: roles, vetoes, and the highest threshold", () => {
    const labels = labelsFor(house, { goal: "", paths: ["src/auth/a.ts"] });
    const strict = withLabels(rules, labels);
    assert.deepEqual(strict.requiredRoles, ["qa", "security"]);
    assert.deepEqual(strict.vetoRoles, ["security", "qa"]);
    assert.equal(strict.threshold, 900);
    const lax = withLabels(
      rules,
      labelsFor(house, { goal: "", paths: ["src/b.ts"] }),
    );
    assert.equal(lax.threshold, 800);
  });
});

describe("the rules in force", () => {
  it("are the settings with the file on top, each with where it comes from", () => {
    const settings = Settings.parse({ quorum: 0.9, threshold: 0.6 });
    const { rules } = effectiveRules(settings, file);
    assert.equal(rules.threshold, 800);
    assert.equal(rules.quorum, 900);
    const from = new Map(
      rulesShown(settings, file, { threshold: 3, "labels.auth": 7 }).map(
        ({ key, source }) => [key, source],
      ),
    );
    assert.equal(from.get("threshold"), ".roundtable/rules.yaml:3");
    assert.equal(from.get("quorum"), "setting roundtable.quorum");
    assert.equal(from.get("rounds"), "default");
    assert.equal(from.get("labels.auth"), ".roundtable/rules.yaml:7");
  });
});
