import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { lowQuantile, massBelow } from "../../../src/core/trust/beta.ts";
import { familyOf } from "../../../src/core/trust/lineage.ts";
import {
  emptyTrust,
  learnTrust,
  lineageTrust,
  type Lesson,
  type TrustCounts,
} from "../../../src/core/trust/trust.ts";
import {
  baseRate,
  explainTrust,
  llr,
  lowerBound,
  MOST,
  VOTE_CLASS,
  voteWeight,
} from "../../../src/core/trust/weigh.ts";

const RUNS = { numRuns: 1000 };

function lesson(more: Partial<Lesson> = {}): Lesson {
  return {
    decisionId: "d1",
    agentId: "a",
    lineage: "model-x",
    role: "qa",
    class: "security",
    flagged: true,
    real: true,
    source: "test",
    weight: 1000,
    what: "a claim",
    at: "a.ts:1",
    ...more,
  };
}

function taught(lessons: readonly Lesson[]): TrustCounts {
  return lessons.reduce(learnTrust, emptyTrust);
}

const anyLesson: fc.Arbitrary<Lesson> = fc
  .record({
    decisionId: fc.constantFrom("d1", "d2", "d3"),
    lineage: fc.constantFrom("model-x", "model-y", "other"),
    role: fc.constantFrom("qa", "security"),
    class: fc.constantFrom("security", "correctness", VOTE_CLASS),
    flagged: fc.boolean(),
    real: fc.boolean(),
    weight: fc.constantFrom(0, 300, 1000),
  })
  .map(lesson);
const anyLessons = fc.array(anyLesson, { maxLength: 40 });
const anyVoice = fc.record({
  lineage: fc.constantFrom("model-x", "model-y", "other", "unheard"),
  role: fc.constantFrom("qa", "security"),
  class: fc.constantFrom("security", "correctness", VOTE_CLASS),
});

describe("trust, whatever the outcomes", () => {
  it("keeps what raising says within 0 and 2.2, and what silence says within −2.2 and 0", () => {
    fc.assert(
      fc.property(anyLessons, anyVoice, (lessons, voice) => {
        const trust = taught(lessons);
        const raised = llr(trust, voice, true);
        const silent = llr(trust, voice, false);
        assert.ok(raised >= 0 && raised <= MOST && Number.isInteger(raised));
        assert.ok(silent <= 0 && silent >= -MOST && Number.isInteger(silent));
        const weight = voteWeight(trust, voice.lineage, voice.role);
        assert.ok(weight >= 0 && weight <= MOST);
      }),
      RUNS,
    );
  });

  it("is moved by no lesson without weight, and so not by agreement, which is none", () => {
    fc.assert(
      fc.property(anyLessons, anyLesson, (lessons, more) => {
        const trust = taught(lessons);
        assert.deepEqual(learnTrust(trust, { ...more, weight: 0 }), trust);
      }),
      RUNS,
    );
  });

  it("in one family does not depend on what another family was taught", () => {
    fc.assert(
      fc.property(anyLessons, anyVoice, (lessons, voice) => {
        fc.pre(voice.lineage !== "unheard");
        const family = familyOf(voice.lineage);
        const own = lessons.filter(
          ({ lineage }) => familyOf(lineage) === family,
        );
        for (const flagged of [true, false])
          assert.equal(
            llr(taught(lessons), voice, flagged),
            llr(taught(own), voice, flagged),
          );
      }),
      RUNS,
    );
  });

  it("is the same for any order of the lessons of one decision", () => {
    fc.assert(
      fc.property(anyLessons, anyVoice, (lessons, voice) => {
        const same = lessons.map((one) => ({
          ...one,
          decisionId: "d1",
          lineage: "model-x",
        }));
        assert.deepEqual(
          explainTrust(taught(same), voice),
          explainTrust(taught(same.toReversed()), voice),
        );
      }),
      RUNS,
    );
  });

  it("never falls for being right, and never rises for being wrong", () => {
    fc.assert(
      fc.property(anyLessons, anyLesson, (lessons, more) => {
        const trust = taught(
          lessons.map((one) => ({ ...one, decisionId: "d1" })),
        );
        const last = { ...more, decisionId: "d1", weight: 1000 };
        const gap = (of: TrustCounts): number =>
          llr(of, last, true) - llr(of, last, false);
        const after = gap(learnTrust(trust, last));
        const right = last.flagged === last.real;
        // A known voice only: a first lesson is also the inheritance of its family, which may be halved by it.
        fc.pre(Object.hasOwn(trust.lineages, last.lineage));
        assert.ok(right ? after >= gap(trust) : after <= gap(trust));
      }),
      RUNS,
    );
  });

  it("makes a liar useless, never useful in reverse", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 10, max: 60 }),
        fc.boolean(),
        (count, real) => {
          const trust = taught(
            Array.from({ length: count }, (_, index) => {
              const truth = index % 2 === 0 ? real : !real;
              return lesson({
                decisionId: `d${String(index)}`,
                real: truth,
                flagged: !truth,
              });
            }),
          );
          const voice = { lineage: "model-x", role: "qa", class: "security" };
          assert.equal(llr(trust, voice, true), 0);
          assert.equal(llr(trust, voice, false), 0);
        },
      ),
      RUNS,
    );
  });
});

