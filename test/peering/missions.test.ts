import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { setImmediate } from "node:timers/promises";
import { systemClock } from "../../src/adapters/clock/systemClock.ts";
import { followLog, known } from "../../src/app/views.ts";
import { isProblem } from "../../src/core/errors.ts";
import type { Opening } from "../../src/mission/line.ts";
import {
  shareMissions,
  type SharedMissions,
} from "../../src/peering/missions/missions.ts";
import type { EventLog, Team } from "../../src/ports.ts";
import type { Ballot } from "../../src/protocol/consensus.ts";
import type { DataOf, EventType } from "../../src/protocol/event.ts";
import type {
  PeerBody,
  PeerBodyOf,
  PublishedAgent,
} from "../../src/protocol/peer.ts";
import type { Answer, Work } from "../../src/protocol/work.ts";
import { quiet } from "../adapters/git/temporaryRepo.ts";
import { memoryLog } from "../fakes/memoryLog.ts";
import {
  hubIdOf,
  peeringNetwork,
  type FakeTable,
} from "../fakes/peeringNetwork.ts";
import { approval, ballot, scriptedTeam } from "../fakes/scriptedTeam.ts";
import { openHouse, type House } from "../mission/house.ts";

const SECRET = `sk-ant-${"x".repeat(30)}`;
const ALL = ["observe", "message", "vote"] as const;

const published = (agentId: string): PublishedAgent => ({
  agentId,
  role: agentId,
  name: agentId,
  description: "",
  lineage: "far-1",
  votes: agentId !== "mute",
  card: {
    name: agentId,
    description: "",
    version: "1",
    supportedInterfaces: [],
    capabilities: {},
    defaultInputModes: [],
    defaultOutputModes: [],
    skills: [],
  },
});

type Part = Parameters<typeof scriptedTeam>[0];

interface Hub extends AsyncDisposable {
  readonly table: FakeTable;
  readonly log: EventLog;
  readonly missions: SharedMissions;
  readonly team: ReturnType<typeof scriptedTeam>;
  readonly works: readonly Work[];
}

interface HubOptions {
  readonly log?: EventLog;
  readonly part?: Part;
  readonly granted?: Parameters<ReturnType<typeof peeringNetwork>["hub"]>[2];
  readonly stopped?: boolean;
  readonly graceMs?: number;
}

const AGENTS: Readonly<Record<string, readonly PublishedAgent[]>> = {
  [hubIdOf("b")]: ["architect", "qa", "mute"].map(published),
  [hubIdOf("c")]: ["security"].map(published),
};

async function openHub(
  network: ReturnType<typeof peeringNetwork>,
  letter: string,
  options: HubOptions = {},
): Promise<Hub> {
  const log = options.log ?? memoryLog();
  await log.append({
    missionId: "hub",
    type: "HubIdentified",
    data: { hubId: hubIdOf(letter), pin: "0".repeat(64) },
    by: "hub",
    key: "identified",
  });
  const others = ["a", "b", "c"].filter((other) => other !== letter);
  const table = network.hub(
    letter,
    log,
    options.granted ?? Object.fromEntries(others.map((one) => [one, ALL])),
  );
  const works: Work[] = [];
  const team = scriptedTeam((work, agentId) => {
    works.push(work);
    return (options.part ?? (() => approval()))(work, agentId);
  });
  const missions = await shareMissions({
    table,
    log,
    agents: (hubId) => AGENTS[hubId] ?? [],
    published: () => AGENTS[hubIdOf(letter)] ?? [],
    name: () => letter.toUpperCase(),
    team: () => Promise.resolve(team),
    stopped: () => options.stopped ?? false,
    emptyRoot: () => Promise.resolve("/empty"),
    clock: systemClock,
    textLog: quiet,
    graceMs: options.graceMs ?? 60_000,
  });
  return {
    table,
    log,
    missions,
    team,
    works,
    [Symbol.asyncDispose]: () => missions.dispose(),
  };
}

const resolution: Answer = {
  kind: "resolve",
  resolution: { answer: "Cents.", options: [], consequences: [] },
};

/** The local team: its author answers, everybody approves. */
const local = (): Team =>
  scriptedTeam((work) => (work.kind === "resolve" ? resolution : approval()));

async function ask(
  house: House,
  home: Hub,
  named: readonly string[],
  settings = {},
): Promise<Opening> {
  return house.open(
    {
      kind: "question",
      goal: `Cents or euros? The folder is ${house.repo}, the key ${SECRET}.`,
      approve: "auto",
    },
    { maxAttempts: 1, senior: false, ...settings },
    home.missions.invite(named, () => 847),
  );
}

