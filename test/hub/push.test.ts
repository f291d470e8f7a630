import assert from "node:assert/strict";
import { lstat, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, it } from "node:test";
import { systemChance } from "../../src/adapters/clock/systemChance.ts";
import { systemClock } from "../../src/adapters/clock/systemClock.ts";
import { openLog } from "../../src/adapters/log/openLog.ts";
import { isPublic } from "../../src/hub/push/addresses.ts";
import { createDeliver } from "../../src/hub/push/delivery.ts";
import type { PushOptions } from "../../src/hub/push/push.ts";
import { createTargets } from "../../src/hub/push/targets.ts";
import type { TextLog } from "../../src/ports.ts";
import type { AgentCard, PushConfig, Task } from "../../src/protocol/a2a.ts";
import { Settings } from "../../src/protocol/settings.ts";
import { memoryLog } from "../fakes/memoryLog.ts";
import type { Got, Receiver } from "./receiver.ts";
import { openReceiver } from "./receiver.ts";
import { generationOf, range } from "./streamReader.ts";
import type { Table } from "./table.ts";
import { openTable } from "./table.ts";
import type { WebSocketClient } from "./webSocketClient.ts";
import { openWebSocketClient, Refused } from "./webSocketClient.ts";

const SECRETS = ["T0ken-of-the-receiver", "Cr3dential-of-the-hub"] as const;

function say(text: string, config?: PushConfig): object {
  return {
    tenant: "worker",
    message: { messageId: text, role: "ROLE_USER", parts: [{ text }] },
    configuration: {
      returnImmediately: true,
      ...(config === undefined ? {} : { taskPushNotificationConfig: config }),
    },
  };
}

function refusedWith(code: number, text: RegExp): (error: unknown) => boolean {
  return (error) =>
    error instanceof Refused &&
    error.error.code === code &&
    text.test(JSON.stringify(error.error));
}

function isEnd({ item }: Got): boolean {
  return item.statusUpdate?.status.state === "TASK_STATE_COMPLETED";
}

function generations({ got }: Receiver): number[] {
  return got.map(({ item }) => generationOf(item));
}

/** A text log that keeps what it is told. */
function keptLog(): TextLog & { text(): string } {
  const lines: string[] = [];
  const keep = (...line: unknown[]): void => {
    lines.push(JSON.stringify(line));
  };
  return { info: keep, warn: keep, error: keep, text: () => lines.join("\n") };
}

