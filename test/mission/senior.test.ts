import assert from "node:assert/strict";
import { test } from "node:test";
import type { Team } from "../../src/ports.ts";
import type { Verdict } from "../../src/protocol/consensus.ts";
import type { DataOf, EventType, Outcome } from "../../src/protocol/event.ts";
import type { Answer, WorkOf } from "../../src/protocol/work.ts";
import { ballot, scriptedTeam, seat } from "../fakes/scriptedTeam.ts";
import { openHouse, ruleAs, type House } from "./house.ts";

const vote = (verdict: Verdict, reason: string): Answer =>
  ballot({ verdict, confidence: 70, reason, findings: [] });

/** A question on which the team is split for good; the seat of the senior says what a test wants. */
async function asked(
  house: House,
  senior: (work: WorkOf<"ballot">) => Answer | { readonly no: string },
  options: { readonly seated?: boolean; readonly reject?: boolean } = {},
): Promise<{
  readonly outcome: Outcome;
  readonly told: readonly WorkOf<"ballot">[];
}> {
  const opening = await house.open(
    {
      kind: "question",
      goal: "Cents or euros?",
      approve: options.reject === true ? "ask" : "auto",
    },
    { maxAttempts: 1 },
  );
  const told: WorkOf<"ballot">[] = [];
  const team = scriptedTeam((work, agentId) => {
    if (work.kind === "resolve")
      return {
        kind: "resolve",
        resolution: { answer: "Cents.", options: [], consequences: [] },
      };
    if (work.kind !== "ballot") return { no: "task-failed" };
    if (agentId === "senior") {
      told.push(work);
      return senior(work);
    }
    return agentId === "planner" || agentId === "qa"
      ? vote("approve", `${agentId} likes whole numbers`)
      : vote("block", "rounding is not settled");
  });
  const seated: Team = {
    ...team,
    seats: () =>
      options.seated === false
        ? team.seats()
        : [...team.seats(), { ...seat("senior"), lineage: "strong-1" }],
  };
  const end = house.drive(opening, seated);
  if (options.reject === true)
    await ruleAs(house.log, opening.missionId, "question", "reject");
  return { outcome: await end, told };
}

function all<T extends EventType>(house: House, type: T): readonly DataOf<T>[] {
  const [missionId = ""] = house.log.missions();
  return house.log
    .mission(missionId)
    .flatMap((event) => (event.type === type ? [event.data as DataOf<T>] : []));
}

test("what stays split after the rebuttal goes to the senior, who is told both sides without names", async () => {
  await using house = await openHouse();
  const { outcome, told } = await asked(house, () =>
    vote("approve", "Rounding is settled in the answer."),
  );
  assert.equal(outcome.kind, "answered");
  assert.equal(told.length, 1);
  assert.match(told[0]?.split?.because ?? "", /needed/);
  assert.deepEqual(told[0]?.split?.reasons, [
    "approve: planner likes whole numbers",
    "approve: qa likes whole numbers",
    "block: rounding is not settled",
    "block: rounding is not settled",
  ]);
  assert.deepEqual(told[0].contested, []);
  const [made] = all(house, "DecisionMade");
  assert.match(made?.because ?? "", /the senior model approves/);
  assert.equal(all(house, "RoundTallied").length, 2, "after the rebuttal");
});

test("a senior that blocks decides, one that abstains, fails or is not there leaves it to the human", async () => {
  await using house = await openHouse();
  const blocked = await asked(house, () => vote("block", "It loses cents."));
  assert.equal(blocked.outcome.kind, "blocked");

  for (const [senior, seated] of [
    [() => vote("abstain", "A matter of taste."), true],
    [() => ({ no: "model-malformed" }), true],
    [() => vote("approve", "Never asked."), false],
  ] as const) {
    await using other = await openHouse();
    const { outcome, told } = await asked(other, senior, {
      seated,
      reject: true,
    });
    assert.equal(outcome.kind, "rejected");
    assert.equal(told.length, seated ? 1 : 0);
    assert.equal(all(other, "DecisionEscalated").length, 1);
  }
});

test("a crash while the senior is asked asks it again and nobody else", async () => {
  await using house = await openHouse();
  const opening = await house.open(
    { kind: "question", goal: "Cents or euros?", approve: "auto" },
    { maxAttempts: 1 },
  );
  const crash = new AbortController();
  let asks = 0;
  const team = scriptedTeam((work, agentId) => {
    if (work.kind === "resolve")
      return {
        kind: "resolve",
        resolution: { answer: "Cents.", options: [], consequences: [] },
      };
    if (agentId === "senior") {
      asks += 1;
      if (asks === 1) {
        crash.abort(new Error("reloaded"));
        return new Promise<Answer>(() => undefined);
      }
      return vote("approve", "It holds.");
    }
    return agentId === "planner" || agentId === "qa"
      ? vote("approve", "yes")
      : vote("block", "no");
  });
  const seated: Team = {
    ...team,
    seats: () => [...team.seats(), seat("senior")],
  };
  await assert.rejects(house.drive(opening, seated, crash.signal), /reloaded/);
  const before = team.asked.filter((key) => key.startsWith("ballot/")).length;
  assert.equal((await house.drive(opening, seated)).kind, "answered");
  assert.equal(asks, 2);
  assert.equal(
    team.asked.filter((key) => key.startsWith("ballot/")).length,
    before,
  );
});
