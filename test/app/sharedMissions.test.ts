import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
  SAMPLE_FILES,
  SAMPLE_QUESTION,
} from "../../src/adapters/rehearsal/sample.ts";
import { sampleScript } from "../../src/adapters/rehearsal/script.ts";
import { isProblem } from "../../src/core/errors.ts";
import type { Scope } from "../../src/protocol/peer.ts";
import { Pairing, Shared } from "../../src/protocol/peers.ts";
import type { MissionDetail } from "../../src/protocol/panel.ts";
import { temporaryRepo } from "../adapters/git/temporaryRepo.ts";
import { openWorld, soon, type World } from "./world.ts";

const ALL: readonly Scope[] = ["observe", "message", "vote"];

/** Pairs two apps over real sockets; `theirs` is what the one that joins grants. */
async function pair(
  host: World,
  guest: World,
  theirs: readonly Scope[] = ALL,
): Promise<void> {
  const shared = Shared.parse(
    await host.app.peers.ask("peers/share", { scopes: ALL }, "human"),
  );
  const joined = Pairing.parse(
    await guest.app.peers.ask(
      "peers/join",
      { invitation: shared.code, scopes: theirs },
      "human",
    ),
  );
  await until([host], () => host.app.peers.shown().pairings.length > 0);
  const [hosted] = host.app.peers.shown().pairings;
  const yes = (pairingId = ""): object => ({ pairingId, same: true });
  await guest.app.peers.ask("peers/confirm", yes(joined.pairingId), "human");
  await host.app.peers.ask("peers/confirm", yes(hosted?.pairingId), "human");
  await until([host, guest], () =>
    [host, guest].every(({ app }) => {
      const [peer] = app.peers.shown().peers;
      return (
        peer?.state === "connected" &&
        peer.agents.length > 3 &&
        peer.theirs.length > 0
      );
    }),
  );
}

/** Looks again whenever something that people see changed at one of them. */
async function until(
  worlds: readonly World[],
  holds: () => boolean,
): Promise<void> {
  const late = soon();
  while (!holds()) {
    const { promise, resolve, reject } = Promise.withResolvers<undefined>();
    const look = (): void => {
      resolve(undefined);
    };
    const giveUp = (): void => {
      reject(late.reason as Error);
    };
    late.addEventListener("abort", giveUp);
    const stops = worlds.flatMap(({ app }) => [
      app.onChange(look),
      app.peers.onChange(look),
    ]);
    await promise.finally(() => {
      late.removeEventListener("abort", giveUp);
      for (const stop of stops) stop();
    });
  }
}

const votes = (detail: MissionDetail | null): readonly unknown[] | undefined =>
  detail?.decisions.map(({ tallies, electors, phase }) => ({
    tallies,
    electors: electors.map(({ agentId, shown }) => [agentId, shown]),
    phase,
  }));

const code =
  (wanted: "bad-intent" | "peer-refused", words: RegExp) =>
  (error: unknown): boolean =>
    isProblem(error, wanted) && words.test(error.message);

