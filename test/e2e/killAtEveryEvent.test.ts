import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { build } from "esbuild";
import { gitIn, runChild, sampleIn, type ChildEnd } from "./sampleRepo.ts";

const root = join(import.meta.dirname, "../..");
/** Missions under way at once. */
const LANES = 3;
/** Missions that share the events among them: each dies at every CHAINS-th event. More than are stored together at once, which is the evidence of one change: of those a mission can die at one only. */
const CHAINS = 16;

interface Ended {
  readonly outcome: { readonly kind: string };
  readonly met: readonly string[];
}

let out = "";
let child = "";
let calm: { readonly tree: string; readonly names: readonly string[] };

before(async () => {
  // Bundled once, so that each of the many lives starts quickly.
  await mkdir(join(root, "out"), { recursive: true });
  out = await mkdtemp(join(root, "out", "kill-"));
  child = join(out, "missionChild.mjs");
  await build({
    entryPoints: [join(import.meta.dirname, "missionChild.ts")],
    outfile: child,
    bundle: true,
    platform: "node",
    format: "esm",
    packages: "external",
  });
  calm = await undisturbed();
});

after(() => rm(out, { recursive: true, force: true }));

test("killed just after any event is on disk, the mission ends with the same merge and nothing done twice", async () => {
  await dieAtAll("after", calm.names);
});

test("killed just before any step of the line is stored, its act done, the mission ends with the same merge and nothing done twice", async () => {
  await dieAtAll(
    "before",
    calm.names.filter((name) => !/^(Agent|Call|Tool|Task)/.test(name)),
  );
});

async function dieAtAll(
  moment: "after" | "before",
  names: readonly string[],
): Promise<void> {
  assert.ok(names.length > 30, "the mission says what it does");
  const chains = Array.from({ length: CHAINS }, (_, lane) =>
    names.filter((_name, index) => index % CHAINS === lane),
  );
  const died: string[] = [];
  await Promise.all(
    Array.from({ length: LANES }, async () => {
      for (;;) {
        const chain = chains.shift();
        if (chain === undefined) return;
        died.push(...(await liveAndDie(moment, chain)));
      }
    }),
  );
  assert.deepEqual(died.toSorted(), names.toSorted(), "died at every event");
}

/** One mission that dies once at each of these events; returns those it died at. */
async function liveAndDie(
  moment: string,
  names: readonly string[],
): Promise<readonly string[]> {
  const dir = await sampleIn("roundtable-kill-");
  const died: string[] = [];
  try {
    for (;;) {
      const left = names.filter((name) => !died.includes(name));
      const end = await runChild(child, [
        dir,
        join(root, "media"),
        moment,
        JSON.stringify(left),
      ]);
      if (end.signal === "SIGKILL") {
        died.push(end.stderr);
        continue;
      }
      assert.equal(endOf(end).outcome.kind, "merged");
      assertMergedOnce(dir);
      return died;
    }
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

async function undisturbed(): Promise<typeof calm> {
  const dir = await sampleIn("roundtable-calm-");
  try {
    const { outcome, met } = endOf(
      await runChild(child, [dir, join(root, "media"), "after", "[]"]),
    );
    assert.equal(outcome.kind, "merged");
    const names = [...new Set(met)].filter(
      (name) => !name.startsWith("AgentLeft"),
    );
    return { tree: gitIn(dir, "rev-parse", "HEAD^{tree}"), names };
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

/** What must hold after the mission, however often it was killed on the way. */
function assertMergedOnce(dir: string): void {
  assert.equal(gitIn(dir, "rev-parse", "HEAD^{tree}"), calm.tree);
  assert.equal(
    gitIn(dir, "log", "--merges", "--format=%h").split("\n").length,
    1,
  );
  assert.equal(gitIn(dir, "status", "--porcelain"), "");
  assert.equal(gitIn(dir, "worktree", "list").split("\n").length, 1);
  assert.equal(gitIn(dir, "branch", "--format=%(refname:short)"), "main");
  const subjects = gitIn(dir, "log", "--format=%s").split("\n");
  assert.equal(new Set(subjects).size, subjects.length, "nothing done twice");
}

function endOf({ code, signal, stdout, stderr }: ChildEnd): Ended {
  assert.deepEqual({ code, signal }, { code: 0, signal: null }, stderr);
  return JSON.parse(stdout) as Ended;
}
