import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { test, type TestContext } from "node:test";
import { loadRoles } from "../../../src/adapters/roles/loadRoles.ts";
import { isProblem } from "../../../src/core/errors.ts";

const shipped = path.resolve(import.meta.dirname, "../../../media/roles");

function folderWith(
  t: TestContext,
  files: Readonly<Record<string, string>>,
): string {
  const dir = mkdtempSync(path.join(tmpdir(), "roundtable-roles-"));
  t.after(() => {
    rmSync(dir, { recursive: true, force: true });
  });
  for (const [name, text] of Object.entries(files))
    writeFileSync(path.join(dir, name), text);
  return dir;
}

const poet = `---
id: poet
name: Poet
role: poet
description: Writes.
tier: cheap
tools: [read_file, "verse/*"]
skills:
  - { id: write, name: Write, description: Writes verse., tags: [verse] }
---
Write well.
`;

async function broken(dir: string): Promise<string> {
  let message = "";
  await assert.rejects(loadRoles([dir]), (error: unknown) => {
    assert.ok(isProblem(error, "bad-role"));
    message = error.message;
    return true;
  });
  return message;
}

test("the five voters and the senior that come with the product are right", async () => {
  const roles = await loadRoles([shipped]);
  assert.deepEqual(
    roles.map(({ id, role, tier }) => [id, role, tier]),
    [
      ["architect", "architect", "middle"],
      ["developer", "developer", "middle"],
      ["planner", "planner", "middle"],
      ["qa", "qa", "middle"],
      ["security", "security", "middle"],
      ["senior", "senior", "strong"],
    ],
  );
  const skills = roles.flatMap((role) => role.skills.map(({ id }) => id));
  for (const skill of [
    "security-analysis",
    "performance-analysis",
    "test-generation",
    "quality-assessment",
  ])
    assert.ok(skills.includes(skill), skill);
  const writers = roles.filter(({ tools }) =>
    tools.some((tool) => /edit|write|remove/.test(tool)),
  );
  assert.deepEqual(
    writers.map(({ id }) => id),
    ["developer"],
  );
});

test("a file of one's own joins the team, or takes a seat over", async (t) => {
  const dir = folderWith(t, {
    "poet.md": poet,
    "qa.md": poet.replaceAll("poet", "qa"),
    "notes.txt": "no role",
  });
  const roles = await loadRoles([shipped, dir]);
  assert.equal(roles.length, 7);
  assert.equal(
    roles.find(({ id }) => id === "qa")?.instructions,
    "Write well.",
  );
  assert.equal(roles.find(({ id }) => id === "poet")?.tier, "cheap");
});

test("a mistake is named with file and line", async (t) => {
  const dir = folderWith(t, { "poet.md": poet.replace("cheap", "free") });
  const message = await broken(dir);
  assert.match(message, /poet\.md:6 .*tier/);
});

test("a mistake deep inside is named where it is", async (t) => {
  const dir = folderWith(t, {
    "poet.md": poet.replace("description: Writes verse.", "text: x"),
  });
  assert.match(await broken(dir), /poet\.md:9 .*skills\.0\.description/);
});

test("an unknown setting is a mistake, not a silence", async (t) => {
  const dir = folderWith(t, {
    "poet.md": poet.replace("tier:", "teir: x\ntier:"),
  });
  assert.match(await broken(dir), /poet\.md:6 .*teir/);
});

test("front matter that is not YAML, missing, or followed by nothing is told apart", async (t) => {
  const yaml = folderWith(t, { "a.md": poet.replace("[read_file,", "[[") });
  assert.match(await broken(yaml), /a\.md:\d+ /);
  const none = folderWith(t, { "a.md": "Write well.\n" });
  assert.match(await broken(none), /a\.md:1 .*front matter/);
  const empty = folderWith(t, { "a.md": poet.replace("Write well.\n", "") });
  assert.match(await broken(empty), /a\.md:11 .*instructions/);
});

test("two files of one folder cannot share an id; a folder that is not there is told", async (t) => {
  const dir = folderWith(t, { "a.md": poet, "b.md": poet });
  assert.match(await broken(dir), /"poet".*b\.md/);
  assert.match(await broken(path.join(dir, "no")), /cannot be read/);
});
