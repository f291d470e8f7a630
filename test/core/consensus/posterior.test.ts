import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import {
  AS_WRITTEN,
  calibrated,
  fitCalibration,
} from "../../../src/core/consensus/calibration.ts";
import { groupFindings } from "../../../src/core/consensus/cluster.ts";
import { findingClass } from "../../../src/core/consensus/findingClass.ts";
import {
  posteriors,
  VERIFIED,
  worthReporting,
} from "../../../src/core/consensus/posterior.ts";
import { samenessOf } from "../../../src/core/consensus/similarity.ts";
import {
  TRAITS,
  traitsOf,
  type Traits,
} from "../../../src/core/consensus/traits.ts";
import { emptyTrust } from "../../../src/core/trust/trust.ts";
import type { Ballot, Elector } from "../../../src/protocol/consensus.ts";
import {
  anySitting,
  ballot,
  elector,
  evidence,
  finding,
  RUNS,
} from "./table.ts";

const claim = (text: string): ReturnType<typeof finding> =>
  finding({ path: "", line: 0, claim: text, severity: "medium" });

const DISCOUNT = "cartTotal ignores the discount of the voucher";
const SAME_DISCOUNT = "the voucher discount never reaches cartTotal()";
const TOKEN = "sessionToken ends up in the access log";

function table(said: Readonly<Record<string, readonly string[]>>): {
  readonly electorate: readonly Elector[];
  readonly ballots: readonly Ballot[];
} {
  return {
    electorate: Object.keys(said).map((id) => elector(id)),
    ballots: Object.entries(said).map(([id, claims]) =>
      ballot(id, { findings: claims.map(claim), lineage: id }),
    ),
  };
}

const never = (): boolean => false;

describe("what two claims have in common", () => {
  it("is told by rare words and identifiers, whoever says it how", () => {
    const rows = samenessOf(
      [
        { voice: "a", claim: DISCOUNT },
        { voice: "b", claim: SAME_DISCOUNT },
        { voice: "c", claim: TOKEN },
      ],
      never,
    );
    assert.ok((rows[0]?.[1] ?? 0) > 900);
    assert.ok((rows[0]?.[2] ?? 1000) < 100);
    assert.equal(rows[0]?.[0], 0);
  });

  it("goes to the closer of two claims of one voice, who says a thing once", () => {
    const said = [
      {
        voice: "a",
        claim: "recordStorage is called with name where kind belongs in Delete",
      },
      {
        voice: "b",
        claim: "Delete calls recordStorage with name where kind belongs",
      },
      {
        voice: "b",
        claim: "Update calls recordStorage with the wrong start time",
      },
    ];
    const rows = samenessOf(said, never);
    assert.ok((rows[0]?.[1] ?? 0) > 10 * (rows[0]?.[2] ?? 0));
    const alone = samenessOf(said.toSpliced(1, 1), never);
    assert.ok((alone[0]?.[1] ?? 0) > (rows[0]?.[2] ?? 0));
  });

  it("is nothing where they are apart, and the same for any order", () => {
    const said = [DISCOUNT, SAME_DISCOUNT, TOKEN].map((text, index) => ({
      voice: String(index),
      claim: text,
    }));
    assert.deepEqual(
      samenessOf(said, () => true).flat(),
      said.flatMap(() => [0, 0, 0]),
    );
    const back = samenessOf(said.toReversed(), never);
    assert.deepEqual(
      samenessOf(said, never),
      back.toReversed().map((row) => row.toReversed()),
    );
  });

  it("among our own is not moved by anything a peer sends", () => {
    fc.assert(
      fc.property(anySitting, ({ electorate, ballots }) => {
        const locals = electorate.filter(({ hub }) => hub === "local");
        const ids = new Set(locals.map(({ agentId }) => agentId));
        const clusters = (of: readonly Elector[]): unknown =>
          groupFindings(of, [], ballots)
            .map(({ members }) =>
              members
                .filter(({ raiser }) => ids.has(raiser))
                .map(({ raiser, finding: { claim: text, line } }) => [
                  raiser,
                  text,
                  line,
                ]),
            )
            .filter((members) => members.length > 0);
        assert.deepEqual(clusters(electorate), clusters(locals));
      }),
      RUNS,
    );
  });
});

