/** What every way to speak A2A 1.0 to the hub promises; each binding runs all of it. */
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it } from "node:test";
import type {
  ListTasksRequest,
  ListPushConfigsRequest,
  Message,
  PushConfig,
  PushConfigRequest,
  SendMessageRequest,
  StreamResponse,
  Task,
  TaskIdRequest,
} from "../../src/protocol/a2a.ts";
import { openReceiver } from "../hub/receiver.ts";
import type { ScriptedAgent } from "../hub/scriptedAgent.ts";
import type { Table } from "../hub/table.ts";
import { openTable } from "../hub/table.ts";

type Configs = {
  readonly configs: readonly PushConfig[];
  readonly nextPageToken: string;
};

/** A client as the suite sees it, in the JSON of the wire. */
export interface A2AClient {
  sendMessage(request: SendMessageRequest): Promise<Task>;
  sendStreamingMessage(
    request: SendMessageRequest,
  ): AsyncGenerator<StreamResponse, void>;
  getTask(request: TaskIdRequest): Promise<Task>;
  cancelTask(request: TaskIdRequest): Promise<Task>;
  listTasks(request: ListTasksRequest): Promise<{
    readonly tasks: readonly Task[];
    readonly nextPageToken: string;
    readonly totalSize: number;
  }>;
  subscribeToTask(request: TaskIdRequest): AsyncGenerator<StreamResponse, void>;
  createPushConfig(config: PushConfig): Promise<PushConfig>;
  getPushConfig(request: PushConfigRequest): Promise<PushConfig>;
  listPushConfigs(request: ListPushConfigsRequest): Promise<Configs>;
  deletePushConfig(request: PushConfigRequest): Promise<void>;
  /** The JSON-RPC code of an error it threw. */
  codeOf(error: unknown): number | undefined;
  /** Everything of an error that came over the wire, as text. */
  textOf(error: unknown): string;
  close(): Promise<void>;
}

function say(text: string, more: Partial<Message> = {}): SendMessageRequest {
  return {
    tenant: "worker",
    message: {
      messageId: randomUUID(),
      role: "ROLE_USER",
      parts: [{ text }],
      ...more,
    },
  };
}

function resultOf(task: Task): string {
  return (task.artifacts ?? [])
    .flatMap(({ parts }) => parts.map(({ text }) => text ?? ""))
    .join("");
}

async function collect(
  stream: AsyncIterable<StreamResponse>,
): Promise<StreamResponse[]> {
  const items: StreamResponse[] = [];
  for await (const item of stream) items.push(item);
  return items;
}

/** One word per item: what it is and which state it shows. */
function outline(items: readonly StreamResponse[]): string[] {
  return items.map(
    (item) =>
      item.task?.status.state ??
      item.statusUpdate?.status.state ??
      (item.artifactUpdate === undefined ? "?" : "artifact"),
  );
}

