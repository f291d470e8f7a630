import type { Message, Part, Task, TaskStatusUpdateEvent } from "a2a-sdk-0.3";
import type { CallInterceptor, Client } from "a2a-sdk-0.3/client";
import {
  ClientFactory,
  ClientFactoryOptions,
  DefaultAgentCardResolver,
} from "a2a-sdk-0.3/client";
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, it } from "node:test";
import { memoryLog } from "../fakes/memoryLog.ts";
import type { Table } from "./table.ts";
import { openTable } from "./table.ts";

type Event = Message | Task | { readonly kind: string };

/** One word per event: its kind, or the state it shows. */
function outline(events: readonly Event[]): string[] {
  return events.map((event) => {
    const { status } = event as Partial<TaskStatusUpdateEvent>;
    return status?.state ?? event.kind;
  });
}

async function collect(stream: AsyncIterable<Event>): Promise<Event[]> {
  const events: Event[] = [];
  for await (const event of stream) events.push(event);
  return events;
}

describe(
  "A2A 0.3 with the SDK's client of that version",
  { timeout: 60_000 },
  () => {
    let table: Table;
    let client: Client;
    let dir: string;
    beforeEach(async () => {
      dir = await mkdtemp(join(tmpdir(), "roundtable-push-"));
      table = await openTable(memoryLog(), {
        push: { targets: ["http://127.0.0.1:9"], file: join(dir, "push.json") },
      });
      client = await open();
    });
    afterEach(async () => {
      table.worker.release();
      await table.close();
      await rm(dir, { recursive: true, force: true });
    });

    /** Led from the card it can read to the address in it, with the token on every request. */
    async function open(path?: string): Promise<Client> {
      const { token, url } = table.address;
      const fetchImpl: typeof fetch = (input, init) =>
        fetch(input, {
          ...init,
          headers: {
            ...(init?.headers as Record<string, string>),
            authorization: `Bearer ${token}`,
          },
        });
      const showToken: CallInterceptor = {
        before(args) {
          const authorization = `Bearer ${token}`;
          args.options = {
            ...args.options,
            serviceParameters: {
              ...args.options?.serviceParameters,
              authorization,
            },
          };
          return Promise.resolve();
        },
        after: () => Promise.resolve(),
      };
      const factory = new ClientFactory(
        ClientFactoryOptions.createFrom(ClientFactoryOptions.default, {
          cardResolver: new DefaultAgentCardResolver({ fetchImpl }),
          clientConfig: { interceptors: [showToken] },
        }),
      );
      return factory.createFromUrl(url, path);
    }

    function say(
      text: string,
      more: Partial<Message> = {},
    ): { message: Message } {
      return {
        message: {
          kind: "message",
          messageId: randomUUID(),
          role: "user",
          parts: [{ kind: "text", text }],
          ...more,
        },
      };
    }

    async function send(
      text: string,
      blocking?: boolean,
      more: Partial<Message> = {},
    ): Promise<Task> {
      const answer = await client.sendMessage({
        ...say(text, more),
        ...(blocking === undefined ? {} : { configuration: { blocking } }),
      });
      assert.equal(answer.kind, "task");
      return answer;
    }

    it("sends a message and waits for the end, unless it says not to block", async () => {
      for (const blocking of [undefined, true]) {
        const task = await send("echo hello", blocking);
        assert.equal(task.status.state, "completed");
        assert.deepEqual(task.artifacts?.[0]?.parts, [
          { kind: "text", text: "hello" },
        ]);
        const [asked] = task.history ?? [];
        assert.equal(asked?.kind, "message");
        assert.equal(asked.role, "user");
        assert.deepEqual(asked.parts, [{ kind: "text", text: "echo hello" }]);
      }
      const task = await send("hold it", false);
      assert.match(task.status.state, /^(submitted|working)$/);
    });

    it("streams the task, then its updates, the last one marked final", async () => {
      const events = await collect(client.sendMessageStream(say("stream 3")));
      assert.deepEqual(outline(events), [
        "submitted",
        "working",
        ...Array.from({ length: 3 }, () => "artifact-update"),
        "completed",
      ]);
      const finals = events.map((event) => "final" in event && event.final);
      assert.deepEqual(finals.indexOf(true), events.length - 1);
      const asked = await collect(client.sendMessageStream(say("ask")));
      assert.equal(outline(asked).at(-1), "input-required");
      assert.equal((asked.at(-1) as TaskStatusUpdateEvent).final, true);
    });

    it("gets, cancels and subscribes again", async () => {
      const held = await send("hold on", false);
      const shown = await client.getTask({ id: held.id, historyLength: 0 });
      assert.equal(shown.kind, "task");
      assert.equal(shown.history, undefined);
      const again = client.resubscribeTask({ id: held.id });
      assert.equal((await again.next()).value?.kind, "task");
      table.worker.release();
      const events = await collect(again);
      assert.equal(outline(events).at(-1), "completed");
      const waiting = await send("wait", false);
      const canceled = await client.cancelTask({ id: waiting.id });
      assert.equal(canceled.status.state, "canceled");
    });

    it("goes on with a task that needs the client", async () => {
      const asked = await send("ask");
      assert.equal(asked.status.state, "input-required");
      assert.deepEqual(asked.status.message?.parts, [
        { kind: "text", text: "Which one?" },
      ]);
      const done = await send("echo that", undefined, { taskId: asked.id });
      assert.equal(done.id, asked.id);
      assert.deepEqual(
        done.history?.map(({ role }) => role),
        ["user", "agent", "user"],
      );
    });

    it("carries files and data both ways", async () => {
      const parts: Part[] = [
        { kind: "text", text: "echo x", metadata: { a: 1 } },
        {
          kind: "file",
          file: { bytes: "aGk=", mimeType: "text/plain", name: "hi.txt" },
        },
        { kind: "file", file: { uri: "https://example.org/x" } },
        { kind: "data", data: { n: [1, 2] } },
        {
          kind: "data",
          data: { value: [1, 2] },
          metadata: { data_part_compat: true },
        },
      ];
      const task = await send("", undefined, { parts });
      assert.deepEqual(task.history?.[0]?.parts, parts);
      const [stored] = table.log.mission(task.contextId);
      assert.ok(stored?.type === "TaskSubmitted");
      assert.deepEqual(stored.data.message.parts, [
        { text: "echo x", metadata: { a: 1 } },
        { raw: "aGk=", mediaType: "text/plain", filename: "hi.txt" },
        { url: "https://example.org/x" },
        { data: { n: [1, 2] } },
        { data: [1, 2] },
      ]);
    });

    it("is refused with the codes of 0.3, and told nothing else", async () => {
      const done = await send("echo x");
      const refuses = async (
        code: number,
        act: () => Promise<unknown>,
      ): Promise<void> => {
        await assert.rejects(act, (error: unknown) => {
          const { errorResponse } = error as {
            errorResponse: { error: { code: number } };
          };
          assert.equal(errorResponse.error.code, code);
          assert.doesNotMatch(
            JSON.stringify(errorResponse),
            /node_modules|\.ts:|\/home\//,
          );
          return true;
        });
      };
      await refuses(-32001, () => client.getTask({ id: "nobody" }));
      await refuses(-32002, () => client.cancelTask({ id: done.id }));
      await refuses(-32004, () => send("x", undefined, { taskId: done.id }));
      for (const more of [
        { parts: [] },
        { messageId: "" },
        { role: "system" as "user" },
        { parts: [{ kind: "nothing" } as unknown as Part] },
        { parts: [{ kind: "file", file: {} } as unknown as Part] },
      ])
        await refuses(-32602, () => send("x", undefined, more));
      assert.equal(table.worker.executed.length, 1);
    });

    it("reads an agent's card and the extended one, and reaches that agent", async () => {
      const card = await client.getAgentCard();
      assert.equal(card.url, `${table.address.url}/rpc`);
      const extended = await client.getAgentCard();
      assert.deepEqual(
        extended.skills.map(({ id }) => id),
        ["worker"],
      );
      client = await open("/agents/worker/.well-known/agent-card.json");
      const own = await client.getAgentCard();
      assert.equal(own.url, `${table.address.url}/agents/worker/rpc`);
      assert.equal((await send("echo x")).metadata?.["agentId"], "worker");
    });

    it("keeps, shows, lists and removes push configurations", async () => {
      const { id } = await send("hold it", false);
      const config = {
        taskId: id,
        pushNotificationConfig: {
          id: "mine",
          url: "http://127.0.0.1:9/hook",
          token: "secret",
          authentication: { schemes: ["Bearer"], credentials: "abc" },
        },
      };
      assert.deepEqual(
        await client.setTaskPushNotificationConfig(config),
        config,
      );
      const named = { id, pushNotificationConfigId: "mine" };
      for (const params of [named, { id }])
        assert.deepEqual(
          await client.getTaskPushNotificationConfig(params as typeof named),
          config,
        );
      assert.deepEqual(await client.listTaskPushNotificationConfig({ id }), [
        config,
      ]);
      await client.deleteTaskPushNotificationConfig(named);
      assert.deepEqual(await client.listTaskPushNotificationConfig({ id }), []);
    });
  },
);
