import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import type { Recorded } from "../../src/protocol/event.ts";
import type { PanelSnapshot } from "../../src/protocol/panel.ts";
import { createReplaying } from "../../src/vscode/replaying.ts";
import { inRoot } from "../rig/project.ts";

const events = readFileSync(inRoot("test/golden/log-v1.jsonl"), "utf8")
  .split("\n")
  .slice(1, -2)
  .map((line) => JSON.parse(line) as Recorded);
const opened = events.find(({ type }) => type === "MissionOpened");
const missionId = opened?.missionId ?? "";
const ofMission = events.filter((event) => event.missionId === missionId);

test("of two wishes the later one counts, also when the earlier takes longer", async () => {
  const first = Promise.withResolvers<readonly Recorded[]>();
  const answers = [first.promise, Promise.resolve(ofMission)];
  const replaying = createReplaying(
    () => answers.shift() ?? Promise.resolve(ofMission),
  );
  const earlier = replaying.go(missionId, ofMission.length, 10);
  // Whoever asks second has its events first.
  const later = replaying.go(missionId, 1, 10);
  await later;
  first.resolve(ofMission);
  await earlier;
  const { replay } = replaying.on({} as PanelSnapshot);
  assert.equal(replay?.step, 1);

  const left = replaying.go(missionId, ofMission.length, 10);
  replaying.leave();
  await left;
  assert.equal(replaying.missionId(), null);
});
