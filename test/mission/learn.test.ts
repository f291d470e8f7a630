import assert from "node:assert/strict";
import { test } from "node:test";
import { learnFrom } from "../../src/mission/learn.ts";
import { findingIds } from "../../src/core/review/identity.ts";
import type { Evidence, Finding } from "../../src/protocol/consensus.ts";
import { HUB_STREAM, type DataOf } from "../../src/protocol/event.ts";
import { approval, ballot, scriptedTeam } from "../fakes/scriptedTeam.ts";
import { openHouse, ruleAs, type House } from "./house.ts";

const FILES = { "src/total.js": "export const total = () => 0;\n" };
const CHANGED = "export const total = (lines) => lines.length;\n";

const claim = (more: Partial<Finding> = {}): Finding => ({
  path: "src/total.js",
  line: 1,
  claim: "The price of a line is ignored, so the total is wrong.",
  severity: "high",
  ...more,
});

type Lesson = DataOf<"TrustLearned">;

const lessons = ({ log }: House): readonly Lesson[] =>
  log
    .mission(HUB_STREAM)
    .flatMap((event) => (event.type === "TrustLearned" ? [event.data] : []));

const brief = (all: readonly Lesson[]): readonly string[] =>
  all
    .map(
      ({ agentId, class: kind, flagged, real, source, weight }) =>
        `${agentId} ${flagged ? "flagged" : "silent"} ${real ? "real" : "unreal"} ${kind} ${source} ${String(weight)}`,
    )
    .toSorted();

/** Reviews a change in which some raise findings; a verifier says `verdict` and quotes the line. */
async function reviewed(
  house: House,
  raised: Readonly<Record<string, readonly Finding[]>>,
  verdict: "confirmed" | "refuted" | "unclear" = "unclear",
  approve: "ask" | "auto" = "auto",
): Promise<string> {
  await house.write("src/total.js", CHANGED);
  const opening = await house.open({
    kind: "review",
    scope: { kind: "working" },
    approve,
  });
  const team = scriptedTeam((work, agentId) => {
    if (work.kind === "verify")
      return {
        kind: "verify",
        paper: {
          verdict,
          reason: "I read it.",
          quotes: [{ path: "src/total.js", line: 1, text: CHANGED.trim() }],
        },
      };
    const findings = raised[agentId];
    return findings === undefined
      ? approval()
      : ballot({
          verdict: "block",
          confidence: 80,
          reason: "It is wrong.",
          findings: [...findings],
        });
  });
  await house.drive(opening, team);
  return opening.missionId;
}

test("a verifier that showed what it says teaches three tenths of an outcome about everybody who gave a sealed ballot, and about nobody twice", async () => {
  await using house = await openHouse(FILES);
  const missionId = await reviewed(
    house,
    {
      security: [claim()],
      qa: [
        claim({
          claim: "The price of a line is ignored: the total is too small.",
        }),
      ],
    },
    "confirmed",
  );
  assert.deepEqual(brief(lessons(house)), [
    "architect silent real correctness verifier 300",
    "developer silent real correctness verifier 300",
    "planner silent real correctness verifier 300",
    "qa flagged real correctness verifier 300",
    "security flagged real correctness verifier 300",
  ]);
  const [first] = lessons(house);
  assert.equal(first?.at, "src/total.js:1");
  assert.equal(first.missionId, missionId);
  await learnFrom(house.log, missionId);
  assert.equal(lessons(house).length, 5);
});

test("agreement alone teaches nothing: neither that two raised a claim, nor what the team decided", async () => {
  await using house = await openHouse(FILES);
  await reviewed(house, {
    security: [claim()],
    qa: [claim()],
  });
  assert.deepEqual(lessons(house), []);
});

test("a person who dismisses a finding as wrong, will not fix it, or applies its fix settles whether it was real", async () => {
  const words = [
    [{ type: "FindingDismissed", why: "wrong" }, "unreal"],
    [{ type: "FindingDismissed", why: "wontFix" }, "real"],
    [{ type: "FindingSettled", how: "fixApplied" }, "real"],
    [{ type: "FindingDismissed", why: "outOfScope" }, ""],
    [{ type: "FindingSettled", how: "gone" }, ""],
  ] as const;
  await using house = await openHouse(FILES);
  for (const [word, real] of words) {
    const before = lessons(house).length;
    const missionId = await reviewed(house, { security: [claim()] });
    const [findingId = ""] = findingIds(missionId, [claim()]);
    await house.log.append(
      word.type === "FindingDismissed"
        ? {
            missionId,
            type: word.type,
            data: { findingId, why: word.why, reason: "I know", by: "human" },
            by: "human",
          }
        : {
            missionId,
            type: word.type,
            data: { findingId, how: word.how, by: "human" },
            by: "human",
          },
    );
    await learnFrom(house.log, missionId);
    await learnFrom(house.log, missionId);
    const learned = brief(lessons(house).slice(before));
    assert.deepEqual(
      learned,
      real === ""
        ? []
        : [
            `architect silent ${real} correctness human 1000`,
            `developer silent ${real} correctness human 1000`,
            `planner silent ${real} correctness human 1000`,
            `qa silent ${real} correctness human 1000`,
            `security flagged ${real} correctness human 1000`,
          ],
    );
  }
});

