import assert from "node:assert/strict";
import { mkdir, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import type { Finding } from "../../src/protocol/consensus.ts";
import type { DataOf, EventType } from "../../src/protocol/event.ts";
import type { Answer, WorkOf } from "../../src/protocol/work.ts";
import { approval, ballot, scriptedTeam } from "../fakes/scriptedTeam.ts";
import { openHouse, type House } from "./house.ts";

function all<T extends EventType>(house: House, type: T): readonly DataOf<T>[] {
  const [missionId = ""] = house.log.missions();
  return house.log
    .mission(missionId)
    .flatMap((event) => (event.type === type ? [event.data as DataOf<T>] : []));
}

const REVIEW = {
  kind: "review",
  scope: { kind: "working" },
  approve: "auto",
} as const;

test("a review of 20,000 lines ends, is bounded, and says what nobody read", async () => {
  await using house = await openHouse();
  await house.write(
    "long.txt",
    Array.from(
      { length: 20_000 },
      (_, index) => `line ${String(index)} of it`,
    ).join("\n"),
  );
  const read: string[] = [];
  const outcome = await house.drive(
    await house.open(REVIEW),
    scriptedTeam((work) => {
      if (work.kind === "ballot") read.push(work.artifact);
      return approval();
    }),
  );
  assert.equal(outcome.kind, "accepted");
  assert.match(outcome.summary, /too long to be read whole/);
  assert.equal(read.length, 5);
  assert.ok(read.every((artifact) => artifact.length < 250_000));
  const reading = all(house, "EvidenceRecorded").find(
    ({ evidence }) => evidence.tool === "reading",
  );
  assert.equal(reading?.evidence.status, "NOT_RUN");
});

test("binary files, renames, submodules and text that is no UTF-8 are reviewed, and findings on them have a place", async () => {
  await using house = await openHouse({
    "a.txt": "one\ntwo\nthree\nfour\nfive\nsix\n",
    "gone.txt": "gone\n",
  });
  const { repo } = house;
  await writeFile(join(repo, "logo.png"), Buffer.from([0, 1, 2, 255, 0]));
  await writeFile(
    join(repo, "latin.txt"),
    Buffer.from("caf\xe9\ncr\xe8me\n", "latin1"),
  );
  await mkdir(join(repo, "docs"));
  await rename(join(repo, "a.txt"), join(repo, "docs/a b.txt"));
  house.git("rm", "-q", "gone.txt");
  const head = house.git("rev-parse", "HEAD").trim();
  house.git("update-index", "--add", "--cacheinfo", `160000,${head},lib`);
  house.git("add", "logo.png", "latin.txt", "docs", "a.txt");

  const at = (path: string, line: number): Finding => ({
    path,
    line,
    claim: `Something is wrong with ${path}, and badly so.`,
    severity: "high",
  });
  const placed = [
    at("logo.png", 0),
    at("latin.txt", 2),
    at("docs/a b.txt", 6),
    at("a.txt", 3),
    at("gone.txt", 1),
    at("lib", 0),
  ];
  const astray = [
    at("logo.png", 7),
    at("latin.txt", 70),
    at("../outside.txt", 1),
    at("/etc/passwd", 1),
    at("lib/inside.txt", 1),
  ];
  const checked: WorkOf<"verify">[] = [];
  const outcome = await house.drive(
    await house.open({ ...REVIEW, scope: { kind: "staged" } }),
    scriptedTeam((work, agentId) => {
      if (work.kind === "verify") {
        checked.push(work);
        return {
          kind: "verify",
          paper: {
            verdict: "confirmed",
            reason: "It says so.",
            quotes:
              work.claim.path === "latin.txt"
                ? [{ path: "latin.txt", line: 2, text: "cr\uFFFDme" }]
                : [],
          },
        };
      }
      return agentId === "qa"
        ? ballot({
            verdict: "block",
            confidence: 90,
            reason: "Everything is wrong.",
            findings: [...placed, ...astray],
          })
        : approval();
    }),
  );
  const [cast] = all(house, "BallotCast")
    .map(({ ballot: one }) => one)
    .filter(({ agentId }) => agentId === "qa");
  assert.deepEqual(
    cast?.astray?.map((index) => cast.findings[index]?.path),
    astray.map(({ path }) => path),
  );
  assert.equal(checked.length, placed.length);
  assert.ok(
    checked.some(({ artifact }) => /Binary files .*logo\.png/.test(artifact)),
  );
  assert.ok(
    checked.some(({ artifact }) => artifact.includes("rename to docs/a b.txt")),
  );
  assert.equal(outcome.kind, "blocked");
  assert.match(outcome.summary, /confirmed by a verifier: latin\.txt:2/);
});

test("an agent that dies in the middle of its ballot, and one whose form is never right, are absent and no more", async () => {
  await using house = await openHouse();
  await house.write("a.txt", "changed\n");
  const outcome = await house.drive(
    await house.open(REVIEW),
    scriptedTeam((_, agentId) =>
      agentId === "qa"
        ? { no: "agent-missing" }
        : agentId === "developer"
          ? { no: "model-malformed" }
          : approval(),
    ),
  );
  assert.equal(outcome.kind, "accepted");
  const [tally] = all(house, "RoundTallied");
  assert.deepEqual([tally?.tally.approvals, tally?.tally.absent], [3, 2]);
});

test("without enough ballots nothing is accepted, however good those are that came", async () => {
  await using house = await openHouse();
  await house.write("a.txt", "changed\n");
  const outcome = await house.drive(
    await house.open(REVIEW),
    scriptedTeam((_, agentId): Answer | { readonly no: string } =>
      agentId === "qa" || agentId === "security"
        ? approval()
        : { no: "agent-missing" },
    ),
  );
  assert.equal(outcome.kind, "blocked");
  assert.match(outcome.summary, /2 of 5 voices are in and 3 are needed/);
});
