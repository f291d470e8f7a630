import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { callHub, findHub } from "../../src/app.ts";
import { StatusReport } from "../../src/protocol/jobs.ts";
import { Settings } from "../../src/protocol/settings.ts";
import {
  Pairing,
  PeerMessageOutcome,
  PeersShown,
  Shared,
} from "../../src/protocol/peers.ts";
import { openRoundtable, type Roundtable } from "../../src/world.ts";
import { quiet } from "../adapters/git/temporaryRepo.ts";

const MEDIA = join(import.meta.dirname, "../../media");

async function open(dir: string, hubName: string): Promise<Roundtable> {
  return openRoundtable({
    storage: join(dir, hubName),
    trees: join(dir, "trees"),
    media: MEDIA,
    root: null,
    settings: Settings.parse({ model: "rehearsal" }),
    textLog: quiet,
    apiKey: () => Promise.resolve(""),
    hubName,
  });
}

/** Resolves once `look` is true, looked for whenever peering changed at one of them. */
async function until(
  all: readonly Roundtable[],
  look: () => boolean,
): Promise<void> {
  const late = AbortSignal.timeout(20_000);
  while (!look())
    await new Promise<void>((resolve, reject) => {
      const stops = all.map(({ app }) =>
        app.peers.onChange(() => {
          for (const stop of stops) stop();
          resolve();
        }),
      );
      late.addEventListener("abort", () => {
        reject(new Error("it never came true"));
      });
    });
}

test("two apps pair over their hubs, see each other's agents, and one answers the other without a tool or a folder", async (t) => {
  const dir = await mkdtemp(join(tmpdir(), "roundtable-peers-"));
  t.after(() => rm(dir, { recursive: true }));
  const ada = await open(dir, "ada");
  t.after(() => ada.dispose());
  const ben = await open(dir, "ben");
  t.after(() => ben.dispose());

  assert.equal(ada.app.peers.shown().hubId, "");
  assert.equal(ada.app.status().peers, undefined);
  await ada.app.listen();
  const hub = await findHub(ada.ports.runDir);
  assert.ok(hub);
  const shared = Shared.parse(await callHub(hub, "peers/share", {}));
  const joined = Pairing.parse(
    await ben.app.peers.ask("peers/join", { invitation: shared.code }, "human"),
  );
  assert.equal(joined.name, "ada");
  const told = StatusReport.parse(await callHub(hub, "peers/statusReport", {}));
  assert.match(told.text, /^ada: this hub;/);
  const { pairings } = PeersShown.parse(await callHub(hub, "peers/list", {}));
  const [hosted] = pairings;
  assert.deepEqual(hosted?.words, joined.words);
  const yes = { pairingId: joined.pairingId, same: true };
  await ben.app.peers.ask("peers/confirm", yes, "human");
  await callHub(hub, "peers/confirm", {
    pairingId: hosted.pairingId,
    same: true,
  });
  const both = [ada, ben];
  await until(
    both,
    () => (ben.app.peers.shown().peers[0]?.agents.length ?? 0) > 3,
  );
  assert.equal(ada.app.status().peers?.[0]?.state, "connected");

  const { hubId } = ada.app.peers.shown();
  const done = PeerMessageOutcome.parse(
    await ben.app.peers.ask(
      "peers/message",
      { hubId, to: "role:planner", text: "Which tools do you have?" },
      "human",
    ),
  );
  assert.equal(done.state, "done");
  assert.equal(done.task?.status.state, "TASK_STATE_COMPLETED");
  assert.deepEqual(ada.ports.log.read({ types: ["ToolCalled"] }), []);
});
