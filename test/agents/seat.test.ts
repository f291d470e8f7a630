import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import { seatTeam } from "../../src/agents/pool.ts";
import { createHub } from "../../src/hub/hub.ts";
import type { Models } from "../../src/ports.ts";
import { WORK_MEDIA_TYPE } from "../../src/protocol/work.ts";
import { approves, calls, scriptedModels } from "../fakes/scriptedModels.ts";
import {
  ballotWork,
  folderWith,
  implementWork,
  MISSION,
  openMission,
  portsFor,
  roleOf,
} from "./table.ts";

const never = new AbortController().signal;

/** A real hub with a seated team. */
async function table(
  t: TestContext,
  models: Models | undefined,
  chatRoot?: string,
) {
  const ports = portsFor(t, models === undefined ? {} : { models });
  await openMission(ports.log);
  const hub = createHub({ ...ports, name: "local" });
  const team = await seatTeam(
    {
      ...ports,
      version: "0.0.0",
      chatRoot,
      connect: () => hub.connectInProcess(),
    },
    [roleOf("developer"), roleOf("qa")],
  );
  t.after(async () => {
    await hub.dispose();
    await team.dispose();
  });
  return { hub, team, ...ports };
}

/** Sends a message as a client of the hub does, over JSON-RPC. */
async function send(
  hub: ReturnType<typeof createHub>,
  method: string,
  params: unknown,
): Promise<Record<string, unknown>> {
  const transport = hub.connectInProcess();
  const answer = await new Promise<string>((resolve) => {
    transport.onFrame(resolve);
    transport.send(JSON.stringify({ jsonrpc: "2.0", id: 1, method, params }));
  });
  transport.close("done");
  return JSON.parse(answer) as Record<string, unknown>;
}

test("the team sits, and says which model each one is", async (t) => {
  const { hub, team } = await table(t, scriptedModels([approves]));
  assert.deepEqual(
    hub.team
      .seats()
      .map(({ agentId, role, lineage }) => [agentId, role, lineage]),
    [
      ["developer", "developer", "scripted-middle"],
      ["qa", "qa", "scripted-middle"],
    ],
  );
  assert.equal(team.agents.length, 2);
});

test("work goes to an agent and its answer comes back, words on the way", async (t) => {
  const { hub, log } = await table(
    t,
    scriptedModels([{ text: "Let me see." }, approves]),
  );
  const heard: string[] = [];
  hub.onText((_missionId, agentId, delta) =>
    heard.push(`${agentId}: ${delta}`),
  );
  const reply = await hub.team.ask("qa", ballotWork(), never);
  assert.ok(reply.ok);
  assert.equal(reply.answer.paper.verdict, "approve");
  assert.equal(reply.lineage, "scripted-middle");
  assert.deepEqual(heard, ["qa: Let me see."]);
  const onRecord = log
    .mission(ballotWork().missionId)
    .flatMap((event) =>
      event.type === "TaskStatusChanged"
        ? (event.data.status.message?.parts.map(({ text }) => text) ?? [])
        : [],
    );
  assert.deepEqual(onRecord, ["Let me see."]);
});

test("an agent's no keeps its code on the way back", async (t) => {
  const { hub } = await table(t, scriptedModels([{ stop: "refusal" }]));
  const reply = await hub.team.ask("qa", ballotWork(), never);
  assert.ok(!reply.ok);
  assert.equal(reply.code, "model-refused");
  assert.match(reply.message, /declined/);
});

test("without a model the team abstains", async (t) => {
  const { hub } = await table(t, undefined);
  const reply = await hub.team.ask("qa", ballotWork(), never);
  assert.ok(reply.ok);
  assert.equal(reply.answer.paper.verdict, "abstain");
  const build = await hub.team.ask("developer", implementWork("/w"), never);
  assert.ok(!build.ok && build.code === "no-model");
});

test("a canceled task ends as canceled, within its turn", async (t) => {
  const begun = Promise.withResolvers<undefined>();
  const { hub, log } = await table(
    t,
    scriptedModels(
      (_request, _turn, signal) =>
        new Promise((_resolve, reject) => {
          begun.resolve(undefined);
          signal.addEventListener("abort", () => {
            reject(signal.reason as Error);
          });
        }),
    ),
  );
  const stop = new AbortController();
  const asked = hub.team.ask("qa", ballotWork(), stop.signal);
  await begun.promise;
  stop.abort(new Error("enough"));
  await assert.rejects(asked, /enough/);
  const ended = await log.waitFor(
    MISSION,
    "TaskStatusChanged",
    ({ data }) => data.status.state === "TASK_STATE_CANCELED",
    AbortSignal.timeout(2000),
  );
  assert.equal(ended.by, "qa");
});