test("an overruled block with a reason says that what blocked was none", async () => {
  await using house = await openHouse(FILES);
  const opening = await house.open(
    { kind: "build", goal: "x", approve: "ask" },
    { maxAttempts: 1, verifications: 0 },
  );
  const team = scriptedTeam(async (work, agentId) => {
    if (work.kind === "plan")
      return {
        kind: "plan",
        plan: {
          summary: "s",
          steps: [
            { id: "a", title: "a", intent: "a", files: [], dependsOn: [] },
          ],
          risks: [],
          doneWhen: [],
        },
      };
    if (work.kind === "implement") {
      const { writeFile } = await import("node:fs/promises");
      await writeFile(`${work.root}/src/total.js`, CHANGED);
      return { kind: "implement", summary: "done", commitType: "feat" };
    }
    return work.kind === "ballot" &&
      work.subject === "change" &&
      (agentId === "security" || agentId === "qa")
      ? ballot({
          verdict: "block",
          confidence: 80,
          reason: "no",
          findings: [claim()],
        })
      : approval();
  });
  await Promise.all([
    house.drive(opening, team),
    ruleAs(house.log, opening.missionId, "plan", "approve"),
    ruleAs(
      house.log,
      opening.missionId,
      "change",
      "overrule",
      "The price is always 1 here.",
    ),
  ]);
  const learned = lessons(house);
  assert.deepEqual(
    brief(learned.filter(({ class: kind }) => kind !== "vote")),
    [
      "architect silent unreal correctness human 1000",
      "planner silent unreal correctness human 1000",
      "qa flagged unreal correctness human 1000",
      "security flagged unreal correctness human 1000",
    ],
    "not about the developer, whose change it is",
  );
  assert.deepEqual(
    brief(learned.filter(({ class: kind }) => kind === "vote")),
    [
      "architect silent unreal vote human 1000",
      "developer silent unreal vote human 1000",
      "qa silent unreal vote human 1000",
      "security silent unreal vote human 1000",
    ],
    "not about the planner, whose plan it is",
  );
});

test("a person's no to an answer says that who approved it was wrong; a policy's no says nothing", async () => {
  await using house = await openHouse(FILES);
  const ask = async (approve: "ask" | "deny"): Promise<void> => {
    const opening = await house.open({ kind: "question", goal: "x?", approve });
    const team = scriptedTeam((work, agentId) => {
      if (work.kind === "resolve")
        return {
          kind: "resolve",
          resolution: { answer: "yes", options: [], consequences: [] },
        };
      return agentId === "qa"
        ? ballot({
            verdict: "block",
            confidence: 80,
            reason: "no",
            findings: [],
          })
        : agentId === "developer"
          ? ballot({
              verdict: "abstain",
              confidence: 0,
              reason: "I cannot tell",
              findings: [],
            })
          : approval();
    });
    await Promise.all([
      house.drive(opening, team),
      ...(approve === "ask"
        ? [ruleAs(house.log, opening.missionId, "question", "reject", "wrong")]
        : []),
    ]);
  };
  await ask("deny");
  assert.deepEqual(lessons(house), []);
  await ask("ask");
  assert.deepEqual(brief(lessons(house)), [
    "planner silent real vote human 1000",
    "qa flagged real vote human 1000",
    "security silent real vote human 1000",
  ]);
});

test("a tool shows what an agent found by itself; who only cites it, or leaves it to the tool, learns nothing", async () => {
  await using house = await openHouse(FILES);
  const shown: Evidence = {
    id: "checks",
    tool: "checks",
    status: "FAIL",
    required: false,
    summary: "a test fails",
    findings: [claim()],
    durationMs: 1,
  };
  house.evidence = [shown];
  await reviewed(house, {
    security: [claim()],
    qa: [claim({ evidenceRef: "checks" })],
  });
  assert.deepEqual(brief(lessons(house)), [
    "security flagged real correctness test 1000",
  ]);
});

test("a finding about a line that is not there is held against who raised it, and for nobody", async () => {
  await using house = await openHouse(FILES);
  await reviewed(house, { qa: [claim({ line: 4000 })] });
  assert.deepEqual(brief(lessons(house)), [
    "qa flagged unreal correctness tool 1000",
  ]);
});
