import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { Settings } from "../../src/protocol/settings.ts";
import { Pairing, Shared } from "../../src/protocol/peers.ts";
import { openRoundtable, type Roundtable } from "../../src/world.ts";
import { quiet, temporaryRepo } from "../adapters/git/temporaryRepo.ts";

const MEDIA = join(import.meta.dirname, "../../media");

async function open(dir: string, hubName: string): Promise<Roundtable> {
  return openRoundtable({
    storage: join(dir, hubName),
    trees: join(dir, `${hubName} trees`),
    media: MEDIA,
    root: null,
    settings: Settings.parse({ model: "rehearsal" }),
    textLog: quiet,
    apiKey: () => Promise.resolve(""),
    hubName,
  });
}

/** The first thing `look` finds, looked for whenever anything changed at one of them. */
async function until<T>(
  all: readonly Roundtable[],
  look: () => T | undefined,
): Promise<T> {
  const late = AbortSignal.timeout(25_000);
  for (;;) {
    const found = look();
    if (found !== undefined) return found;
    await new Promise<void>((resolve, reject) => {
      const stops = all.flatMap(({ app, ports }) => [
        app.peers.onChange(done),
        ports.log.subscribe(done),
      ]);
      function done(): void {
        for (const stop of stops) stop();
        late.removeEventListener("abort", tooLate);
        resolve();
      }
      function tooLate(): void {
        for (const stop of stops) stop();
        reject(new Error(`it never came true: ${String(look)}`));
      }
      late.addEventListener("abort", tooLate);
    });
  }
}

test("a task goes to another app's developer in the sandbox, and its result is reviewed here like any change", async (t) => {
  const dir = await mkdtemp(join(tmpdir(), "roundtable-tasks-"));
  t.after(() => rm(dir, { recursive: true, force: true, maxRetries: 3 }));
  using repo = temporaryRepo({ "README.md": "# Here\n" });
  const ada = await open(dir, "ada");
  t.after(() => ada.dispose());
  const ben = await open(dir, "ben");
  t.after(() => ben.dispose());
  const ask = (
    who: Roundtable,
    method: string,
    params: object,
  ): Promise<unknown> => who.app.peers.ask(method, params, "human");

  const shared = Shared.parse(
    await ask(ben, "peers/share", { scopes: ["observe", "message", "task"] }),
  );
  const joined = Pairing.parse(
    await ask(ada, "peers/join", { invitation: shared.code }),
  );
  const [hosted] = ben.app.peers.shown().pairings;
  await ask(ada, "peers/confirm", { pairingId: joined.pairingId, same: true });
  await ask(ben, "peers/confirm", { pairingId: hosted?.pairingId, same: true });
  const both = [ada, ben];
  const peer = await until(both, () =>
    ada.app.peers.shown().peers.find(({ theirs }) => theirs.includes("task")),
  );

  const { taskId } = (await ask(ada, "peers/delegate", {
    hubId: peer.hubId,
    intent: "Leave a note",
    repo: repo.root,
  })) as { taskId: string };
  await until(both, () =>
    ben.app.peers.shown().tasks.find(({ state }) => state === "waiting"),
  );
  await ask(ben, "peers/answerTask", { taskId, accept: true });
  const done = await until(both, () =>
    ada.app.peers
      .shown()
      .tasks.find(
        ({ missionId, state }) => missionId !== undefined || state === "failed",
      ),
  );
  assert.equal(done.state, "done", done.note);
  assert.equal(
    repo.run(["show", "--stat=200", "--format=%an", done.branch ?? ""]),
    "Roundtable\n\n docs/from-a-teammate.md | 3 +++\n 1 file changed, 3 insertions(+)\n",
  );
  const review = await until(both, () => {
    const detail = ada.app.detail(done.missionId ?? "");
    return detail !== null && detail.status !== "running" ? detail : undefined;
  });
  assert.match(review.goal, /Leave a note/u);
  assert.ok(repo.read("README.md") === "# Here\n");
  const called = ben.ports.log.read({ types: ["ToolCalled"] });
  assert.deepEqual(
    called.map(({ data }) => "tool" in data && data.tool),
    ["list_files", "write_file"],
  );
  assert.deepEqual(await ben.ports.git.parcels.clones(), []);
});
