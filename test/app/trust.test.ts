import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
  SAMPLE_FILES,
  SAMPLE_QUESTION,
} from "../../src/adapters/rehearsal/sample.ts";
import type { Elector } from "../../src/protocol/consensus.ts";
import {
  temporaryRepo,
  type TemporaryRepo,
} from "../adapters/git/temporaryRepo.ts";
import { openWorld, soon, type World } from "./world.ts";

/** Puts the sample's question, and rules on the answer as its owner. Returns who sat at the table. */
async function asked(
  { app, log }: World,
  repo: TemporaryRepo,
  verdict: "approve" | "reject",
): Promise<readonly Elector[]> {
  const { missionId } = await app.perform(
    { kind: "question", goal: SAMPLE_QUESTION, repo: repo.root },
    "human",
  );
  const id = missionId ?? "";
  const end = app.ended(id, soon());
  const { data } = await log.waitFor(id, "RulingAsked", () => true, soon());
  const { decisionId, artifactHash } = data;
  await app.perform(
    { kind: "rule", missionId: id, decisionId, artifactHash, verdict },
    "human",
  );
  await end;
  const [first] = log.mission(id);
  assert.ok(first?.type === "MissionOpened");
  return first.data.electorate;
}

const weightOf = (
  electorate: readonly Elector[],
  id: string,
): number | undefined =>
  electorate.find(({ agentId }) => agentId === id)?.weight;

describe("trust in the app", () => {
  it("weighs the votes of the next mission, is shown with its outcomes, and outlives restarts", async () => {
    using repo = temporaryRepo(SAMPLE_FILES);
    let rows;
    {
      await using world = await openWorld(repo);
      assert.deepEqual(world.app.trust(), []);
      const first = await asked(world, repo, "approve");
      assert.equal(weightOf(first, "qa"), 847, "nothing is known yet");
      rows = world.app.trust();
      const qa = rows.find(({ agentId }) => agentId === "qa");
      assert.ok(qa);
      assert.equal(qa.class, "vote");
      assert.equal(qa.outcomes, 1);
      assert.ok(qa.specificityAtLeast < qa.specificity);
      assert.ok(qa.specificity < qa.specificityAtMost);
      const [outcome] = qa.last;
      assert.equal(outcome?.source, "human");
      assert.equal(outcome.flagged, false);
      assert.equal(outcome.real, false);
      assert.ok(
        !rows.some(({ agentId }) => agentId === "architect"),
        "nothing is learned of the author",
      );
    }
    {
      await using world = await openWorld(repo);
      assert.ok(world.log.snapshot("trust", "counts-1"), "it was kept");
      assert.deepEqual(world.app.trust(), rows);
      const second = await asked(world, repo, "reject");
      const learned = weightOf(second, "qa") ?? 0;
      assert.ok(learned > 847 && learned <= 2200, String(learned));
      assert.ok(
        (weightOf(second, "architect") ?? 0) < learned,
        "of its role nothing is known, only of the model",
      );
    }
    await using world = await openWorld(repo);
    const qa = world.app.trust().find(({ agentId }) => agentId === "qa");
    assert.equal(qa?.outcomes, 2);
    assert.ok(qa.weight < 847 * 1.2, "it was wrong once");
  });
});
