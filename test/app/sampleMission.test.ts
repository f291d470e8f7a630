import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import {
  SAMPLE_FILES,
  SAMPLE_GOAL,
} from "../../src/adapters/rehearsal/sample.ts";
import type { Said } from "../../src/protocol/panel.ts";
import { temporaryRepo } from "../adapters/git/temporaryRepo.ts";
import { transcript } from "./transcript.ts";
import { openWorld, soon } from "./world.ts";

const golden = join(import.meta.dirname, "../golden/sample-mission.txt");

test("the sample mission is, word for word, what the golden transcript says", async () => {
  using repo = temporaryRepo(SAMPLE_FILES);
  await using world = await openWorld(repo);
  const { app } = world;
  const { missionId } = await app.perform(
    { kind: "build", goal: SAMPLE_GOAL, repo: repo.root, approve: "auto" },
    "human",
  );
  await app.ended(missionId ?? "", soon());
  const pages: (readonly Said[])[] = [];
  for (
    let page = app.older(missionId ?? "", Number.MAX_SAFE_INTEGER);
    page[0] !== undefined;
    page = app.older(missionId ?? "", page[0].seq)
  )
    pages.unshift(page);
  assert.equal(transcript(pages.flat()), await readFile(golden, "utf8"));
});
