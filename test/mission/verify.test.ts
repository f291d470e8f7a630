import assert from "node:assert/strict";
import { test } from "node:test";
import type { Team } from "../../src/ports.ts";
import type { Finding } from "../../src/protocol/consensus.ts";
import type { DataOf, EventType, Outcome } from "../../src/protocol/event.ts";
import type {
  Answer,
  VerificationPaper,
  WorkOf,
} from "../../src/protocol/work.ts";
import { approval, ballot, scriptedTeam } from "../fakes/scriptedTeam.ts";
import { openHouse, type House } from "./house.ts";

const FILES = {
  "src/total.js": "export function total(lines) {\n  return 0;\n}\n",
};
const CHANGED = `export function total(lines) {
  let sum = 0;
  for (const line of lines) {
    sum += line.price;
  }
  return sum;
}
`;

const claim = (overrides: Partial<Finding> = {}): Finding => ({
  path: "src/total.js",
  line: 4,
  claim: "The quantity of a line is ignored, so the total is too small.",
  severity: "high",
  ...overrides,
});

type Look = (
  work: WorkOf<"verify">,
  agentId: string,
) => VerificationPaper | { readonly no: string } | "silence";

/** Reviews the change with a team in which some raise findings, and whoever is asked to verify answers with `look`. */
async function reviewed(
  house: House,
  raised: Readonly<Record<string, readonly Finding[]>>,
  look: Look,
  rules: Partial<DataOf<"MissionOpened">["rules"]> = {},
): Promise<{
  readonly outcome: Outcome;
  readonly verifying: readonly WorkOf<"verify">[];
}> {
  await house.write("src/total.js", CHANGED);
  const opening = await house.open({
    kind: "review",
    scope: { kind: "working" },
    approve: "auto",
  });
  const verifying: WorkOf<"verify">[] = [];
  const team: Team = scriptedTeam((work, agentId) => {
    if (work.kind === "verify") {
      verifying.push(work);
      const paper = look(work, agentId);
      if (paper === "silence") return new Promise<Answer>(() => undefined);
      return "no" in paper ? paper : { kind: "verify", paper };
    }
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
  const { data } = opening;
  const outcome = await house.drive(
    { ...opening, data: { ...data, rules: { ...data.rules, ...rules } } },
    team,
  );
  return { outcome, verifying };
}

function all<T extends EventType>(house: House, type: T): readonly DataOf<T>[] {
  const [missionId = ""] = house.log.missions();
  return house.log
    .mission(missionId)
    .flatMap((event) => (event.type === type ? [event.data as DataOf<T>] : []));
}

const shows = (
  verdict: "confirmed" | "refuted",
  line = 4,
  text = "sum += line.price;",
): VerificationPaper => ({
  verdict,
  reason: "That is what the line says.",
  quotes: [{ path: "src/total.js", line, text }],
});

test("one reviewer's claim blocks once somebody else shows the line that bears it out", async () => {
  await using house = await openHouse(FILES);
  const { outcome, verifying } = await reviewed(house, { qa: [claim()] }, () =>
    shows("confirmed"),
  );
  assert.equal(outcome.kind, "blocked");
  assert.match(outcome.summary, /The quantity of a line is ignored/);
  const [tally] = all(house, "RoundTallied");
  assert.equal(tally?.tally.clusters[0]?.standing, "CONFIRMED");
  assert.equal(verifying.length, 1);
  const [first] = verifying;
  assert.match(first?.artifact ?? "", /\+ {4}sum \+= line\.price;/);
  assert.doesNotMatch(JSON.stringify(first), /"qa"|It is wrong/);
  const [found] = all(house, "FindingVerified");
  assert.equal(found?.verification.shown, true);
  assert.notEqual(found.verification.agentId, "qa");
});

test("what two reviewers agree on does not block once it is refuted with the line that stands against it", async () => {
  await using house = await openHouse(FILES);
  const wrong = claim({
    line: 2,
    claim: "The sum is never set to zero before the loop adds to it.",
  });
  const { outcome, verifying } = await reviewed(
    house,
    { qa: [wrong], security: [wrong] },
    () => shows("refuted", 2, "let sum = 0;"),
  );
  assert.equal(outcome.kind, "accepted");
  assert.equal(verifying.length, 1);
  const [made] = all(house, "DecisionMade");
  assert.deepEqual(
    made?.dissent.map(({ agentId }) => agentId),
    ["qa", "security"],
    "what was refuted stays on record",
  );
});

test("a verdict whose quote stands nowhere shows nothing, and two voices still count", async () => {
  await using house = await openHouse(FILES);
  const { outcome } = await reviewed(
    house,
    { qa: [claim()], security: [claim()] },
    () => shows("refuted", 4, "sum += line.price * line.quantity;"),
  );
  const [found] = all(house, "FindingVerified");
  assert.equal(found?.verification.shown, false);
  assert.equal(outcome.kind, "blocked");
});

test("a claim goes to somebody else when the first cannot answer, and stays unclear when nobody can", async () => {
  await using house = await openHouse(FILES);
  const asked: string[] = [];
  const { outcome } = await reviewed(house, { qa: [claim()] }, (_, agentId) => {
    asked.push(agentId);
    return asked.length === 1 ? { no: "agent-missing" } : shows("confirmed");
  });
  assert.equal(outcome.kind, "blocked");
  assert.equal(new Set(asked).size, 2);

  await using other = await openHouse(FILES);
  const unsure = await reviewed(other, { qa: [claim()] }, () => ({
    no: "model-malformed",
  }));
  assert.equal(unsure.outcome.kind, "accepted");
  assert.equal(all(other, "FindingVerified").length, 0);
  assert.equal(
    all(other, "RoundTallied")[0]?.tally.clusters[0]?.verified,
    "unclear",
  );
});

test("verifiers who never answer hold nothing up beyond the round's time", async () => {
  await using house = await openHouse(FILES);
  const { outcome } = await reviewed(
    house,
    { qa: [claim()], security: [claim()] },
    () => "silence",
    { roundMs: 1000 },
  );
  assert.equal(outcome.kind, "blocked", "two voices still count");
});

test("when the money for a verification is gone the round goes on without it", async () => {
  await using house = await openHouse(FILES);
  const { outcome } = await reviewed(house, { qa: [claim()] }, () => ({
    no: "budget-spent",
  }));
  assert.equal(outcome.kind, "accepted");
});

test("several claims are shared out among those who did not raise them", async () => {
  await using house = await openHouse(FILES);
  const { verifying } = await reviewed(
    house,
    {
      qa: [claim()],
      security: [
        claim({
          line: 1,
          claim: "Callers may pass undefined, which ends in a TypeError.",
        }),
      ],
    },
    () => shows("confirmed"),
  );
  assert.equal(verifying.length, 2);
  const by = all(house, "FindingVerified").map(
    ({ verification }) => verification.agentId,
  );
  assert.equal(new Set(by).size, 2);
});

test("claims about files and lines that are not there support nothing, however many agree, and stay on record", async () => {
  await using house = await openHouse(FILES);
  const nowhere = [claim({ line: 4000 }), claim({ path: "src/none.js" })];
  const { outcome, verifying } = await reviewed(
    house,
    { qa: nowhere, security: nowhere, planner: nowhere },
    () => shows("confirmed"),
  );
  assert.equal(outcome.kind, "accepted");
  assert.deepEqual(verifying, []);
  const ballots = all(house, "BallotCast").map(({ ballot: cast }) => cast);
  assert.deepEqual(
    ballots
      .filter(({ astray }) => astray !== undefined)
      .map((one) => one.astray),
    [
      [0, 1],
      [0, 1],
      [0, 1],
    ],
  );
  const [made] = all(house, "DecisionMade");
  assert.equal(made?.dissent.length, 3);
});

test("paths written as a diff writes them are the same places", async () => {
  await using house = await openHouse(FILES);
  const { outcome } = await reviewed(
    house,
    {
      qa: [claim({ path: "b/src/total.js" })],
      security: [claim({ path: "./src/total.js" })],
    },
    () => ({ ...shows("confirmed"), verdict: "unclear" }),
  );
  assert.equal(outcome.kind, "blocked");
  const [tally] = all(house, "RoundTallied");
  assert.equal(tally?.tally.clusters[0]?.representative.path, "src/total.js");
});

test("a crash while claims are checked goes on there: what was shown is not checked again", async () => {
  await using house = await openHouse(FILES);
  await house.write("src/total.js", CHANGED);
  const opening = await house.open({
    kind: "review",
    scope: { kind: "working" },
    approve: "auto",
  });
  const other = claim({
    line: 1,
    claim: "Callers may pass undefined, which ends in a TypeError.",
  });
  const crash = new AbortController();
  const team = scriptedTeam((work, agentId) => {
    if (work.kind === "verify") {
      if (work.claim.line === 1 && !crash.signal.aborted)
        return new Promise<Answer>(() => undefined);
      return { kind: "verify", paper: shows("refuted") };
    }
    return agentId === "qa"
      ? ballot({
          verdict: "block",
          confidence: 80,
          reason: "It is wrong.",
          findings: [claim(), other],
        })
      : approval();
  });
  const first = house.drive(opening, team, crash.signal);
  await house.log.waitFor(
    opening.missionId,
    "FindingVerified",
    () => true,
    AbortSignal.timeout(60_000),
  );
  crash.abort(new Error("reloaded"));
  await assert.rejects(first, /reloaded/);
  const before = team.asked.length;
  const outcome = await house.drive(opening, team);
  assert.equal(outcome.kind, "accepted");
  assert.equal(team.asked.length, before + 1);
  assert.equal(all(house, "FindingVerified").length, 2);
});
