import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import {
  SAMPLE_FILES,
  SAMPLE_QUESTION,
} from "../../src/adapters/rehearsal/sample.ts";
import { Settings } from "../../src/protocol/settings.ts";
import { openRoundtable } from "../../src/world.ts";
import { quiet, temporaryRepo } from "../adapters/git/temporaryRepo.ts";

/** Lets the team answer a question in a repository whose MCP server leaves a mark when it is started; tells whether it did. */
async function serverStarted(settings: Partial<Settings>): Promise<boolean> {
  using outside = temporaryRepo({});
  const mark = join(outside.top, "started");
  const script = `require("node:fs").writeFileSync(${JSON.stringify(mark)}, "")`;
  using repo = temporaryRepo({
    ...SAMPLE_FILES,
    ".vscode/mcp.json": JSON.stringify({
      servers: { marks: { command: process.execPath, args: ["-e", script] } },
    }),
  });
  const { app, dispose } = await openRoundtable({
    storage: join(repo.top, "storage"),
    trees: repo.home,
    media: join(import.meta.dirname, "../../media"),
    root: repo.root,
    settings: Settings.parse({ model: "rehearsal", ...settings }),
    textLog: quiet,
    apiKey: () => Promise.resolve(""),
  });
  try {
    const { missionId } = await app.perform(
      {
        kind: "question",
        goal: SAMPLE_QUESTION,
        repo: repo.root,
        approve: "auto",
      },
      "human",
    );
    await app.ended(missionId ?? "", AbortSignal.timeout(60_000));
    return existsSync(mark);
  } finally {
    await dispose();
  }
}

test("a server that a repository names is not started unless the user switched it on", async () => {
  assert.equal(await serverStarted({}), false);
  assert.equal(await serverStarted({ mcp: true }), true);
});
