import assert from "node:assert/strict";
import { test } from "node:test";
import { createLinkedPair } from "../../src/hub/linked.ts";
import { createRpcPeer } from "../../src/core/rpcPeer.ts";
import type { Sealed } from "../../src/core/peering/room.ts";
import { seatCoordinator } from "../../src/peering/jobs/coordinatorSeat.ts";
import { createLead } from "../../src/peering/jobs/lead.ts";
import { createWorker } from "../../src/peering/jobs/work.ts";
import type { Room } from "../../src/peering/rooms.ts";
import type { Message, Task } from "../../src/protocol/a2a.ts";
import type { JobShown } from "../../src/protocol/jobs.ts";
import type { PeerBody } from "../../src/protocol/peer.ts";
import { quiet } from "../adapters/git/temporaryRepo.ts";

const [A, B] = ["a".repeat(52), "b".repeat(52)] as [string, string];

/** A room of two hubs as one of them has it, in memory; `office` says who coordinates. */
function roomAt(self: string, goal: string) {
  const said: Sealed[] = [];
  const hold = { office: { hubId: A, term: 1 } };
  const add = (origin: string, body: PeerBody): Sealed => {
    const seq =
      said.filter(({ envelope }) => envelope.origin === origin).length + 1;
    const sealed: Sealed = {
      jws: "",
      hash: `${origin}${String(seq)}`,
      envelope: {
        ...{ v: 1, room: "job-1", origin, epoch: 1, seq },
        ...{ prev: "", at: 0, body },
      },
    };
    said.push(sealed);
    return sealed;
  };
  const members = [
    { hubId: A, name: "Anna" },
    { hubId: B, name: "Ben" },
  ];
  add(A, {
    kind: "roomOpened",
    room: "job",
    title: goal,
    members,
    electorate: [],
  });
  const room: Room = {
    ...{ id: "job-1", kind: "job", home: A, title: goal, members },
    say: (body) => Promise.resolve(add(self, body)),
    said: () => said.toSorted((x, y) => (x.hash < y.hash ? -1 : 1)),
    forked: () => [],
    coordinator: () => hold.office,
    mayCoordinate: () => hold.office.hubId === self,
    handOver: () => Promise.resolve(),
    onSaid: () => () => undefined,
    onCoordinator: () => () => undefined,
  };
  const give = (by: string, term: number, partId = "p1"): void => {
    add(by, {
      kind: "partGiven",
      term,
      part: { partId, hub: B, agent: "qa", goal },
    });
  };
  const bodies = (): readonly PeerBody[] =>
    said.map(({ envelope }) => envelope.body);
  return { room, hold, add, give, bodies };
}

const done: Task = {
  id: "t",
  contextId: "c",
  status: { state: "TASK_STATE_COMPLETED" },
  artifacts: [{ artifactId: "a", parts: [{ text: "looked" }] }],
};

/** A worker at Ben's, and what its agent was asked; each answer is let go by hand. */
function workerAtBens() {
  const asked: { readonly id: string; answer(task: Task): void }[] = [];
  const worker = createWorker({
    self: B,
    textLog: quiet,
    agents: () => [{ agentId: "qa", load: 0 }],
    ask: (_, { messageId }: Message, signal) =>
      new Promise((resolve, reject) => {
        asked.push({ id: messageId, answer: resolve });
        signal.addEventListener("abort", () => {
          reject(new Error("the hub ends"));
        });
      }),
  });
  return { worker, asked };
}

test("a part is done once, however often it is given, and after a restart it is the same task", async () => {
  const { room, hold, give, bodies } = roomAt(B, "look");
  const first = workerAtBens();
  give(A, 1);
  first.worker.look(room, room.said());
  first.worker.look(room, room.said());
  assert.equal(first.asked.length, 1);
  await first.worker.dispose();
  assert.equal(bodies().at(-1)?.kind, "partGiven");

  const second = workerAtBens();
  hold.office = { hubId: A, term: 2 };
  give(A, 2);
  second.worker.look(room, room.said());
  assert.deepEqual(
    second.asked.map(({ id }) => id),
    first.asked.map(({ id }) => id),
  );
  second.asked[0]?.answer(done);
  await new Promise(setImmediate);
  second.worker.look(room, room.said());
  assert.equal(second.asked.length, 1);
  assert.deepEqual(bodies().at(-1), {
    kind: "partDone",
    partId: "p1",
    ok: true,
    agentId: "qa",
    text: "looked",
  });
  await second.worker.dispose();
});