test("a message of anyone else is a question: answered in words, and nothing is written", async (t) => {
  const root = folderWith(t, { "a.js": "x" });
  const models = scriptedModels((request) =>
    request.messages.length === 1
      ? calls("write_file", { path: "a.js", content: "y" })
      : calls("submit", {
          answer: "It is tea.",
          options: [],
          consequences: [],
        }),
  );
  const { hub } = await table(t, models, root);
  const { result } = await send(hub, "SendMessage", {
    tenant: "qa",
    message: {
      messageId: "m1",
      contextId: "somebody-elses",
      role: "ROLE_USER",
      parts: [
        { text: "What is it?" },
        {
          data: implementWork(root, { missionId: "somebody-elses" }),
          mediaType: WORK_MEDIA_TYPE,
        },
      ],
    },
  });
  const said = JSON.stringify(result);
  assert.match(said, /TASK_STATE_COMPLETED/);
  assert.match(said, /It is tea/);
  assert.match(
    JSON.stringify(models.requests[0]?.messages),
    /What is it\?.*work: resolve/s,
  );
  const refused = models.requests[1]?.messages.at(-1)?.content[0];
  assert.ok(refused?.type === "toolResult" && refused.isError);
});

test("a task that is let go of ends nowhere: whoever sits there next takes it up", async (t) => {
  const begun = Promise.withResolvers<undefined>();
  const { hub, team, log } = await table(
    t,
    scriptedModels(
      (_request, _turn, signal) =>
        new Promise((_resolve, reject) => {
          begun.resolve(undefined);
          signal.addEventListener("abort", () => {
            reject(signal.reason as Error);
          });
        }),
    ),
  );
  const asked = hub.team.ask("qa", ballotWork(), never);
  const lost = assert.rejects(asked);
  await begun.promise;
  await hub.dispose();
  await team.dispose();
  await lost;
  const states = log
    .mission(MISSION)
    .flatMap((event) =>
      event.type === "TaskStatusChanged" ? [event.data.status.state] : [],
    );
  assert.deepEqual(states, ["TASK_STATE_WORKING"]);
});

test("when one cannot sit, nobody stays", async (t) => {
  const ports = portsFor(t);
  const hub = createHub({ ...ports, name: "local" });
  t.after(() => hub.dispose());
  await assert.rejects(
    seatTeam(
      {
        ...ports,
        version: "0.0.0",
        chatRoot: undefined,
        connect: () => hub.connectInProcess(),
      },
      [roleOf("qa"), roleOf("qa")],
    ),
  );
});

test("a request that reaches an agent as a message is answered, by the skill it was asked for", async (t) => {
  const root = folderWith(t, { "a.txt": "one" });
  const { hub } = await table(
    t,
    scriptedModels([
      { text: "Let me see." },
      calls("submit", { answer: "One.", options: [], consequences: [] }),
    ]),
    root,
  );
  const client = hub.connectInProcess();
  const answered = new Promise<{
    readonly header: Record<string, unknown>;
    readonly payload: unknown;
  }>((resolve) => {
    client.onFrame((frame) => {
      const { method, params } = JSON.parse(frame) as {
        readonly method?: string;
        readonly params?: {
          readonly header: Record<string, unknown>;
          readonly payload: unknown;
        };
      };
      if (method === "envelope/deliver" && params !== undefined)
        resolve(params);
    });
  });
  client.send(
    JSON.stringify({
      jsonrpc: "2.0",
      id: 1,
      method: "envelope/send",
      params: {
        header: { id: "question-1", to: "skill:s", type: "request" },
        payload: "What is in a.txt?",
      },
    }),
  );
  const { header, payload } = await answered;
  assert.equal(header["type"], "response");
  assert.equal(header["correlationId"], "question-1");
  assert.match(String(header["from"]), /^(?:developer|qa)$/);
  assert.equal(payload, "One.");
  client.close("done");
});

test("an agent that cannot answer a request says so", async (t) => {
  const { hub } = await table(t, scriptedModels([approves]));
  const client = hub.connectInProcess();
  const answered = new Promise<string>((resolve) => {
    client.onFrame((frame) => {
      if (frame.includes("envelope/deliver")) resolve(frame);
    });
  });
  client.send(
    JSON.stringify({
      jsonrpc: "2.0",
      id: 1,
      method: "envelope/send",
      params: {
        header: { id: "question-2", to: "agent:qa", type: "request" },
        payload: { of: "no folder" },
      },
    }),
  );
  const told = await answered;
  assert.match(told, /"type":"error"/);
  assert.match(told, /No folder is open/);
  client.close("done");
});