describe("a mission with a teammate", () => {
  it("is voted on by both teams, seen at both, and ruled at its home only", async () => {
    using ours = temporaryRepo(SAMPLE_FILES);
    using theirs = temporaryRepo(SAMPLE_FILES);
    await using ada = await openWorld(ours, { hubName: "Ada" });
    await using ben = await openWorld(theirs, { hubName: "Ben" });
    await pair(ada, ben);

    const { missionId } = await ada.app.perform(
      {
        kind: "question",
        goal: SAMPLE_QUESTION,
        repo: ours.root,
        approve: "ask",
        peers: ["ben"],
      },
      "human",
    );
    assert.ok(missionId);
    const end = ada.app.ended(missionId, soon());
    const { data } = await ada.log.waitFor(
      missionId,
      "RulingAsked",
      () => true,
      soon(),
    );
    const far = ada.app
      .detail(missionId)
      ?.decisions[0]?.electors.filter(({ agentId }) => agentId.includes("@"));
    assert.equal(far?.length, 5);
    assert.ok(far.every(({ shown }) => shown.state === "open"));
    assert.equal(
      ada.app.detail(missionId)?.decisions[0]?.tallies[0]?.absent,
      0,
    );

    // Ben sees that something is asked, and can do nothing about it.
    await until([ben], () => ben.app.detail(missionId)?.status === "waiting");
    const shown = ben.app.detail(missionId);
    assert.equal(shown?.sharedBy?.name, "Ada");
    assert.equal(shown.decisions[0]?.asks, null);
    assert.deepEqual(votes(shown), votes(ada.app.detail(missionId)));
    assert.deepEqual(ben.app.needsYou(), []);
    assert.deepEqual(await ben.app.resumeAll(), []);
    for (const intent of [
      {
        kind: "rule",
        missionId,
        decisionId: data.decisionId,
        artifactHash: data.artifactHash,
        verdict: "approve",
      },
      { kind: "resume", missionId },
      { kind: "stop", missionId },
    ] as const)
      await assert.rejects(
        ben.app.perform(intent, "human"),
        code("bad-intent", /belongs to Ada/),
      );
    // The ballots cost Ben's agents no look at anything: they had no tool.
    assert.deepEqual(ben.log.read({ types: ["ToolCalled"] }), []);

    await ada.app.perform(
      {
        kind: "rule",
        missionId,
        decisionId: data.decisionId,
        artifactHash: data.artifactHash,
        verdict: "approve",
      },
      "human",
    );
    assert.equal((await end).kind, "answered");
    await until([ben], () => ben.app.detail(missionId)?.status === "closed");
    assert.deepEqual(
      ben.app
        .snapshot(null)
        .missions.map((line) => [
          line.missionId,
          line.sharedBy?.name,
          line.outcome?.kind,
        ]),
      [[missionId, "Ada", "answered"]],
    );
    assert.equal(ben.app.status().missions.running, 0);
  });

  it("goes on without a teammate that leaves in the middle of the vote, who sees the same when it is back", async () => {
    using ours = temporaryRepo(SAMPLE_FILES);
    using theirs = temporaryRepo(SAMPLE_FILES);
    await using ada = await openWorld(ours, {
      hubName: "Ada",
      peerGraceMs: 200,
    });
    let missionId = "";
    {
      // Ben's models never answer a ballot.
      await using ben = await openWorld(theirs, {
        hubName: "Ben",
        script: () => ({ kind: "hang", text: "Let me think" }),
      });
      await pair(ada, ben);
      ({ missionId = "" } = (await ada.app.perform(
        {
          kind: "question",
          goal: SAMPLE_QUESTION,
          repo: ours.root,
          approve: "auto",
          peers: ["Ben"],
        },
        "human",
      )) as { readonly missionId?: string });
      await ben.log.waitFor(missionId, "CallReserved", () => true, soon());
      assert.equal(
        ada.log.mission(missionId).some(({ type }) => type === "RoundTallied"),
        false,
      );
    }
    const outcome = await ada.app.ended(missionId, soon());
    assert.ok(["answered", "blocked"].includes(outcome.kind));
    await using back = await openWorld(theirs, {
      hubName: "Ben",
      script: sampleScript,
    });
    await until([back], () => back.app.detail(missionId)?.status === "closed");
    assert.deepEqual(
      votes(back.app.detail(missionId)),
      votes(ada.app.detail(missionId)),
    );
  });

  it("does not begin with one who may not vote, or does not let us ask", async () => {
    using ours = temporaryRepo(SAMPLE_FILES);
    using theirs = temporaryRepo(SAMPLE_FILES);
    await using ada = await openWorld(ours, { hubName: "Ada" });
    await using ben = await openWorld(theirs, { hubName: "Ben" });
    const start = (peer: string): Promise<unknown> =>
      ada.app.perform(
        {
          kind: "question",
          goal: SAMPLE_QUESTION,
          repo: ours.root,
          peers: [peer],
        },
        "human",
      );
    await pair(ada, ben, ["observe", "message"]);
    await assert.rejects(
      start("Ben"),
      code("peer-refused", /does not let this hub ask/),
    );
    await assert.rejects(start("Eve"), code("peer-refused", /No hub called/));
    await ada.app.peers.ask(
      "peers/setScopes",
      { hubId: ada.app.peers.shown().peers[0]?.hubId, scopes: ["observe"] },
      "human",
    );
    await assert.rejects(
      start("Ben"),
      code("peer-refused", /may not vote here/),
    );
    assert.deepEqual(ada.log.opened({ limit: 10 }), []);
  });
});