test("what a replaced coordinator gives is refused, and what a stranger to the office gives too", async () => {
  const { room, hold, give } = roomAt(B, "look");
  const { worker, asked } = workerAtBens();
  hold.office = { hubId: B, term: 2 };
  give(A, 1);
  give(A, 2);
  worker.look(room, room.said());
  assert.equal(asked.length, 0);
  give(B, 2);
  worker.look(room, room.said());
  assert.equal(asked.length, 1);
  await worker.dispose();
});

test("only who holds the office gives parts, and the home closes the room when the job is done", async () => {
  const { room, hold, add, bodies } = roomAt(A, "look");
  const crew = [A, B].map((hubId) => ({
    hubId,
    state: "here" as const,
    agents: [{ agentId: "qa", load: 0 }],
  }));
  const lead = createLead({ self: A, textLog: quiet, crew: () => crew });
  hold.office = { hubId: B, term: 1 };
  await lead.look(room);
  assert.equal(bodies().length, 1);
  hold.office = { hubId: A, term: 2 };
  await lead.look(room);
  const given = bodies().filter(({ kind }) => kind === "partGiven");
  assert.equal(given.length, 2);
  for (const [hub, partId] of [
    [A, "p1"],
    [B, "p2"],
  ] as const)
    add(hub, { kind: "partDone", partId, ok: true, agentId: "qa", text: "" });
  await lead.look(room);
  assert.deepEqual(
    bodies()
      .slice(-2)
      .map(({ kind }) => kind),
    ["jobDone", "roomClosed"],
  );
});

test("the coordinator spreads what begins with coordinate, reports, and says else what it can do; a task taken up again is the same job", async () => {
  const [ours, theirs] = createLinkedPair();
  const told: string[] = [];
  const jobs: string[] = [];
  const shown: JobShown = {
    ...{ room: "job-1", goal: "g", state: "done", done: true },
    ...{ members: [], parts: [], text: "gathered" },
  };
  const hub = createRpcPeer({
    send: (frame) => {
      ours.send(frame);
    },
    handle: (method, params) => {
      if (method === "task/artifact") told.push(JSON.stringify(params));
      return {};
    },
  });
  ours.onFrame((frame) => {
    hub.onFrame(frame);
  });
  const seat = await seatCoordinator({
    jobs: {
      coordinate: ({ goal, id = "" }) => {
        jobs.push(`${id} ${goal}`);
        return Promise.resolve(id);
      },
      ended: () => Promise.resolve(shown),
      status: () => Promise.resolve({ at: 0, hubs: [], text: "all is well" }),
    },
    connect: () => theirs,
    chance: { id: () => "id" },
    textLog: quiet,
    version: "0",
  });
  const ask = async (taskId: string, text: string): Promise<string> => {
    await hub.request("task/execute", {
      taskId,
      contextId: "c",
      message: { messageId: "m", role: "ROLE_USER", parts: [{ text }] },
    });
    return told.at(-1) ?? "";
  };
  assert.match(await ask("T1", "Coordinate: fix it; test it"), /gathered/);
  await ask("T1", "coordinate fix it; test it");
  assert.deepEqual(jobs, ["job-t1 fix it; test it", "job-t1 fix it; test it"]);
  assert.match(await ask("T2", "status report, please"), /all is well/);
  assert.match(await ask("T3", "hello"), /I spread work over the hubs/);
  assert.match(await ask("T4", "coordinate"), /I spread work over the hubs/);
  await seat.dispose();
});
