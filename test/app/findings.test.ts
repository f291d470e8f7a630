import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { paper, vote } from "../../src/adapters/rehearsal/ballot.ts";
import { say, submit, type Script } from "../../src/adapters/rehearsal/turn.ts";
import { isProblem } from "../../src/core/errors.ts";
import type { Finding } from "../../src/protocol/consensus.ts";
import type { ReviewFinding } from "../../src/protocol/findings.ts";
import {
  temporaryRepo,
  type TemporaryRepo,
} from "../adapters/git/temporaryRepo.ts";
import { openWorld, soon, type World } from "./world.ts";

const CLAIM = "The shell runs what the caller sends";

const CODE = `import { exec } from "node:child_process";

export function archive(name, done) {
  exec("tar -cf reports.tar " + name, done);
}
`;

/** A team in which security raises one finding on the line that calls `exec`, and everybody else is content. */
function team(finding: (brief: string) => Finding | undefined): Script {
  return ({ part, brief }) => {
    if (part?.work === "verify")
      return say(
        "I look.",
        submit({ verdict: "unclear", reason: "Not now.", quotes: [] }),
      );
    if (part?.work === "resolve")
      return say(
        "Again.",
        submit({
          answer: `${part.role} says: the name is put into a shell.`,
          options: [],
          consequences: [],
        }),
      );
    const found = part?.role === "security" ? finding(brief) : undefined;
    return vote(
      "Read.",
      found === undefined
        ? paper("approve", 80, "Nothing to say.")
        : paper("block", 90, "One thing.", found),
    );
  };
}