describe("a posterior", () => {
  const { electorate, ballots } = table({
    a: [DISCOUNT],
    b: [SAME_DISCOUNT],
    c: [TOKEN],
    d: [],
  });
  const groups = groupFindings(electorate, [], ballots);
  const scores = posteriors(groups, electorate, [], ballots, emptyTrust);
  const of = (text: string): number =>
    groups.findIndex(({ members }) =>
      members.some(({ finding: { claim: said } }) => said === text),
    );

  it("is higher with two voices than with one, and below even odds for one among four", () => {
    assert.ok((scores[of(DISCOUNT)] ?? 0) > (scores[of(TOKEN)] ?? 0));
    assert.ok((scores[of(TOKEN)] ?? 0) < 0);
  });

  it("takes evidence in full: a verifier's answer, and a failed check that shows it", () => {
    const index = of(TOKEN);
    const group = groups[index];
    assert.ok(group);
    for (const verified of ["confirmed", "refuted", "unclear"] as const) {
      const looked = { ...group, cluster: { ...group.cluster, verified } };
      const [score] = posteriors([looked], electorate, [], ballots, emptyTrust);
      assert.equal((score ?? 0) - (scores[index] ?? 0), VERIFIED[verified]);
    }
    const shown = evidence("e1", { findings: [claim(TOKEN)] });
    const [withTool] = posteriors(
      groupFindings(electorate, [shown], ballots).filter(({ cluster }) =>
        cluster.raisedBy.includes("c"),
      ),
      electorate,
      [shown],
      ballots,
      emptyTrust,
    );
    assert.ok((withTool ?? 0) > 2000);
  });

  it("has whole traits, and the rule as written is base rate plus trust", () => {
    for (const traits of traitsOf(groups, electorate, ballots, emptyTrust)) {
      for (const trait of TRAITS) assert.ok(Number.isInteger(traits[trait]));
      assert.equal(calibrated(AS_WRITTEN, traits), traits.base + traits.trust);
    }
  });
});

describe("what is worth reporting", () => {
  it("is the likeliest first, and not what repeats it", () => {
    const { electorate, ballots } = table({ a: [DISCOUNT], b: [TOKEN] });
    const [one, two] = groupFindings(electorate, [], ballots);
    assert.ok(one && two);
    const repeats = [
      { ...one, repeats: [0, 950] },
      { ...two, repeats: [950, 0] },
    ];
    assert.deepEqual(worthReporting([one, two], [0, 1000], 250), [1, 0]);
    assert.deepEqual(worthReporting(repeats, [0, 1000], 250), [1]);
    assert.deepEqual(worthReporting([one, two], [-4000, -4000], 250), []);
  });
});

describe("a calibration", () => {
  const flat = Object.fromEntries(TRAITS.map((trait) => [trait, 0])) as Traits;
  it("finds what outcomes go by, and is the rule as written where they tell nothing", () => {
    const resolved = Array.from({ length: 200 }, (_, index) => ({
      traits: { ...flat, support: (index % 4) * 1000 },
      real: index % 4 >= 2 !== (index % 10 === 0),
    }));
    const fitted = fitCalibration(resolved, 1);
    assert.ok((fitted.weights.support ?? 0) > 500);
    assert.ok(
      calibrated(fitted, { ...flat, support: 3000 }) > 0 &&
        calibrated(fitted, flat) < 0,
    );
    const timid = fitCalibration(resolved, 1000);
    assert.ok((timid.weights.support ?? 0) < (fitted.weights.support ?? 0));
    assert.equal(
      fitCalibration(
        resolved.map((one) => ({ ...one, real: true })),
        1,
      ),
      AS_WRITTEN,
    );
  });
});

describe("the class of a finding", () => {
  it("is told by its words, most of them, and correctness without any", () => {
    const classOf = (text: string): string => findingClass({ claim: text });
    assert.equal(classOf("User input is injected: XSS"), "security");
    assert.equal(classOf("Two requests race for the lock"), "concurrency");
    assert.equal(classOf("Slow: an n+1 query"), "performance");
    assert.equal(classOf("No test asserts this"), "tests");
    assert.equal(classOf("Typo in the comment"), "docs");
    assert.equal(classOf("Unused and redundant"), "style");
    assert.equal(classOf("The total is off by one"), "correctness");
  });
});
