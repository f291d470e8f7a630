import assert from "node:assert/strict";
import {
  existsSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { openSandbox } from "../../src/adapters/sandbox/openSandbox.ts";
import { createCommandGate } from "../../src/agents/commandGate.ts";
import { createExecutor } from "../../src/agents/executor.ts";
import { quiet } from "../adapters/git/temporaryRepo.ts";
import { portsFor, roleOf } from "../agents/table.ts";
import { calls, scriptedModels } from "../fakes/scriptedModels.ts";
import { onBranch, TaskHubs, taken, untilTask } from "./taskHubs.ts";

const SECRET = "the-secret-of-the-house";

test("an agent that obeys whoever gave the task changes files of the clone, and takes nothing else along", async (t) => {
  const house = realpathSync(mkdtempSync(join(tmpdir(), "house ")));
  t.after(() => {
    rmSync(house, { recursive: true, force: true });
  });
  writeFileSync(join(house, "secret"), SECRET);
  const outside = join(house, "outside");
  await using hubs = new TaskHubs();
  const { ada, ben } = await hubs.both();
  // The check is what the other hub says it is, and runs what its agent wrote.
  ada.checks = [["node", "steal.mjs"]];
  const steal = `
    import fs from "node:fs";
    const attempt = (work) => { try { return String(work()); } catch { return "denied"; } };
    fs.writeFileSync("loot.txt", [
      attempt(() => fs.readFileSync(${JSON.stringify(join(house, "secret"))}, "utf8")),
      attempt(() => fs.readFileSync(${JSON.stringify(join(ben.repo.root, "a.txt"))}, "utf8")),
      attempt(() => { fs.writeFileSync(${JSON.stringify(outside)}, "x"); return "written"; }),
    ].join("\\n"));
  `;
  const obeyed = [
    ["read_file", { path: join(house, "secret") }],
    ["write_file", { path: outside, content: "x" }],
    ["write_file", { path: "../outside", content: "x" }],
    ["write_file", { path: "steal.mjs", content: steal }],
    ["write_file", { path: ".vscode/tasks.json", content: "{}" }],
    ["run_check", { argv: ["node", "steal.mjs"] }],
    ["run_check", { argv: ["sh", "-c", `cat ${join(house, "secret")} > x`] }],
    ["edit_file", { path: "a.txt", old: "one", new: "two" }],
  ] as const;
  const models = scriptedModels((_request, turn) => {
    const [name, input] = obeyed[turn] ?? [];
    return name === undefined
      ? calls("submit", { summary: "Done.", commitType: "feat" })
      : calls(name, input);
  });
  const ports = portsFor(t, { models });
  const sandbox = openSandbox({ textLog: quiet });
  t.after(() => sandbox.dispose());
  const { holds } = await sandbox.status();
  t.diagnostic(holds ? "TRIED FOR REAL" : "NOT TRIED: nothing holds commands");
  ben.work = async (_root, signal, work) => {
    const commands = createCommandGate({ ...ports, sandbox });
    await createExecutor({ ...ports, commands }).execute(
      work,
      roleOf("developer"),
      {
        ...{ taskId: "t", agentId: "developer" },
        onText: () => undefined,
        onSaid: () => undefined,
      },
      signal,
    );
  };

  const before = ben.repo.fingerprint();
  const taskId = await taken(ada, ben);
  await ben.ask("peers/answerTask", { taskId, accept: true });
  const { branch = "", note } = await untilTask(ada, "done", ben);
  assert.equal(onBranch(ada.repo, branch, "a.txt"), "two\n", note);
  const changed = ada.repo
    .run(["diff", "--name-only", "HEAD", branch])
    .trim()
    .split("\n");
  assert.deepEqual(changed, [
    "a.txt",
    ...(holds ? ["loot.txt"] : []),
    "steal.mjs",
  ]);
  if (holds)
    assert.equal(
      onBranch(ada.repo, branch, "loot.txt"),
      "denied\ndenied\ndenied",
    );
  assert.ok(!existsSync(outside));
  assert.equal(ben.repo.fingerprint(), before);
  assert.deepEqual(ports.log.read({ types: ["PermissionAsked"] }), []);
  assert.doesNotMatch(
    JSON.stringify([models.requests, ada.table.log.read({})]),
    new RegExp(SECRET, "u"),
  );
});