describe("push notifications", { timeout: 60_000 }, () => {
  let dir: string;
  let textLog: ReturnType<typeof keptLog>;
  let open: (() => Promise<void>)[];
  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), "roundtable-push-"));
    textLog = keptLog();
    open = [];
  });
  afterEach(async () => {
    for (const close of open.splice(0).reverse()) await close();
    await rm(dir, { recursive: true, force: true });
  });

  const pushFile = (): string => join(dir, "push.json");

  async function receive(
    ...how: Parameters<typeof openReceiver>
  ): Promise<Receiver> {
    const receiver = await openReceiver(...how);
    open.push(() => receiver.close());
    return receiver;
  }

  async function seat(
    push: Omit<PushOptions, "file">,
    log = memoryLog(),
  ): Promise<{
    table: Table;
    client: WebSocketClient;
    close: () => Promise<void>;
  }> {
    const table = await openTable(log, {
      push: { ...push, file: pushFile() },
      textLog,
    });
    const { wsUrl, token } = table.address;
    const client = await openWebSocketClient(wsUrl, token);
    let isOpen = true;
    const close = async (): Promise<void> => {
      if (!isOpen) return;
      isOpen = false;
      await client.close();
      await table.close();
    };
    open.push(close);
    return { table, client, close };
  }

  it("tell each update of a task once, in order, with the token and the credentials of their configuration", async () => {
    const receiver = await receive();
    const { client, table } = await seat({ targets: [receiver.origin] });
    const config = {
      url: `${receiver.origin}/hook?x=1`,
      token: SECRETS[0],
      authentication: { scheme: "Bearer", credentials: SECRETS[1] },
    };
    await client.call("SendMessage", say("stream 20", config));
    await receiver.until(isEnd);
    assert.deepEqual(generations(receiver), range(2, 23));
    for (const { path, headers } of receiver.got) {
      assert.equal(path, "/hook?x=1");
      assert.equal(headers["content-type"], "application/a2a+json");
      assert.equal(headers["x-a2a-notification-token"], SECRETS[0]);
      assert.equal(headers.authorization, `Bearer ${SECRETS[1]}`);
    }
    assert.equal(table.hub.pushCounts().gaveUp, 0);
  });

  it("begin with what happens after the configuration was made; of a task that has ended, its end is told", async () => {
    const receiver = await receive();
    const { client, table } = await seat({ targets: [receiver.origin] });
    const { task } = (await client.call("SendMessage", say("hold"))) as {
      task: Task;
    };
    await table.log.waitFor(
      task.contextId,
      "TaskStatusChanged",
      () => true,
      AbortSignal.timeout(30_000),
    );
    const config = { taskId: task.id, url: `${receiver.origin}/late` };
    await client.call("CreateTaskPushNotificationConfig", config);
    table.worker.release();
    await receiver.until(isEnd);
    assert.deepEqual(generations(receiver), [3, 4]);
    await client.call("CreateTaskPushNotificationConfig", {
      ...config,
      url: `${receiver.origin}/too-late`,
    });
    await receiver.until(({ path }) => path === "/too-late");
    assert.deepEqual(generations(receiver), [3, 4, 4]);
  });

  it("are tried again until they are taken, and what came meanwhile waits its turn", async () => {
    const receiver = await receive((nth) => (nth < 2 ? 503 : 200));
    const { client, table } = await seat({ targets: [receiver.origin] });
    const config = { url: receiver.origin };
    await client.call("SendMessage", say("stream 3", config));
    await receiver.until(isEnd);
    assert.deepEqual(generations(receiver), [2, 2, 2, 3, 4, 5, 6]);
    assert.equal(table.hub.pushCounts().retries, 2);
  });

  it("follow no redirect, and give up visibly on who will not take them", async () => {
    const elsewhere = await receive();
    for (const status of [302, 404]) {
      const receiver = await receive(() => status, `${elsewhere.origin}/`);
      const { client, table, close } = await seat({
        targets: [receiver.origin, elsewhere.origin],
      });
      const { task } = (await client.call(
        "SendMessage",
        say("stream 3", {
          url: `${receiver.origin}/path-secret`,
          token: SECRETS[0],
        }),
      )) as { task: Task };
      await receiver.until(() => true);
      // Whoever is told of the end later than this one is told after it gave up.
      await client.call("CreateTaskPushNotificationConfig", {
        taskId: task.id,
        url: elsewhere.origin,
      });
      await elsewhere.until(isEnd);
      await close();
      assert.equal(receiver.got.length, 1);
      assert.equal(table.hub.pushCounts().gaveUp, 1);
      assert.match(textLog.text(), /given up/);
      assert.ok(textLog.text().includes(String(status)));
      assert.doesNotMatch(textLog.text(), /path-secret|T0ken/);
    }
    assert.ok(elsewhere.got.every(isEnd));
  });

  it("go on after a restart with the first that was not acknowledged; their file is private", async () => {
    const logFile = { file: join(dir, "log.db"), clock: systemClock };
    let isUp = true;
    const receiver = await receive((nth) => (isUp && nth < 5 ? 200 : 503));
    const first = await seat(
      { targets: [receiver.origin] },
      await openLog(logFile),
    );
    const config = { url: receiver.origin, token: SECRETS[0] };
    await first.client.call("SendMessage", say("stream 10", config));
    await receiver.until(({ item }) => generationOf(item) === 7);
    await first.close();
    const had = generations(receiver).filter((_, nth) => nth < 5);
    assert.deepEqual(had, [2, 3, 4, 5, 6]);
    if (process.platform !== "win32")
      assert.equal((await lstat(pushFile())).mode & 0o777, 0o600);
    isUp = false;
    await receiver.close();
    open = open.filter((close) => close !== open[0]);

    const second = await openReceiver();
    open.unshift(() => second.close());
    const text = (await readFile(pushFile(), "utf8")).replaceAll(
      receiver.origin,
      second.origin,
    );
    await writeFile(pushFile(), text);
    await seat({ targets: [second.origin] }, await openLog(logFile));
    await second.until(isEnd);
    assert.deepEqual(generations(second), range(7, 13));
  });

  it("keep their secrets out of the log, the text log and error texts", async () => {
    const receiver = await receive(() => 500);
    const { client, table, close } = await seat({
      targets: [receiver.origin],
    });
    const secret = { token: SECRETS[0] };
    await client.call(
      "SendMessage",
      say("stream 2", { url: receiver.origin, ...secret }),
    );
    await receiver.until(() => true);
    await assert.rejects(
      client.call(
        "SendMessage",
        say("stream 3", { url: "http://192.0.2.1/", ...secret }),
      ),
      (error: unknown) =>
        error instanceof Refused &&
        !JSON.stringify(error.error).includes(SECRETS[0]),
    );
    const stored = JSON.stringify(table.log.read({}));
    await close();
    assert.doesNotMatch(stored, /T0ken/);
    assert.doesNotMatch(textLog.text(), /T0ken/);
  });

  it("are refused where no target is allowed, in a sentence that names the setting; the card says so", async () => {
    const { client, table } = await seat({ targets: [] });
    const { task } = (await client.call("SendMessage", say("echo x"))) as {
      task: Task;
    };
    const url = "https://example.org/";
    const off = refusedWith(-32003, /roundtable\.pushTargets/);
    const params = { taskId: task.id, id: "one", url };
    for (const method of ["Create", "Get", "Delete"])
      await assert.rejects(
        client.call(`${method}TaskPushNotificationConfig`, params),
        off,
      );
    await assert.rejects(
      client.call("ListTaskPushNotificationConfigs", params),
      off,
    );
    const head = table.log.head();
    await assert.rejects(
      client.call("SendMessage", say("echo y", { url })),
      off,
    );
    assert.equal(table.log.head(), head);
    const card = (await client.call("GetExtendedAgentCard", {})) as AgentCard;
    assert.equal(card.capabilities.pushNotifications, false);
    const on = await seat({ targets: [url] });
    const other = (await on.client.call(
      "GetExtendedAgentCard",
      {},
    )) as AgentCard;
    assert.equal(other.capabilities.pushNotifications, true);
  });

  it("go to no target that is not on the list, however it is spelled", async () => {
    const { client } = await seat({
      targets: ["https://ci.example.org", "http://127.0.0.1:7777"],
    });
    const { task } = (await client.call("SendMessage", say("echo x"))) as {
      task: Task;
    };
    for (const url of [
      "https://ci.example.org.evil.test/",
      "https://evil.test/?https://ci.example.org",
      "http://ci.example.org/",
      "https://ci.example.org:8443/",
      "https://user:pass@ci.example.org/",
      "https://ci.example.org@evil.test/",
      "http://127.0.0.1:7778/",
      "http://localhost:7777/",
      "http://[::1]:7777/",
      "http://[::ffff:127.0.0.1]:7777/",
      "ftp://127.0.0.1:7777/",
      "file:///etc/passwd",
      "/relative",
      "nonsense",
    ])
      await assert.rejects(
        client.call("CreateTaskPushNotificationConfig", {
          taskId: task.id,
          url,
        }),
        refusedWith(-32602, /"field":"url"/),
        url,
      );
    for (const token of ["a\r\nX-Evil: 1", "ümlaut", "x".repeat(5000)])
      await assert.rejects(
        client.call("CreateTaskPushNotificationConfig", {
          taskId: task.id,
          url: "http://127.0.0.1:7777/",
          token,
        }),
        refusedWith(-32602, /token/),
      );
  });

  it("go nowhere when a name that a pattern covers turns to a private address", async () => {
    const receiver = await receive();
    const answers = ["93.184.215.14", "127.0.0.1"];
    const { client, table } = await seat({
      targets: [`http://*.example.org:${receiver.port}`],
      resolve: () =>
        Promise.resolve([
          { address: answers.shift() ?? "127.0.0.1", family: 4 },
        ]),
    });
    const url = `http://hook.example.org:${receiver.port}/`;
    const { task } = (await client.call(
      "SendMessage",
      say("echo x", { url }),
    )) as { task: Task };
    while (table.hub.pushCounts().gaveUp === 0)
      await client.call("GetTask", { id: task.id });
    assert.deepEqual(receiver.got, []);
    await assert.rejects(
      client.call("CreateTaskPushNotificationConfig", { taskId: task.id, url }),
      refusedWith(-32602, /not on the public internet/),
    );
  });

  it("connect to the address that was judged, not to what the name says later", async () => {
    const receiver = await receive();
    const { client } = await seat({
      targets: [`http://hook.example.org:${receiver.port}`],
      resolve: () => Promise.resolve([{ address: "127.0.0.1", family: 4 }]),
    });
    // The system knows no such name: only the address that was handed on leads to the receiver.
    const url = `http://hook.example.org:${receiver.port}/`;
    await client.call("SendMessage", say("echo x", { url }));
    await receiver.until(isEnd);
    assert.equal(
      receiver.got[0]?.headers.host,
      `hook.example.org:${receiver.port}`,
    );
  });

  it("of a configuration that was removed are sent no more, and its owner finds the others in pages", async () => {
    const receiver = await receive();
    const { client, table } = await seat({ targets: [receiver.origin] });
    const { task } = (await client.call("SendMessage", say("hold"))) as {
      task: Task;
    };
    const ids = ["a", "b", "c"];
    for (const id of ids)
      await client.call("CreateTaskPushNotificationConfig", {
        taskId: task.id,
        id,
        url: `${receiver.origin}/${id}`,
      });
    const list = (more: object): Promise<unknown> =>
      client.call("ListTaskPushNotificationConfigs", {
        taskId: task.id,
        ...more,
      });
    const page = (await list({ pageSize: 2 })) as {
      configs: PushConfig[];
      nextPageToken: string;
    };
    const rest = (await list({ pageToken: page.nextPageToken })) as typeof page;
    assert.deepEqual(
      [...page.configs, ...rest.configs].map(({ id }) => id),
      ids,
    );
    assert.equal(rest.nextPageToken, "");
    await assert.rejects(list({ pageToken: "../" }), refusedWith(-32602, /./));
    await assert.rejects(list({ pageSize: 101 }), refusedWith(-32602, /./));

    for (let times = 0; times < 2; times += 1)
      await client.call("DeleteTaskPushNotificationConfig", {
        taskId: task.id,
        id: "b",
      });
    await assert.rejects(
      client.call("GetTaskPushNotificationConfig", {
        taskId: task.id,
        id: "b",
      }),
      refusedWith(-32001, /./),
    );
    table.worker.release();
    await receiver.until((got) => isEnd(got) && got.path === "/c");
    await receiver.until((got) => isEnd(got) && got.path === "/a");
    assert.ok(receiver.got.every(({ path }) => path !== "/b"));
  });

  it("survive a file that is damaged: it is set aside and said", async () => {
    await writeFile(pushFile(), "{ broken");
    const receiver = await receive();
    const { client } = await seat({ targets: [receiver.origin] });
    await client.call("SendMessage", say("echo x", { url: receiver.origin }));
    await receiver.until(isEnd);
    assert.match(textLog.text(), /set aside/);
    assert.equal(await readFile(`${pushFile()}.broken`, "utf8"), "{ broken");
  });
});

