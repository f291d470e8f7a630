import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { SAMPLE_FILES } from "../../src/adapters/rehearsal/sample.ts";
import type { DataOf, EventType } from "../../src/protocol/event.ts";
import { temporaryRepo } from "../adapters/git/temporaryRepo.ts";
import { openWorld, soon } from "./world.ts";

const MISTAKE = (SAMPLE_FILES["src/order.js"] ?? "").replace(
  /return order\.lines\.reduce\(\n {4}\(sum, line\) => sum \+ line\.price \* line\.quantity - off,\n {4}0,\n {2}\);/,
  "return subtotal(order) - off;",
);

test("in a review of the sample's mistake two see it and are borne out, one sees what is not there and is refuted with the line", async () => {
  using repo = temporaryRepo(SAMPLE_FILES);
  await writeFile(join(repo.root, "src/order.js"), MISTAKE);
  await using world = await openWorld(repo);
  const { app, log } = world;
  const { missionId } = await app.perform(
    {
      kind: "review",
      scope: { kind: "working" },
      repo: repo.root,
      approve: "auto",
    },
    "human",
  );
  await app.ended(missionId ?? "", soon());
  const all = <T extends EventType>(type: T): readonly DataOf<T>[] =>
    log
      .mission(missionId ?? "")
      .flatMap((event) =>
        event.type === type ? [event.data as DataOf<T>] : [],
      );

  const [opened] = all("VerificationOpened");
  assert.deepEqual(
    opened?.claims.map(({ raisedBy }) => raisedBy),
    [["qa", "security"], ["architect"]],
  );
  const verified = all("FindingVerified").map(
    ({ verification }) => verification,
  );
  assert.deepEqual(
    verified
      .map(({ verdict, shown, quotes }) => [verdict, shown, quotes[0]?.line])
      .toSorted(),
    [
      ["confirmed", true, 12],
      ["refuted", true, 4],
    ],
  );
  const [closed] = all("MissionClosed");
  assert.equal(closed?.outcome.kind, "blocked");
  assert.match(closed.outcome.summary, /confirmed by a verifier/);
  const [made] = all("DecisionMade");
  assert.ok(
    made?.dissent.some(
      ({ agentId, findings }) =>
        agentId === "architect" &&
        findings.some(({ claim }) => claim.includes("ignores the quantity")),
    ),
    "what was refuted stays on record",
  );
});