/** On the line of the call, wherever it is now. */
const raises = team((brief) => {
  const line = /^@@ .*?\+(\d+)/mu.exec(brief)?.[1];
  const at = brief
    .slice(brief.indexOf("@@"))
    .split("\n")
    .filter((text) => !text.startsWith("-"))
    .findIndex((text) => /exec\("tar/u.test(text));
  return at < 0
    ? undefined
    : {
        path: "src/reports.js",
        line: Number(line) + at - 1,
        claim: CLAIM,
        severity: "medium",
      };
});

function planted(): TemporaryRepo {
  const repo = temporaryRepo({ "README.md": "# Shop\n" });
  repo.write("src/reports.js", CODE);
  return repo;
}

async function reviewed(
  { app }: World,
  repo: TemporaryRepo,
  model?: string,
): Promise<string> {
  const { missionId } = await app.perform(
    {
      kind: "review",
      repo: repo.root,
      scope: { kind: "working" },
      approve: "auto",
      ...(model !== undefined && { model }),
    },
    "human",
  );
  await app.ended(missionId ?? "", soon());
  return missionId ?? "";
}

async function again({ app }: World, missionId: string): Promise<string> {
  const next = await app.perform(
    { kind: "reviewAgain", missionId, approve: "auto" },
    "human",
  );
  await app.ended(next.missionId ?? "", soon());
  return next.missionId ?? "";
}

function claimed({ app }: World, missionId: string): ReviewFinding {
  const found = app
    .detail(missionId)
    ?.findings.find(({ claim }) => claim === CLAIM);
  assert.ok(found, "the finding is there");
  return found;
}

describe("a finding after the review has ended", () => {
  it("is dismissed once, with a reason, and that is on record", async () => {
    using repo = planted();
    await using world = await openWorld(repo, { script: raises });
    const missionId = await reviewed(world, repo);
    const { findingId } = claimed(world, missionId);
    const dismiss = (reason: string) =>
      world.app.perform(
        { kind: "dismissFinding", missionId, findingId, why: "wrong", reason },
        "human",
      );
    await assert.rejects(dismiss("  "), /say why/);
    await dismiss("Names are checked by the caller.");
    assert.deepEqual(claimed(world, missionId).state, {
      kind: "dismissed",
      why: "wrong",
      reason: "Names are checked by the caller.",
      by: "human",
    });
    await assert.rejects(dismiss("Again."), /dismissed already: Names are/);
    await assert.rejects(
      world.app.perform(
        { kind: "settleFinding", missionId, findingId: "f0" },
        "human",
      ),
      (error) =>
        isProblem(error, "bad-intent") &&
        /has no finding "f0"/.test(error.message),
    );
    assert.equal(world.app.detail(missionId)?.status, "closed");
  });

  it("is explained by who raised it, in the mission it belongs to, and by the record where no model is there", async () => {
    using repo = planted();
    await using world = await openWorld(repo, { script: raises });
    const missionId = await reviewed(world, repo);
    const { findingId } = claimed(world, missionId);
    await world.app.perform(
      {
        kind: "explainFinding",
        missionId,
        findingId,
        question: "Is it reachable?",
      },
      "human",
    );
    assert.deepEqual(claimed(world, missionId).explanations, [
      {
        question: "Is it reachable?",
        answer: "security says: the name is put into a shell.",
        by: "Security",
      },
    ]);
    const { app } = world;
    const byTool = app
      .detail(missionId)
      ?.findings.find(({ raisedBy }) =>
        raisedBy.every(({ role }) => role === "tool"),
      );
    assert.ok(byTool);
    await app.perform(
      {
        kind: "explainFinding",
        missionId,
        findingId: byTool.findingId,
        question: "Why?",
      },
      "human",
    );
    const told = app
      .detail(missionId)
      ?.findings.find(({ findingId: id }) => id === byTool.findingId);
    assert.match(
      told?.explanations[0]?.answer ?? "",
      /^A tool raised this, and tools do not answer\. This is what the record says\./,
    );
  });
});

describe("a review of the same again", () => {
  it("follows moved lines and a renamed file, and keeps names and dismissals", async () => {
    using repo = planted();
    const script = team((brief) => {
      const [, path = ""] = /^\+\+\+ b\/(src\/.*)$/mu.exec(brief) ?? [];
      const { line = 0 } =
        brief
          .slice(brief.indexOf("@@"))
          .split("\n")
          .map((text, index) => ({ text, line: index }))
          .find(({ text }) => text.includes('exec("tar')) ?? {};
      return { path, line, claim: CLAIM, severity: "medium" };
    });
    await using world = await openWorld(repo, { script });
    const first = await reviewed(world, repo);
    const was = claimed(world, first);
    assert.deepEqual([was.path, was.line], ["src/reports.js", 4]);
    await world.app.perform(
      {
        kind: "dismissFinding",
        missionId: first,
        findingId: was.findingId,
        why: "wontFix",
        reason: "Internal.",
      },
      "human",
    );
    repo.run(["mv", "-k", "src/reports.js", "src/archive.js"]);
    repo.write("src/archive.js", `// Packs.\n\n${CODE}`);
    repo.run(["clean", "-q", "-f", "src/reports.js"]);
    const now = claimed(world, await again(world, first));
    assert.deepEqual(
      [now.findingId, now.path, now.line, now.state.kind],
      [was.findingId, "src/archive.js", 6, "dismissed"],
    );
  });

  it("settles as gone what was edited, and leaves open what nobody raised again on lines that stand as they were", async () => {
    using repo = planted();
    let silent = false;
    await using world = await openWorld(repo, {
      script: (request) =>
        silent ? team(() => undefined)(request) : raises(request),
    });
    const first = await reviewed(world, repo);
    const { findingId } = claimed(world, first);
    silent = true;
    repo.write("src/other.js", "export const a = 1;\n");
    const second = await again(world, first);
    const kept = claimed(world, second);
    assert.deepEqual(
      [kept.findingId, kept.earlier, kept.state.kind],
      [findingId, true, "open"],
    );
    repo.write("src/reports.js", CODE.replace('exec("tar', 'run("tar'));
    const third = await again(world, second);
    const { findings = [] } = world.app.detail(third) ?? {};
    assert.ok(!findings.some(({ claim }) => claim === CLAIM));
    assert.deepEqual(claimed(world, second).state, {
      kind: "settled",
      how: "gone",
    });
  });

  it("is refused for what is no review", async () => {
    using repo = planted();
    await using world = await openWorld(repo, { script: raises });
    await assert.rejects(
      world.app.perform({ kind: "reviewAgain", missionId: "m0" }, "human"),
      /There is no mission "m0"/,
    );
  });
});
