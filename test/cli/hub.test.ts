import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { HubAddress } from "../../src/protocol/hub.ts";
import { temporaryRepo } from "../adapters/git/temporaryRepo.ts";
import { start } from "./terminal.ts";

test("a headless hub says in its first line where it is, answers who has the token, and leaves nothing when it ends", async () => {
  using repo = temporaryRepo();
  const hub = start(repo.top, [
    ...["hub", "--repo", repo.root, "--name", "kitchen", "--json"],
    ...["--model", "none"],
  ]);
  try {
    await hub.shows("\n");
    const [line = ""] = hub.out().split("\n");
    const { name, url, tokenFile, pid } = HubAddress.parse(JSON.parse(line));
    assert.equal(name, "kitchen");
    assert.equal(pid, hub.child.pid);
    const { token } = JSON.parse(await readFile(tokenFile, "utf8")) as {
      readonly token: string;
    };

    const sent = await fetch(`${url}/rpc`, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        authorization: `Bearer ${token}`,
        "a2a-version": "1.0",
      },
      body: JSON.stringify({
        jsonrpc: "2.0",
        id: 1,
        method: "SendMessage",
        params: {
          message: {
            messageId: "m1",
            role: "ROLE_USER",
            parts: [{ text: "What is in a.txt?" }],
          },
        },
      }),
    });
    // Nobody here has a model, and says so by its code.
    assert.match(await sent.text(), /"code":"no-model".*TASK_STATE_FAILED/);

    const card = await fetch(`${url}/.well-known/agent-card.json`);
    assert.match(await card.text(), /"signatures":\[\{"protected":"/);

    hub.child.kill("SIGINT");
    const { code, out } = await hub.ended;
    assert.equal(code, 0);
    assert.equal(out, `${line}\n`);
    assert.equal(existsSync(tokenFile), false);
  } finally {
    hub.child.kill("SIGKILL");
  }
});
