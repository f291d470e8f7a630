import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { viewFindings } from "../../../src/core/views/findings.ts";
import { viewMission } from "../../../src/core/views/mission.ts";
import type { Recorded } from "../../../src/protocol/event.ts";
import type { ReviewFinding } from "../../../src/protocol/findings.ts";
import { cluster, EVIDENCE, tellReview } from "../review/story.ts";

const story = tellReview("m");
const { event, round, tallied } = story;

function listed(...events: readonly Recorded[]): readonly ReviewFinding[] {
  const view = viewFindings(story.opened);
  for (const one of events) view.apply(one);
  return view.list();
}

function only(...events: readonly Recorded[]): ReviewFinding {
  const [finding, ...more] = listed(...events);
  assert.ok(finding !== undefined && more.length === 0);
  return finding;
}

const evidence = event("EvidenceRecorded", {
  decisionId: "d",
  evidence: EVIDENCE,
});
const base = [round("d"), evidence, tallied("d", [cluster()])];

describe("the findings of a review", () => {
  it("are not known before the tally, since ballots are sealed", () => {
    assert.deepEqual(listed(round("d"), evidence), []);
  });

  it("tell who raised them, what tools showed, the fix a tool offers, and that they block", () => {
    const { findingId, evidence: shown, ...rest } = only(...base);
    assert.match(findingId, /^f[0-9a-f]{16}$/);
    assert.deepEqual(rest, {
      missionId: "m",
      path: "src/run.js",
      line: 3,
      claim: "The shell runs what the caller sends",
      severity: "high",
      standing: "CONFIRMED",
      raisedBy: [
        { agentId: "sec", name: "Security", role: "security" },
        {
          agentId: "tool:dangerous-calls",
          name: "dangerous-calls",
          role: "tool",
        },
      ],
      fix: { from: 3, to: 3, text: "execFile(name);" },
      blocks: true,
      minority: false,
      earlier: false,
      state: { kind: "open" },
      explanations: [],
    });
    assert.equal(shown[0]?.summary, "1 dangerous call");
    assert.equal(shown[0].output.length, 800);
    assert.match(shown[0].output, /the end$/);
  });

  it("of one model alone are a minority report and block nothing", () => {
    const alone = cluster({ standing: "SINGLE", raisedBy: ["qa"], support: 1 });
    const { minority, blocks } = only(round("d"), tallied("d", [alone]));
    assert.deepEqual({ minority, blocks }, { minority: true, blocks: false });
  });

  it("of one model alone, but likely by what is known of who raised it, are told like others and still block nothing", () => {
    const alone = cluster({
      ...{ standing: "SINGLE", raisedBy: ["qa"], support: 1, reported: true },
    });
    const { minority, blocks } = only(round("d"), tallied("d", [alone]));
    assert.deepEqual({ minority, blocks }, { minority: false, blocks: false });
  });

  it("say what the verifier said; a refuted one that no tool shows does not block", () => {
    const two = cluster({
      standing: "CORROBORATED",
      raisedBy: ["qa", "sec"],
      verified: "refuted",
    });
    const asked = event("VerificationOpened", {
      decisionId: "d",
      round: 1,
      claims: [
        { claimId: "v1", finding: two.representative, raisedBy: ["qa", "sec"] },
      ],
    });
    const said = event("FindingVerified", {
      decisionId: "d",
      round: 1,
      verification: {
        claimId: "v1",
        agentId: "arch",
        lineage: "model-2",
        verdict: "refuted",
        reason: "The name is checked above.",
        quotes: [{ path: "src/run.js", line: 1, text: "check(name);" }],
        ran: [],
        shown: true,
      },
    });
    const finding = only(round("d"), asked, said, tallied("d", [two]));
    assert.deepEqual(finding.verified, {
      verdict: "refuted",
      by: "arch",
      reason: "The name is checked above.",
      quotes: [{ path: "src/run.js", line: 1, text: "check(name);" }],
    });
    assert.equal(finding.blocks, false);
  });

  it("are those of the last decision on the change, and keep what became of them", () => {
    const { findingId } = only(...base);
    const dismissed = event("FindingDismissed", {
      findingId,
      why: "wontFix",
      reason: "An internal tool.",
      by: "human",
    });
    const finding = only(
      ...base,
      dismissed,
      round("d2"),
      tallied("d2", [cluster({ finding: { line: 40 } })]),
    );
    assert.equal(finding.findingId, findingId);
    assert.equal(finding.line, 40);
    assert.deepEqual(finding.state, {
      kind: "dismissed",
      why: "wontFix",
      reason: "An internal tool.",
      by: "human",
    });
  });

  it("that a later review raises again keep their first name, and those nobody raised again stay as earlier ones", () => {
    const own = only(...base).findingId;
    const matched = event("FindingsMatched", {
      previous: "before",
      same: [
        {
          own,
          findingId: "f-first",
          dismissed: { why: "wrong", reason: "No.", by: "human" },
          explanations: [{ question: "Why?", answer: "So.", by: "sec" }],
        },
      ],
      kept: [
        {
          findingId: "f-kept",
          finding: {
            path: "src/b.js",
            line: 7,
            claim: "races",
            severity: "critical",
          },
          standing: "CORROBORATED",
          raisedBy: ["sec", "qa"],
          explanations: [],
        },
      ],
      gone: [],
    });
    const [same, kept] = listed(...base, matched);
    assert.equal(same?.findingId, "f-first");
    assert.equal(same.state.kind, "dismissed");
    assert.deepEqual(same.explanations, [
      { question: "Why?", answer: "So.", by: "Security" },
    ]);
    assert.equal(kept?.findingId, "f-kept");
    assert.deepEqual([kept.earlier, kept.blocks], [true, false]);
  });

  it("are bounded", () => {
    const many = Array.from({ length: 900 }, (_, index) =>
      cluster({ finding: { claim: `claim a${String(index)}` } }),
    );
    assert.equal(listed(round("d"), tallied("d", many)).length, 500);
  });

  it("are in the mission's detail, and what becomes of them is said in the conversation", () => {
    const view = viewMission(story.opened);
    for (const one of base) view.apply(one);
    const [finding] = view.detail(0).findings;
    view.apply(
      event("FindingDismissed", {
        findingId: finding?.findingId ?? "",
        why: "wrong",
        reason: "The caller is trusted.",
        by: "human",
      }),
    );
    assert.equal(
      view.detail(1).said.items[0]?.text,
      "Dismissed `src/run.js:3` The shell runs what the caller sends: it is wrong. The caller is trusted.",
    );
  });
});