/** Runs the suite on a binding. */
export function a2aContract(
  name: string,
  open: (table: Table) => Promise<A2AClient>,
): void {
  const withClient =
    (
      use: (
        client: A2AClient,
        worker: ScriptedAgent,
        table: Table,
      ) => Promise<void>,
      more?: Parameters<typeof openTable>[1],
    ): (() => Promise<void>) =>
    async () => {
      const table = await openTable(undefined, more);
      try {
        const client = await open(table);
        try {
          await use(client, table.worker, table);
        } finally {
          await client.close();
        }
      } finally {
        await table.close();
      }
    };

  const refuses = async (
    client: A2AClient,
    code: number,
    act: () => Promise<unknown>,
  ): Promise<void> => {
    await assert.rejects(act, (error: unknown) => {
      assert.equal(client.codeOf(error), code);
      assert.doesNotMatch(client.textOf(error), /node_modules|\.ts:|\/home\//);
      return true;
    });
  };

  describe(`A2A over ${name}`, { timeout: 60_000 }, () => {
    it(
      "sending a message waits for the end and gives the task with its artifacts",
      withClient(async (client) => {
        const task = await client.sendMessage(say("echo hello"));
        assert.equal(task.status.state, "TASK_STATE_COMPLETED");
        assert.equal(resultOf(task), "hello");
        assert.match(task.status.timestamp ?? "", /^\d{4}-.*Z$/);
      }),
    );

    it(
      "returnImmediately answers before the end",
      withClient(async (client, worker) => {
        const task = await client.sendMessage({
          ...say("hold it"),
          configuration: { returnImmediately: true },
        });
        assert.match(task.status.state, /SUBMITTED|WORKING/);
        const stream = client.subscribeToTask({ id: task.id });
        assert.equal((await stream.next()).value?.task?.id, task.id);
        worker.release();
        const items = await collect(stream);
        assert.equal(outline(items).at(-1), "TASK_STATE_COMPLETED");
      }),
    );

    it(
      "a stream shows the task first, then every update in order, without gaps, and ends with the task",
      withClient(async (client) => {
        const items = await collect(
          client.sendStreamingMessage(say("stream 5")),
        );
        assert.deepEqual(outline(items), [
          "TASK_STATE_SUBMITTED",
          "TASK_STATE_WORKING",
          ...Array.from({ length: 5 }, () => "artifact"),
          "TASK_STATE_COMPLETED",
        ]);
        const generations = items.map(
          (item) =>
            (item.task ?? item.statusUpdate ?? item.artifactUpdate)?.metadata?.[
              "generation"
            ],
        );
        assert.deepEqual(generations, [1, 2, 3, 4, 5, 6, 7, 8]);
        const task = await client.getTask({ id: items[0]?.task?.id ?? "" });
        assert.equal(resultOf(task), "0 1 2 3 4 ");
        assert.equal(task.metadata?.["generation"], 8);
      }),
    );

    it(
      "leaving a stream does not lose the completion",
      withClient(async (client, worker) => {
        const stream = client.sendStreamingMessage(say("hold on"));
        const first = await stream.next();
        const id = first.value?.task?.id ?? "";
        await stream.return();
        const other = client.subscribeToTask({ id });
        const snapshot = await other.next();
        assert.equal(snapshot.value?.task?.id, id);
        worker.release();
        assert.equal(
          outline(await collect(other)).at(-1),
          "TASK_STATE_COMPLETED",
        );
        assert.equal(resultOf(await client.getTask({ id })), "held on");
      }),
    );

    it(
      "all streams of a task see the same events in the same order",
      withClient(async (client, worker) => {
        const stream = client.sendStreamingMessage(say("hold tight"));
        const id = (await stream.next()).value?.task?.id ?? "";
        const others = [1, 2].map(() => client.subscribeToTask({ id }));
        for (const other of others)
          assert.equal((await other.next()).value?.task?.id, id);
        worker.release();
        const [own = [], ...seen] = await Promise.all(
          [stream, ...others].map(collect),
        );
        for (const items of seen)
          assert.deepEqual(items, own.slice(own.length - items.length));
        assert.equal(outline(own).at(-1), "TASK_STATE_COMPLETED");
      }),
    );

    it(
      "subscribing to a task that has ended, or is unknown, is refused",
      withClient(async (client) => {
        const { id } = await client.sendMessage(say("echo x"));
        await refuses(client, -32004, () =>
          collect(client.subscribeToTask({ id })),
        );
        await refuses(client, -32001, () =>
          collect(client.subscribeToTask({ id: "nobody" })),
        );
      }),
    );

    it(
      "an unknown task is not found, and so is another agent's",
      withClient(async (client) => {
        const { id } = await client.sendMessage(say("echo x"));
        await refuses(client, -32001, () => client.getTask({ id: "nobody" }));
        await refuses(client, -32001, () =>
          client.getTask({ id, tenant: "somebody-else" }),
        );
        await refuses(client, -32001, () =>
          client.cancelTask({ id: "nobody" }),
        );
      }),
    );

    it(
      "history is cut to the length asked for",
      withClient(async (client) => {
        const { id } = await client.sendMessage(say("echo x"));
        const whole = await client.getTask({ id });
        assert.equal(whole.history?.[0]?.parts[0]?.text, "echo x");
        const none = await client.getTask({ id, historyLength: 0 });
        assert.equal(none.history?.length ?? 0, 0);
      }),
    );

    it(
      "the same messageId is the same task, sent after or at once",
      withClient(async (client, worker) => {
        const request = say("echo once", { contextId: "ctx" });
        const both = await Promise.all([
          client.sendMessage(request),
          client.sendMessage(request),
        ]);
        const after = await client.sendMessage(request);
        const bare = say("echo bare");
        const bareIds = [
          (await client.sendMessage(bare)).id,
          (await client.sendMessage(bare)).id,
        ];
        assert.equal(new Set([...both, after].map(({ id }) => id)).size, 1);
        assert.equal(new Set(bareIds).size, 1);
        assert.equal(worker.executed.length, 2);
      }),
    );

    it(
      "a messageId that meant another message is refused",
      withClient(async (client) => {
        const request = say("echo one", { contextId: "ctx" });
        await client.sendMessage(request);
        const other = { ...request.message, parts: [{ text: "echo two" }] };
        await refuses(client, -32602, () =>
          client.sendMessage({ ...request, message: other }),
        );
      }),
    );

    it(
      "invalid parameters are refused by field and do nothing",
      withClient(async (client, worker, { log }) => {
        const head = log.head();
        const bad: SendMessageRequest[] = [
          say("x", { parts: [] }),
          say("x", { role: "UNRECOGNIZED" as Message["role"] }),
          say("x", { messageId: "" }),
          say("x", { contextId: "hub" }),
          say("x", { contextId: "a\u0000b" }),
          { ...say("x"), tenant: "somebody-else" },
        ];
        for (const request of bad)
          await refuses(client, -32602, () => client.sendMessage(request));
        await refuses(client, -32602, () =>
          client.listTasks({ pageToken: "../../etc" }),
        );
        await assert.rejects(
          () => client.sendMessage(say("x", { parts: [] })),
          (error: unknown) => client.textOf(error).includes("message.parts"),
        );
        assert.equal(log.head(), head);
        assert.equal(worker.executed.length, 0);
      }),
    );

    it(
      "a media type the agent's card does not name is refused",
      withClient(async (client) => {
        const parts = [
          { url: "https://example.org/x", mediaType: "video/mp4" },
        ];
        await refuses(client, -32005, () =>
          client.sendMessage(say("x", { parts })),
        );
      }),
    );

    it(
      "an agent that needs the client interrupts; the next message goes on with the same task",
      withClient(async (client, worker) => {
        const asked = await client.sendMessage(say("ask"));
        assert.equal(asked.status.state, "TASK_STATE_INPUT_REQUIRED");
        assert.equal(asked.status.message?.parts[0]?.text, "Which one?");
        const done = await client.sendMessage(
          say("echo that one", { taskId: asked.id }),
        );
        assert.equal(done.id, asked.id);
        assert.equal(done.status.state, "TASK_STATE_COMPLETED");
        assert.deepEqual(
          done.history?.map(({ parts }) => parts[0]?.text),
          ["ask", "Which one?", "echo that one"],
        );
        assert.equal(worker.executed.length, 2);
        await refuses(client, -32004, () =>
          client.sendMessage(say("echo more", { taskId: asked.id })),
        );
        await refuses(client, -32602, () =>
          client.sendMessage(
            say("echo more", { taskId: asked.id, contextId: "other" }),
          ),
        );
      }),
    );

    it(
      "messages to a running task wait their turn: one executor per task",
      withClient(async (client, worker) => {
        const configuration = { returnImmediately: true };
        const first = { ...say("linger"), configuration };
        const { id } = await client.sendMessage(first);
        for (const text of ["linger", "linger"])
          await client.sendMessage({
            ...say(text, { taskId: id }),
            configuration,
          });
        const stream = client.sendStreamingMessage(
          say("echo last", { taskId: id }),
        );
        assert.equal((await stream.next()).value?.task?.history?.length, 4);
        worker.release();
        await collect(stream);
        assert.equal(resultOf(await client.getTask({ id })), "last");
        assert.deepEqual(worker.executed, [id, id, id, id]);
        assert.equal(worker.mostAtOnce(), 1);
      }),
    );

    it(
      "cancelling ends the task with its agent's consent",
      withClient(async (client, worker) => {
        for (const text of ["wait", "give up"]) {
          const { id } = await client.sendMessage({
            ...say(text),
            configuration: { returnImmediately: true },
          });
          const task = await client.cancelTask({ id });
          assert.equal(task.status.state, "TASK_STATE_CANCELED");
          assert.equal(worker.canceled.at(-1), id);
          await refuses(client, -32002, () => client.cancelTask({ id }));
        }
      }),
    );

    it(
      "cancelling returns within 5 s even if the agent hangs",
      withClient(async (client) => {
        const { id } = await client.sendMessage({
          ...say("hang"),
          configuration: { returnImmediately: true },
        });
        const before = performance.now();
        const task = await client.cancelTask({ id });
        assert.ok(performance.now() - before < 5000);
        assert.equal(task.status.state, "TASK_STATE_CANCELED");
      }),
    );

    it(
      "an agent's own failure text does not cross the wire",
      withClient(async (client, _worker, { log }) => {
        for (const text of ["fail at /home/me/key", "say at /home/me/key"]) {
          const items = await collect(client.sendStreamingMessage(say(text)));
          assert.equal(outline(items).at(-1), "TASK_STATE_FAILED");
          const id = items[0]?.task?.id ?? "";
          const task = await client.getTask({ id });
          assert.equal(task.status.state, "TASK_STATE_FAILED");
          assert.match(
            task.status.message?.parts[0]?.text ?? "",
            /could not finish this task \((model-failed|bad-key)\)/,
          );
          const updates = items.map(({ statusUpdate }) => statusUpdate);
          assert.doesNotMatch(JSON.stringify([updates, task.status]), /home/);
          assert.ok(
            JSON.stringify(log.mission(task.contextId)).includes(
              "/home/me/key",
            ),
          );
        }
      }),
    );

    it(
      "an agent that stops without a result, or sends rubbish, fails its task",
      withClient(async (client) => {
        for (const text of ["nothing", "rubbish"]) {
          const task = await client.sendMessage(say(text));
          assert.equal(task.status.state, "TASK_STATE_FAILED");
        }
      }),
    );

    it(
      "tasks are listed by their last change, filtered, and in pages",
      withClient(async (client) => {
        const ids: string[] = [];
        for (const text of ["echo a", "echo b", "reject", "echo c"]) {
          const contextId = text === "echo b" ? "other" : "ctx";
          ids.unshift((await client.sendMessage(say(text, { contextId }))).id);
        }
        const all = await client.listTasks({});
        assert.deepEqual(
          all.tasks.map(({ id }) => id),
          ids,
        );
        assert.equal(all.nextPageToken, "");
        assert.equal(all.totalSize, 4);
        assert.ok(all.tasks.every((task) => !task.artifacts?.length));

        const one = await client.listTasks({ pageSize: 3 });
        const two = await client.listTasks({
          pageSize: 3,
          pageToken: one.nextPageToken,
        });
        assert.deepEqual(
          [...one.tasks, ...two.tasks].map(({ id }) => id),
          ids,
        );
        assert.equal(two.nextPageToken, "");

        const inContext = await client.listTasks({ contextId: "other" });
        assert.deepEqual(
          inContext.tasks.map(({ id }) => id),
          [ids[2]],
        );
        const rejected = await client.listTasks({
          status: "TASK_STATE_REJECTED",
        });
        assert.deepEqual(
          rejected.tasks.map(({ id }) => id),
          [ids[1]],
        );
        const full = await client.listTasks({ includeArtifacts: true });
        assert.equal(resultOf(full.tasks[0] as Task), "c");
        const future = await client.listTasks({
          statusTimestampAfter: "2999-01-01T00:00:00Z",
        });
        assert.equal(future.tasks.length, 0);
        await refuses(client, -32602, () =>
          client.listTasks({ pageSize: 101 }),
        );
      }),
    );

    it("push configurations are made, shown, listed and removed, and what they ask for is sent", async () => {
      const receiver = await openReceiver();
      const dir = await mkdtemp(join(tmpdir(), "roundtable-push-"));
      const push = { targets: [receiver.origin], file: join(dir, "push.json") };
      const url = `${receiver.origin}/hook`;
      try {
        await withClient(
          async (client, worker) => {
            const { id: taskId } = await client.sendMessage({
              ...say("hold on"),
              configuration: {
                returnImmediately: true,
                taskPushNotificationConfig: { id: "first", url, token: "abc" },
              },
            });
            const authentication = { scheme: "Basic", credentials: "eDp5" };
            const made = await client.createPushConfig({
              taskId,
              id: "second",
              url,
              authentication,
            });
            assert.deepEqual(
              [made.taskId, made.id, made.url, made.authentication],
              [taskId, "second", url, authentication],
            );
            const got = await client.getPushConfig({ taskId, id: "second" });
            assert.deepEqual(got, made);
            const { configs } = await client.listPushConfigs({ taskId });
            assert.deepEqual(
              configs.map(({ id }) => id),
              ["first", "second"],
            );
            await client.deletePushConfig({ taskId, id: "second" });
            await refuses(client, -32001, () =>
              client.getPushConfig({ taskId, id: "second" }),
            );
            await refuses(client, -32001, () =>
              client.createPushConfig({ taskId: "nobody", url }),
            );
            await refuses(client, -32602, () =>
              client.createPushConfig({ taskId, url: "http://192.0.2.1/" }),
            );
            worker.release();
            await receiver.until(
              ({ item }) =>
                item.statusUpdate?.status.state === "TASK_STATE_COMPLETED",
            );
            assert.ok(
              receiver.got.every(
                ({ headers }) => headers["x-a2a-notification-token"] === "abc",
              ),
            );
          },
          { push },
        )();
      } finally {
        await receiver.close();
        await rm(dir, { recursive: true, force: true });
      }
    });

    it(
      "what was said is in the log before it was acknowledged",
      withClient(async (client, _worker, { log }) => {
        const task = await client.sendMessage({
          ...say("hold it", { contextId: "ctx" }),
          configuration: { returnImmediately: true },
        });
        const submitted = log.mission("ctx")[0];
        assert.equal(submitted?.type, "TaskSubmitted");
        assert.ok(JSON.stringify(submitted).includes(task.id));
      }),
    );
  });
}