const never = (): Promise<Answer> => new Promise(() => undefined);

const saidBy = <K extends PeerBody["kind"]>(
  { table }: Hub,
  letter: string,
  missionId: string,
  kind: K,
): readonly PeerBodyOf<K>[] =>
  (table.room(missionId)?.said() ?? []).flatMap(({ envelope }) =>
    envelope.origin === hubIdOf(letter) && envelope.body.kind === kind
      ? [envelope.body as PeerBodyOf<K>]
      : [],
  );

const all = <T extends EventType>(
  log: EventLog,
  missionId: string,
  type: T,
): readonly DataOf<T>[] =>
  log
    .mission(missionId)
    .flatMap((event) => (event.type === type ? [event.data as DataOf<T>] : []));

/** Looks again after everything that is ready has happened; the test's own timeout ends it. */
async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await setImmediate();
}

function paper(
  { decisionId, work }: PeerBodyOf<"ballotsAsked">,
  agentId: string,
  more: Partial<Ballot> = {},
): PeerBody {
  return {
    kind: "ballot",
    decisionId,
    ballot: {
      agentId,
      round: work.round,
      artifactHash: work.artifactHash,
      verdict: "approve",
      confidence: 90,
      reason: "Yes.",
      findings: [],
      lineage: "far-1",
      ...more,
    },
  };
}

describe("a vote with agents of two other hubs", () => {
  it("asks each hub once, counts what its agents say, and is shown there as it is at home", async () => {
    await using house = await openHouse();
    const network = peeringNetwork();
    await using home = await openHub(network, "a", { log: house.log });
    await using b = await openHub(network, "b");
    await using c = await openHub(network, "c");
    const opening = await ask(house, home, ["B", hubIdOf("c")]);
    const { missionId } = opening;
    assert.deepEqual(
      opening.data.electorate
        .filter(({ hub }) => hub !== "local")
        .map(({ agentId, name, hub }) => [agentId, name, hub]),
      [
        ["architect@bbbbbbbb", "architect (B)", hubIdOf("b")],
        ["qa@bbbbbbbb", "qa (B)", hubIdOf("b")],
        ["security@cccccccc", "security (C)", hubIdOf("c")],
      ],
    );
    const end = await house.drive(
      opening,
      await home.missions.join(opening, local()),
    );
    assert.equal(end.kind, "answered");
    await home.missions.settled();
    await home.table.idle();

    const [tally] = all(house.log, missionId, "RoundTallied");
    // Four local voters besides the author, and three from elsewhere.
    assert.equal(tally?.tally.approvals, 7);
    const asked = saidBy(home, "a", missionId, "ballotsAsked");
    assert.deepEqual(
      asked.map(({ to, agentIds }) => [to.slice(0, 1), agentIds]).sort(),
      [
        ["b", ["architect@bbbbbbbb", "qa@bbbbbbbb"]],
        ["c", ["security@cccccccc"]],
      ],
    );
    // The others' agents get no folder, no tool, and a mission of their own hub.
    for (const work of [...b.works, ...c.works]) {
      assert.equal(work.guest, "voice");
      assert.deepEqual(
        [work.root, work.writable, work.missionId],
        ["/empty", false, missionId],
      );
    }

    // What teammates see is what home sees, but for what is not theirs.
    const views = followLog(b.log);
    const there = views.get(missionId);
    const here = followLog(house.log).get(missionId)?.detail(500);
    const shown = there?.detail(500);
    assert.deepEqual(shown?.sharedBy, { hubId: hubIdOf("a"), name: "A" });
    assert.deepEqual(
      shown.decisions.map(({ tallies, electors, phase }) => ({
        tallies,
        electors,
        phase,
      })),
      here?.decisions.map(({ tallies, electors, phase }) => ({
        tallies,
        electors,
        phase,
      })),
    );
    assert.equal(shown.status, "closed");
    assert.deepEqual(
      views.lines(10).map((line) => [line.missionId, line.sharedBy?.name]),
      [[missionId, "A"]],
    );
    assert.deepEqual(views.open(), []);
    assert.throws(
      () => known(views, missionId),
      (error) =>
        isProblem(error, "bad-intent") && /belongs to A/.test(error.message),
    );
    // Folds of this hub's own missions see none of it.
    assert.deepEqual(b.log.opened({ limit: 10 }), []);
    const words = JSON.stringify(
      (b.table.room(missionId)?.said() ?? []).map(({ envelope }) => envelope),
    );
    assert.equal(words.includes(SECRET), false);
    assert.equal(words.includes(house.repo), false);
    // The end of the mission is the end of its room.
    const own = home.table
      .room(missionId)
      ?.said()
      .filter(({ envelope }) => envelope.origin === hubIdOf("a"));
    assert.deepEqual(own?.at(-1)?.envelope.body, {
      kind: "roomClosed",
      why: "The mission is over.",
    });
  });

  it("keeps every ballot to itself until nobody can vote in the round any more", async () => {
    await using house = await openHouse();
    const network = peeringNetwork();
    await using home = await openHub(network, "a", { log: house.log });
    await using b = await openHub(network, "b");
    const opening = await ask(house, home, ["B"]);
    await house.drive(opening, await home.missions.join(opening, local()));
    await home.missions.settled();
    const types = saidBy(home, "a", opening.missionId, "event").map(
      ({ event }) => (event as { readonly type: string }).type,
    );
    const cast = types.flatMap((type, at) =>
      type === "BallotCast" ? [at] : [],
    );
    const tallied = types.indexOf("RoundTallied");
    const opened = types.indexOf("RoundOpened");
    assert.equal(cast.length, 6);
    assert.ok(opened < tallied);
    // All of them come right before the tally, whenever they were cast.
    assert.deepEqual(
      cast,
      cast.map((_, index) => tallied - cast.length + index),
    );
    assert.equal(b.works.length, 2);
  });

  it("tells everything once and in order over restarts of its home", async () => {
    await using house = await openHouse();
    const network = peeringNetwork();
    const home = await openHub(network, "a", { log: house.log });
    await using b = await openHub(network, "b");
    const opening = await ask(house, home, ["B"]);
    const { missionId } = opening;
    network.cut("a", "b");
    await home.missions.join(opening, local());
    await home.missions.settled();
    await home.missions.dispose();
    await house.log.append({
      missionId,
      type: "MissionStalled",
      data: { problem: { code: "stopped", message: "m", next: "n" } },
      by: "hub",
    });
    await using again = await openHub(network, "a", { log: house.log });
    await again.missions.settled();
    await network.heal("a", "b");
    await again.table.idle();
    const told = saidBy(b, "a", missionId, "event").map(
      ({ event }) => (event as { readonly type: string }).type,
    );
    assert.deepEqual(told, ["MissionOpened", "MissionStalled"]);
    assert.equal(followLog(b.log).get(missionId)?.line().status, "stalled");
  });
});