describe("the way to a receiver", { timeout: 60_000 }, () => {
  it("is tried with pauses that double to a minute, no two alike, and then no more", async () => {
    const pauses: number[] = [];
    const clock = {
      ...systemClock,
      after: (ms: number, signal?: AbortSignal): Promise<void> => {
        // The time limit of one try is not a pause.
        if (ms === 10_000) return systemClock.after(ms, signal);
        pauses.push(ms);
        return Promise.resolve();
      },
    };
    const receiver = await openReceiver(() => 503);
    const deliver = createDeliver({
      targets: createTargets([receiver.origin], () => Promise.resolve([])),
      clock,
      chance: systemChance(systemClock),
    });
    const posted = await deliver(
      { id: "a", taskId: "t", url: receiver.origin },
      "{}",
      new AbortController().signal,
      () => undefined,
    );
    await receiver.close();
    assert.deepEqual(posted, {
      ok: false,
      again: true,
      why: "it answered 503",
    });
    assert.equal(receiver.got.length, 12);
    assert.equal(pauses.length, 11);
    for (const [nth, pause] of pauses.entries()) {
      const most = Math.min(60_000, 500 * 2 ** nth);
      assert.ok(pause >= most / 2 && pause <= most, `${nth}: ${pause}`);
    }
  });

  it("is given up for now when the receiver does not answer in time", async () => {
    let limits = 0;
    const clock = {
      ...systemClock,
      after: (ms: number): Promise<void> => {
        if (ms === 10_000) limits += 1;
        return Promise.resolve();
      },
    };
    const hanging = await openReceiver();
    const deliver = createDeliver({
      targets: createTargets([hanging.origin], () => Promise.resolve([])),
      clock,
      chance: systemChance(systemClock),
    });
    const posted = await deliver(
      { id: "a", taskId: "t", url: hanging.origin },
      "{}",
      new AbortController().signal,
      () => undefined,
    );
    await hanging.close();
    assert.equal(limits, 12);
    assert.equal(posted.ok, false);
    assert.match(JSON.stringify(posted), /no answer within 10 s/);
  });

  it("leads to public addresses only where a pattern covers it", () => {
    for (const address of [
      "0.0.0.0",
      "10.1.2.3",
      "100.64.0.1",
      "127.0.0.1",
      "127.255.255.254",
      "169.254.169.254",
      "172.16.0.1",
      "172.31.255.255",
      "192.168.1.1",
      "198.18.0.1",
      "224.0.0.1",
      "255.255.255.255",
      "::",
      "::1",
      "::ffff:93.184.215.14",
      "::ffff:10.0.0.1",
      "64:ff9b::a00:1",
      "fc00::1",
      "fd12:3456::1",
      "fe80::1",
      "ff02::1",
      "2001:db8::1",
      "2002:7f00:1::",
      "localhost",
      "",
    ])
      assert.equal(isPublic(address), false, address);
    for (const address of [
      "1.1.1.1",
      "93.184.215.14",
      "172.32.0.1",
      "2606:4700:4700::1111",
    ])
      assert.equal(isPublic(address), true, address);
  });

  it("leads nowhere where a pattern covers a name and one of its addresses is private, whichever it is", async () => {
    const [open, closed] = ["93.184.215.14", "10.0.0.1"];
    for (const [addresses, ok] of [
      [[open], true],
      [[open, closed], false],
      [[closed, open], false],
    ] as const) {
      const targets = createTargets(["https://*.example.org"], () =>
        Promise.resolve(
          addresses.map((address) => ({ address, family: 4 as const })),
        ),
      );
      const admission = await targets.admit("https://hook.example.org/");
      assert.equal(admission.ok, ok, addresses.join());
    }
  });

  it("is listed as an origin or a pattern, and as nothing else", () => {
    const listed = (target: string): boolean =>
      Settings.safeParse({ pushTargets: [target] }).success;
    for (const target of [
      "https://ci.example.org",
      "http://127.0.0.1:8080",
      "http://[::1]:8080",
      "https://*.example.org",
      "https://*",
      "http://localhost:3000/",
    ])
      assert.ok(listed(target), target);
    for (const target of [
      "",
      "*",
      "ci.example.org",
      "ftp://ci.example.org",
      "https://ci.example.org/path",
      "https://user@ci.example.org",
      "https://ci.*.org",
    ])
      assert.ok(!listed(target), target);
  });
});
