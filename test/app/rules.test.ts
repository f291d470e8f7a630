import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { isProblem } from "../../src/core/errors.ts";
import type { DataOf } from "../../src/protocol/event.ts";
import type { IntentInput } from "../../src/protocol/intent.ts";
import { RULES_FILE } from "../../src/protocol/rulesPlace.ts";
import {
  temporaryRepo,
  type TemporaryRepo,
} from "../adapters/git/temporaryRepo.ts";
import { openWorld, soon, type World } from "./world.ts";

const CODE = { "a.js": "export const a = 1;\n" };

const strictly = "threshold: 0.9\nweights: { qa: 2, security: 3 }\n";

/** Opens a review and stops it as soon as its first round is open. */
async function opened(
  { app, log }: World,
  repo: TemporaryRepo,
  scope: Extract<IntentInput, { kind: "review" }>["scope"],
): Promise<{
  readonly mission: DataOf<"MissionOpened">;
  readonly round: DataOf<"RoundOpened">;
}> {
  const { missionId } = await app.perform(
    { kind: "review", scope, repo: repo.root, approve: "deny" },
    "human",
  );
  const id = missionId ?? "";
  const round = await log.waitFor(id, "RoundOpened", () => true, soon());
  await app.perform({ kind: "stop", missionId: id }, "human");
  const [first] = log.mission(id);
  assert.ok(first?.type === "MissionOpened");
  return { mission: first.data, round: round.data };
}

describe("a repository's rules", () => {
  it("are taken from the base: a change is not judged by rules it brings along, committed or not", async () => {
    using repo = temporaryRepo({ ...CODE, [RULES_FILE]: strictly });
    repo.run(["checkout", "-q", "-b", "feature"]);
    repo.write(RULES_FILE, "threshold: 0.5\nquorum: 0.001\nveto: []\n");
    repo.write("a.js", "export const a = 2;\n");
    repo.commit("weaken the rules");
    repo.write(RULES_FILE, "threshold: 0.51\n");
    await using world = await openWorld(repo);
    const { mission } = await opened(world, repo, {
      kind: "branch",
      base: "main",
      head: "feature",
    });
    const { rules, house, electorate } = mission;
    assert.equal(rules.threshold, 900);
    assert.deepEqual(rules.vetoRoles, ["security"]);
    assert.equal(house?.from, "main");
    const weight = (role: string): number | undefined =>
      electorate.find((elector) => elector.role === role)?.weight;
    assert.equal(weight("architect"), 847);
    assert.equal(weight("qa"), 1694);
    assert.equal(weight("security"), 2200, "no vote weighs more than 2.2");

    const working = await opened(world, repo, { kind: "working" });
    const { threshold } = working.mission.rules;
    assert.equal(threshold, 500, "HEAD's, not the checkout's");
  });

  it("of a branch that left its base before they got stricter are the base's as they are now", async () => {
    using repo = temporaryRepo(CODE);
    repo.run(["checkout", "-q", "-b", "feature"]);
    repo.write("a.js", "export const a = 2;\n");
    repo.commit("change");
    repo.run(["checkout", "-q", "main"]);
    repo.write(RULES_FILE, strictly);
    repo.commit("rules");
    await using world = await openWorld(repo);
    const { mission } = await opened(world, repo, {
      kind: "branch",
      base: "main",
      head: "feature",
    });
    assert.equal(mission.rules.threshold, 900);
  });

  it("labels ask for their roles in the decision whose paths fit, under old names too", async () => {
    using repo = temporaryRepo({
      "src/auth/login.js": "export const login = () => true;\n".repeat(9),
      "b.js": "export const b = 1;\n",
      [RULES_FILE]:
        "labels:\n  auth:\n    paths: [src/auth/**]\n    required: [architect]\n",
    });
    await using world = await openWorld(repo);
    repo.write("b.js", "export const b = 2;\n");
    const other = await opened(world, repo, { kind: "working" });
    assert.deepEqual(other.round.rules.requiredRoles, []);
    repo.run(["mv", "src/auth/login.js", "src/login.js"]);
    const { rules } = (await opened(world, repo, { kind: "working" })).round;
    assert.deepEqual(rules.requiredRoles, ["architect"]);
    assert.deepEqual(rules.labels, ["auth"]);
  });

  it("that require an evidence tool nobody has keep a change from being accepted on evidence alone", async () => {
    using repo = temporaryRepo({
      ...CODE,
      [RULES_FILE]: "evidence:\n  required: [crystalBall]\n",
    });
    repo.write("a.js", "export const a = 2;\n");
    await using world = await openWorld(repo);
    const { missionId } = await world.app.perform(
      {
        kind: "review",
        scope: { kind: "working" },
        repo: repo.root,
        approve: "deny",
      },
      "human",
    );
    const outcome = await world.app.ended(missionId ?? "", soon());
    assert.equal(outcome.kind, "blocked");
    const evidence = world.log
      .read({ types: ["EvidenceRecorded"] })
      .flatMap((event) =>
        event.type === "EvidenceRecorded" ? [event.data.evidence] : [],
      );
    const ball = evidence.find(({ tool }) => tool === "crystalBall");
    assert.equal(ball?.status, "NOT_RUN");
    assert.equal(ball.required, true);
  });
});

describe("rules that cannot be used", () => {
  it("start nothing, and say where and why", async () => {
    using repo = temporaryRepo({
      ...CODE,
      [RULES_FILE]: "veto: [qa]\nrequired: [securty]\n",
    });
    await using world = await openWorld(repo);
    await assert.rejects(
      world.app.perform(
        { kind: "question", goal: "What is a?", repo: repo.root },
        "human",
      ),
      (error) =>
        isProblem(error, "bad-rules") &&
        /^\.roundtable\/rules\.yaml:2:1 required names the role "securty", which no agent with a vote has; did you mean "security"\?/.test(
          error.message,
        ) &&
        /^Nothing was started\./.test(error.next),
    );
    assert.equal(world.log.head(), 0);
  });
});