describe("a ballot that was not given by its agent's hub", () => {
  it("is put on record and not counted", async () => {
    await using house = await openHouse();
    const network = peeringNetwork();
    await using home = await openHub(network, "a", { log: house.log });
    let letGo: (answer: Answer) => void = () => undefined;
    await using b = await openHub(network, "b", {
      part: (work, agentId) =>
        agentId === "qa"
          ? new Promise<Answer>((resolve) => {
              letGo = resolve;
            })
          : approval(),
    });
    await using c = await openHub(network, "c", { part: never });
    const opening = await ask(house, home, ["B", "C"]);
    const { missionId } = opening;
    const team = await home.missions.join(opening, local());
    const end = house.drive(opening, team);
    await until(() => c.works.length > 0);
    const [asked] = saidBy(c, "a", missionId, "ballotsAsked");
    assert.ok(asked);
    // C speaks for B's agent, and for one that is nobody's.
    const room = c.table.room(missionId);
    await room?.say(paper(asked, "qa@bbbbbbbb", { verdict: "block" }));
    await room?.say(paper(asked, "ghost@cccccccc", { verdict: "block" }));
    await room?.say(paper(asked, "security@cccccccc"));
    await until(() => all(house.log, missionId, "BallotSetAside").length >= 2);
    letGo(approval("It is me."));
    await end;
    assert.deepEqual(
      all(house.log, missionId, "BallotSetAside").map(
        ({ why, ballot: { agentId } }) => [why, agentId],
      ),
      [
        ["stranger", "qa@bbbbbbbb"],
        ["stranger", "ghost@cccccccc"],
      ],
    );
    const [tally] = all(house.log, missionId, "RoundTallied");
    assert.deepEqual([tally?.tally.approvals, tally?.tally.blocks], [7, 0]);
    assert.equal(b.works.length, 2);
  });
});

