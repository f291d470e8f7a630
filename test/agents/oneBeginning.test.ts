import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { loadRoles } from "../../src/adapters/roles/loadRoles.ts";
import { createExecutor } from "../../src/agents/executor.ts";
import type { RoleFile } from "../../src/protocol/role.ts";
import type { Work } from "../../src/protocol/work.ts";
import { approves, scriptedModels } from "../fakes/scriptedModels.ts";
import { ballotWork, MISSION, openMission, portsFor } from "./table.ts";

const shipped = join(import.meta.dirname, "../../media/roles");

test("ballots of all shipped voters begin with the same bytes for the same model: charter, tools and material", async (t) => {
  const models = scriptedModels([approves]);
  const ports = portsFor(t, { models });
  await openMission(ports.log);
  const executor = createExecutor(ports);
  const ask = (role: RoleFile, work: Work): Promise<unknown> =>
    executor.execute(
      work,
      role,
      {
        taskId: role.id,
        agentId: role.id,
        onText: () => undefined,
        onSaid: () => undefined,
      },
      AbortSignal.timeout(10_000),
    );
  const roles = await loadRoles([shipped]);
  const voters = roles.filter(({ role }) => role !== "senior");
  for (const role of voters) await ask(role, ballotWork({ key: role.id }));
  const beginnings = models.requests.map(({ shared, tier, tools, messages }) =>
    JSON.stringify([shared, tier, tools, messages[0]?.content[0]]),
  );
  assert.equal(beginnings.length, 5);
  assert.equal(new Set(beginnings).size, 1);

  const verify: Work = {
    kind: "verify",
    missionId: MISSION,
    key: "verify",
    goal: "Greet politely",
    attempt: 1,
    root: shipped,
    writable: false,
    decisionId: "d",
    claimId: "c1",
    claim: { path: "a.js", line: 1, claim: "It is rude.", severity: "high" },
    artifactHash: "h",
    artifact: "diff",
    evidence: [],
  };
  for (const role of voters) await ask(role, verify);
  assert.deepEqual(
    [...new Set(models.requests.slice(5).map(({ tier }) => tier))],
    ["strong"],
    "verification takes the strongest tier, whoever does it",
  );
});
