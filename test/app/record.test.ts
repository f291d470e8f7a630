import assert from "node:assert/strict";
import { mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { isProblem } from "../../src/core/errors.ts";
import {
  SAMPLE_FILES,
  SAMPLE_QUESTION,
} from "../../src/adapters/rehearsal/sample.ts";
import { RULES_FILE } from "../../src/protocol/rulesPlace.ts";
import {
  temporaryRepo,
  type TemporaryRepo,
} from "../adapters/git/temporaryRepo.ts";
import { openWorld, soon, type World } from "./world.ts";

/** Asks the sample's question; the policy answers for the human. */
async function asked(
  { app }: World,
  repo: TemporaryRepo,
  approve: "auto" | "deny" = "auto",
): Promise<string> {
  const { missionId } = await app.perform(
    { kind: "question", goal: SAMPLE_QUESTION, repo: repo.root, approve },
    "human",
  );
  await app.ended(missionId ?? "", soon());
  return missionId ?? "";
}

const record = ({ app }: World, missionId: string): Promise<unknown> =>
  app.perform({ kind: "recordDecision", missionId }, "human");

describe("a decision record", () => {
  it("is a new file, numbered after what is there, written once and only when it is asked for", async () => {
    using repo = temporaryRepo({
      ...SAMPLE_FILES,
      "docs/adr/0007-older.md": "# 7. Older\n",
      "docs/adr/notes.md": "12 notes\n",
    });
    await using world = await openWorld(repo);
    const before = repo.fingerprint();
    const missionId = await asked(world, repo);
    assert.equal(repo.fingerprint(), before, "nothing is written unasked");
    await record(world, missionId);
    const path = world.app.detail(missionId)?.record ?? "";
    assert.match(path, /^docs\/adr\/0008-[a-z0-9-]+\.md$/);
    const text = repo.read(path);
    assert.match(text, /^# 8\. /);
    assert.match(
      text,
      /^Accepted by the policy of the run, \d{4}-\d\d-\d\d\. Mission `/m,
    );
    for (const part of [
      "Context",
      "Decision",
      "Options weighed",
      "Consequences",
      "Votes and dissent",
      "Evidence",
    ])
      assert.match(text, new RegExp(`^\\*\\*${part}\\.\\*\\*`, "m"));
    assert.match(text, /^- .* \(qa\): approves, \d+ % sure\. /m);
    await record(world, missionId);
    assert.equal(
      repo.run(["status", "--porcelain"]).trim(),
      `?? ${path}`,
      "asking again writes nothing more",
    );
  });

  it("goes where the rules say, and nowhere outside or through a link that leads out", async () => {
    using repo = temporaryRepo({
      ...SAMPLE_FILES,
      [RULES_FILE]: "decisionRecords: notes/decisions/\n",
    });
    mkdirSync(join(repo.top, "outside"));
    symlinkSync(join(repo.top, "outside"), join(repo.root, "notes"));
    await using world = await openWorld(repo);
    const missionId = await asked(world, repo);
    await assert.rejects(record(world, missionId), (error) =>
      isProblem(error, "path-denied"),
    );
    assert.equal(world.app.detail(missionId)?.record, null);
    repo.run(["clean", "-qfd"]);
    await record(world, missionId);
    assert.match(
      world.app.detail(missionId)?.record ?? "",
      /^notes\/decisions\/0001-/,
    );
  });

  it("is not made of an answer nobody approved", async () => {
    using repo = temporaryRepo(SAMPLE_FILES);
    await using world = await openWorld(repo);
    const missionId = await asked(world, repo, "deny");
    await assert.rejects(record(world, missionId), (error) =>
      isProblem(error, "bad-intent"),
    );
    await assert.rejects(record(world, "nowhere"), (error) =>
      isProblem(error, "bad-intent"),
    );
  });
});
