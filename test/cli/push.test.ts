import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { HubAddress } from "../../src/protocol/hub.ts";
import { temporaryRepo } from "../adapters/git/temporaryRepo.ts";
import type { Got } from "../hub/receiver.ts";
import { openReceiver } from "../hub/receiver.ts";
import { generationOf } from "../hub/streamReader.ts";
import { start } from "./terminal.ts";

function isEnd({ item }: Got): boolean {
  return item.statusUpdate?.status.state === "TASK_STATE_FAILED";
}

test("a hub that was killed tells after its start what a receiver has not taken yet", async () => {
  using repo = temporaryRepo();
  let isUp = false;
  const receiver = await openReceiver(() => (isUp ? 200 : 503));
  const run = (): ReturnType<typeof start> =>
    start(repo.top, [
      ...["hub", "--repo", repo.root, "--json", "--model", "none"],
      ...["--push-target", receiver.origin],
    ]);
  const first = run();
  let second: ReturnType<typeof start> | undefined;
  try {
    await first.shows("\n");
    const [line = ""] = first.out().split("\n");
    const { url, tokenFile } = HubAddress.parse(JSON.parse(line));
    const { token } = JSON.parse(await readFile(tokenFile, "utf8")) as {
      readonly token: string;
    };
    const card = await fetch(`${url}/.well-known/agent-card.json`);
    assert.match(await card.text(), /"pushNotifications":true/);
    const sent = await fetch(`${url}/message:send`, {
      method: "POST",
      headers: {
        "content-type": "application/a2a+json",
        authorization: `Bearer ${token}`,
      },
      body: JSON.stringify({
        message: {
          messageId: "m1",
          role: "ROLE_USER",
          parts: [{ text: "What is in a.txt?" }],
        },
        configuration: {
          taskPushNotificationConfig: {
            url: `${receiver.origin}/hook`,
            token: "a-word-of-ours",
          },
        },
      }),
    });
    // Nobody here has a model, so the task has ended by now.
    assert.match(await sent.text(), /TASK_STATE_FAILED/);
    await receiver.until(() => true);
    first.child.kill("SIGKILL");
    await first.ended;
    const before = receiver.got.length;
    isUp = true;

    second = run();
    await receiver.until(isEnd);
    const told = receiver.got.slice(before);
    assert.deepEqual(
      told.map(({ item }) => generationOf(item)),
      told.map((_, nth) => nth + 2),
    );
    assert.ok(
      told.every(
        ({ headers }) =>
          headers["x-a2a-notification-token"] === "a-word-of-ours",
      ),
    );
    second.child.kill("SIGINT");
    assert.equal((await second.ended).code, 0);
  } finally {
    first.child.kill("SIGKILL");
    second?.child.kill("SIGKILL");
    await receiver.close();
  }
});

test("a push target that is no origin is refused before anything starts", async () => {
  using repo = temporaryRepo();
  const hub = start(repo.top, [
    ...["hub", "--repo", repo.root, "--model", "none"],
    ...["--push-target", "everywhere"],
  ]);
  const { code, err } = await hub.ended;
  assert.equal(code, 2);
  assert.match(err, /pushTargets.*https:\/\/ci\.example\.org/);
});