describe("a hub that says two things", () => {
  for (const how of ["two ballots", "a fork"] as const)
    it(`has no voice in the decision (${how}), and both are on record`, async () => {
      await using house = await openHouse();
      const network = peeringNetwork();
      await using home = await openHub(network, "a", { log: house.log });
      await using b = await openHub(network, "b", { part: never });
      const opening = await ask(house, home, ["B"]);
      const { missionId } = opening;
      const end = house.drive(
        opening,
        await home.missions.join(opening, local()),
      );
      await until(() => b.works.length > 1);
      const [asked] = saidBy(b, "a", missionId, "ballotsAsked");
      const room = b.table.room(missionId);
      assert.ok(asked && room);
      await room.say(paper(asked, "architect@bbbbbbbb"));
      await until(() =>
        all(house.log, missionId, "BallotCast").some(
          ({ ballot: { agentId } }) => agentId === "architect@bbbbbbbb",
        ),
      );
      if (how === "a fork") home.table.fork(missionId, hubIdOf("b"));
      else {
        await room.say(
          paper(asked, "architect@bbbbbbbb", { verdict: "block" }),
        );
        await room.say({
          kind: "ballotMissing",
          decisionId: asked.decisionId,
          round: 1,
          agentId: "qa@bbbbbbbb",
          why: "busy",
        });
      }
      await end;
      const [tally] = all(house.log, missionId, "RoundTallied");
      assert.deepEqual(
        [tally?.tally.approvals, tally?.tally.blocks, tally?.tally.absent],
        [4, 0, 2],
      );
      assert.deepEqual(
        all(house.log, missionId, "BallotSetAside").map(({ why }) => why),
        how === "a fork" ? ["equivocation"] : ["equivocation", "equivocation"],
      );
      const said = followLog(house.log).get(missionId)?.detail(500).said.items;
      assert.ok(said?.some(({ text }) => /none of them counts/.test(text)));
    });
});

describe("a hub that goes away while it is asked", () => {
  it("is absent after the grace, and what it says later is put on record as late", async () => {
    await using house = await openHouse();
    const network = peeringNetwork();
    await using home = await openHub(network, "a", {
      log: house.log,
      graceMs: 50,
    });
    const answers: ((answer: Answer) => void)[] = [];
    await using b = await openHub(network, "b", {
      part: () =>
        new Promise<Answer>((resolve) => {
          answers.push(resolve);
        }),
    });
    const opening = await ask(house, home, ["B"]);
    const { missionId } = opening;
    const end = house.drive(
      opening,
      await home.missions.join(opening, local()),
    );
    await until(() => answers.length === 2);
    network.cut("a", "b");
    assert.equal((await end).kind, "answered");
    const [tally] = all(house.log, missionId, "RoundTallied");
    assert.deepEqual([tally?.tally.approvals, tally?.tally.absent], [4, 2]);
    for (const answer of answers) answer(approval());
    await until(() => saidBy(b, "b", missionId, "ballot").length === 2);
    await network.heal("a", "b");
    await until(() => all(house.log, missionId, "BallotSetAside").length === 2);
    assert.deepEqual(
      all(house.log, missionId, "BallotSetAside").map(({ why }) => why),
      ["late", "late"],
    );
    assert.equal(all(house.log, missionId, "DecisionMade").length, 1);
  });
});

describe("after a restart in the middle of a vote", () => {
  it("a home asks nobody twice, and a ballot that came meanwhile counts", async () => {
    await using house = await openHouse();
    const network = peeringNetwork();
    const home = await openHub(network, "a", { log: house.log });
    const answers: ((answer: Answer) => void)[] = [];
    await using b = await openHub(network, "b", {
      part: () =>
        new Promise<Answer>((resolve) => {
          answers.push(resolve);
        }),
    });
    const opening = await ask(house, home, ["B"]);
    const { missionId } = opening;
    const crash = new AbortController();
    const first = house.drive(
      opening,
      await home.missions.join(opening, local()),
      crash.signal,
    );
    await until(() => answers.length === 2);
    crash.abort(new Error("the process ends"));
    await assert.rejects(first);
    await home.missions.dispose();
    network.cut("a", "b");
    for (const answer of answers) answer(approval());
    await until(() => saidBy(b, "b", missionId, "ballot").length === 2);

    await using again = await openHub(network, "a", { log: house.log });
    const end = house.drive(
      opening,
      await again.missions.join(opening, local()),
    );
    await network.heal("a", "b");
    assert.equal((await end).kind, "answered");
    assert.equal(saidBy(again, "a", missionId, "ballotsAsked").length, 1);
    assert.equal(b.works.length, 2);
    assert.equal(all(house.log, missionId, "RoundTallied")[0]?.tally.absent, 0);
  });

  it("an asked hub goes on with what it owes, and never gives a second ballot", async () => {
    await using house = await openHouse();
    const network = peeringNetwork();
    await using home = await openHub(network, "a", { log: house.log });
    const b = await openHub(network, "b", {
      part: (_work, agentId) => (agentId === "qa" ? never() : approval()),
    });
    const opening = await ask(house, home, ["B"]);
    const { missionId } = opening;
    const end = house.drive(
      opening,
      await home.missions.join(opening, local()),
    );
    await until(() => saidBy(b, "b", missionId, "ballot").length === 1);
    const closing = b.missions.dispose();
    // What is under way is let go of: it is asked of the team again, by the same key.
    await closing;
    await using after = await openHub(network, "b", {
      log: b.log,
      part: () =>
        ballot({
          verdict: "block",
          confidence: 80,
          reason: "No.",
          findings: [],
        }),
    });
    await end;
    assert.deepEqual(
      saidBy(after, "b", missionId, "ballot").map(
        ({ ballot: { agentId, verdict } }) => [agentId, verdict],
      ),
      [
        ["architect@bbbbbbbb", "approve"],
        ["qa@bbbbbbbb", "block"],
      ],
    );
    assert.deepEqual(
      after.works.map(({ key }) => key),
      b.works.map(({ key }) => key).filter((key) => key.endsWith("/qa")),
    );
  });
});