describe("what is learned", () => {
  const voice = { lineage: "model-x", role: "qa", class: "security" };

  it("starts from a stranger: 0.847 for raising, little for silence, 0.847 for a vote, one real claim in three", () => {
    assert.equal(llr(emptyTrust, voice, true), 847);
    assert.equal(llr(emptyTrust, voice, false), -268);
    assert.equal(voteWeight(emptyTrust, "model-x", "qa"), 847);
    assert.equal(baseRate(emptyTrust, "security"), 333);
  });

  it("fades by one per cent a decision", () => {
    const hits = (decisions: readonly string[]): number =>
      explainTrust(
        taught(decisions.map((decisionId) => lesson({ decisionId }))),
        voice,
      ).hits;
    assert.equal(hits(["d1", "d1"]), 2000);
    assert.equal(hits(["d1", "d2"]), 1990);
  });

  it("spreads from one class to the others of a lineage, and never between votes and findings", () => {
    const trust = taught(Array.from({ length: 9 }, () => lesson()));
    const other = llr(trust, { ...voice, class: "tests" }, true);
    assert.ok(other > 847 && other <= llr(trust, voice, true));
    assert.equal(voteWeight(trust, "model-x", "qa"), 847);
  });

  it("passes half of itself on to a new version of the same family", () => {
    const trust = taught(
      Array.from({ length: 8 }, () => lesson({ lineage: "claude-opus-5-5" })),
    );
    const heir = { ...voice, lineage: "claude-opus-5-6-20261101" };
    assert.equal(explainTrust(trust, heir).hits, 4000);
    assert.equal(
      explainTrust(learnTrust(trust, lesson({ lineage: heir.lineage })), heir)
        .hits,
      5000,
    );
    assert.equal(familyOf("5.1"), "5.1");
    assert.deepEqual(lineageTrust(trust, "claude-haiku-5-5").known, []);
  });

  it("says how common real claims of a class are", () => {
    const trust = taught([
      ...Array.from({ length: 30 }, () =>
        lesson({ class: "tests", real: false }),
      ),
      ...Array.from({ length: 30 }, () => lesson()),
    ]);
    assert.ok(baseRate(trust, "tests") < 300);
    assert.ok(baseRate(trust, "security") > 600);
  });

  it("earns privileges by what is 95 % certain", () => {
    const few = taught(Array.from({ length: 3 }, () => lesson()));
    const many = taught(Array.from({ length: 60 }, () => lesson()));
    assert.ok(
      lowerBound(few, voice).sensitivity + 200 <
        lowerBound(many, voice).sensitivity,
    );
    const shown = explainTrust(many, voice);
    assert.ok(shown.sensitivityAtLeast < shown.sensitivity);
  });
});

describe("the Beta distribution", () => {
  it("has the mass that tables give it", () => {
    const near = (actual: number, expected: number): void => {
      assert.ok(Math.abs(actual - expected) < 1e-9, String(actual));
    };
    near(massBelow(0.3, 1, 1), 0.3);
    near(massBelow(0.5, 2, 2), 0.5);
    near(massBelow(0.2, 2, 3), 0.1808);
    near(massBelow(0.9, 5, 1), 0.59049);
    assert.equal(lowQuantile(1, 1), 50);
    assert.equal(lowQuantile(1, 9), 5);
  });
});
