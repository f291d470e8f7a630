import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { systemClock } from "../../src/adapters/clock/systemClock.ts";
import { openGit } from "../../src/adapters/git/openGit.ts";
import { learnFromPast } from "../../src/app/past.ts";
import type { Clock } from "../../src/ports.ts";
import { HUB_STREAM } from "../../src/protocol/event.ts";
import { quiet } from "../adapters/git/temporaryRepo.ts";
import { approval, ballot, scriptedTeam } from "../fakes/scriptedTeam.ts";
import { openHouse, type House } from "../mission/house.ts";

/** Builds and merges a change that QA is against. */
async function merged(house: House): Promise<void> {
  const opening = await house.open({
    kind: "build",
    goal: "A file",
    approve: "auto",
  });
  const outcome = await house.drive(
    opening,
    scriptedTeam(async (work, agentId) => {
      if (work.kind === "plan")
        return {
          kind: "plan",
          plan: {
            summary: "Write a file.",
            steps: [
              { id: "a", title: "a", intent: "a", files: [], dependsOn: [] },
            ],
            risks: [],
            doneWhen: [],
          },
        };
      if (work.kind === "implement") {
        await writeFile(join(work.root, "new.txt"), "new\n");
        return { kind: "implement", summary: "done", commitType: "feat" };
      }
      return work.kind === "ballot" &&
        work.subject === "change" &&
        agentId === "qa"
        ? ballot({
            verdict: "block",
            confidence: 80,
            reason: "It breaks something.",
            findings: [],
          })
        : approval();
    }),
  );
  assert.equal(outcome.kind, "merged");
}

const learned = ({ log }: House): readonly string[] =>
  log
    .mission(HUB_STREAM)
    .flatMap((event) =>
      event.type === "TrustLearned"
        ? [
            `${event.data.agentId} ${String(event.data.flagged)} ${String(event.data.real)} ${event.data.source}`,
          ]
        : [],
    );

test("a merge that was reverted within 30 days says who was right about it; one that stands, or fell later, says nothing", async () => {
  await using house = await openHouse();
  await merged(house);
  const git = openGit({
    home: join(house.repo, "..", "trees"),
    textLog: quiet,
  });
  const look = async (clock: Clock = systemClock): Promise<void> => {
    const { dirty: _, ...repo } = await git.inspect(house.repo);
    await learnFromPast({ log: house.log, git, clock, textLog: quiet }, repo);
  };
  await look();
  assert.deepEqual(learned(house), []);

  house.git(
    ...["-c", "user.name=a", "-c", "user.email=a@example.org"],
    ...["revert", "--no-edit", "-m", "1", "HEAD"],
  );
  const later = 40 * 24 * 60 * 60_000;
  await look({ ...systemClock, now: () => Date.now() + later });
  assert.deepEqual(learned(house), []);

  await look();
  await look();
  assert.deepEqual(learned(house).toSorted(), [
    "architect false true revert",
    "planner false true revert",
    "qa true true revert",
    "security false true revert",
  ]);
});