describe("a hub that is asked", () => {
  it("says why it has no ballot: not its agent, nobody's, or everything is stopped", async () => {
    await using house = await openHouse();
    const network = peeringNetwork();
    await using home = await openHub(network, "a", { log: house.log });
    await using b = await openHub(network, "b", { stopped: true });
    const opening = await ask(house, home, ["B"]);
    const { missionId } = opening;
    const end = await house.drive(
      opening,
      await home.missions.join(opening, local()),
    );
    assert.equal(end.kind, "answered");
    assert.deepEqual(
      saidBy(home, "b", missionId, "ballotMissing").map(({ why }) => why),
      [
        "Everything is stopped at this hub.",
        "Everything is stopped at this hub.",
      ],
    );
    const [asked] = saidBy(b, "a", missionId, "ballotsAsked");
    assert.ok(asked);
    await home.table.room(missionId)?.say({
      ...asked,
      decisionId: "other",
      agentIds: ["mute@bbbbbbbb", "nobody@bbbbbbbb", "qa@cccccccc"],
    });
    await until(() => saidBy(b, "b", missionId, "ballotMissing").length === 5);
    assert.equal(b.works.length, 0);
  });

  it("asks nobody for a home that may not vote here, and the home does not wait for it", async () => {
    await using house = await openHouse();
    const network = peeringNetwork();
    await using home = await openHub(network, "a", {
      log: house.log,
      graceMs: 50,
    });
    await using b = await openHub(network, "b");
    const opening = await ask(house, home, ["B"]);
    // Withdrawn after the invitation.
    await using withdrawn = await openHub(network, "b", {
      log: b.log,
      granted: { a: ["observe", "message"] },
    });
    const end = await house.drive(
      opening,
      await home.missions.join(opening, local()),
    );
    assert.equal(end.kind, "answered");
    assert.deepEqual([b.works.length, withdrawn.works.length], [0, 0]);
  });
});

describe("inviting teammates", () => {
  const refuses = async (
    named: string,
    granted: HubOptions["granted"],
    words: RegExp,
  ): Promise<void> => {
    const network = peeringNetwork();
    await using home = await openHub(network, "a", granted && { granted });
    await using b = await openHub(network, "b");
    assert.throws(
      () => home.missions.invite([named], () => 1),
      (error) => isProblem(error, "peer-refused") && words.test(error.message),
    );
    assert.equal(b.works.length, 0);
  };

  it("fails before anything starts for a stranger, a peer that may not vote or see, and one without voters", async () => {
    await refuses("D", undefined, /No hub called/);
    await refuses("B", { b: ["observe", "message"] }, /may not vote here/);
    await refuses("B", { b: ["vote", "message"] }, /may not see missions/);
    await refuses("A", { a: ALL }, /shows no agent that votes/);
  });

  it("fails where the peer is known not to let us ask", async () => {
    const network = peeringNetwork();
    await using home = await openHub(network, "a");
    await using b = await openHub(network, "b", {
      granted: { a: ["message"] },
    });
    assert.throws(
      () => home.missions.invite(["b"], () => 1),
      /does not let this hub ask its agents/,
    );
    assert.equal(b.works.length, 0);
  });
});
