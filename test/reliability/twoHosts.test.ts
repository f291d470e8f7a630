import assert from "node:assert/strict";
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { copyFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { type Discovered, readDiscovery } from "../../src/hub/discovery.ts";
import { temporaryRepo } from "../adapters/git/temporaryRepo.ts";
import {
  type EnvelopeClient,
  openEnvelopeClient,
} from "../hub/messaging/envelopeClient.ts";
import { Refused } from "../hub/webSocketClient.ts";

interface Host {
  readonly child: ChildProcess;
  /** What it says first. */
  readonly said: Promise<Said>;
}

type Said =
  | { readonly tokenFile: string; readonly problem?: undefined }
  | {
      readonly problem: {
        readonly code: string;
        readonly message: string;
        readonly next: string;
      };
    };

function startHost(
  t: TestContext,
  storage: string,
  root: string,
  wait = "",
): Host {
  const child = fork(join(import.meta.dirname, "hostChild.ts"), [
    storage,
    root,
    wait,
  ]);
  const ended = once(child, "exit");
  t.after(async () => {
    child.kill("SIGKILL");
    await ended;
  });
  const said = once(child, "message").then(([words]) => words as Said);
  return { child, said };
}

async function addressOf({ said }: Host): Promise<Discovered> {
  const words = await said;
  assert.ok(words.problem === undefined, JSON.stringify(words));
  return readDiscovery(words.tokenFile);
}

function keep(client: EnvelopeClient, id: string): Promise<unknown> {
  return client.call("envelope/send", {
    header: { id, to: "topic:kept", durable: true },
    payload: id,
  });
}

/** Makes the hub write to its log: work that nobody here can do has an end all the same. */
function work(client: EnvelopeClient, messageId: string): Promise<unknown> {
  return client.call("SendMessage", {
    message: { messageId, role: "ROLE_USER", parts: [{ text: "x" }] },
  });
}

test(
  "of two hosts over one storage one writes: the other is refused or waits, takes over with all that waits, and the one before cannot write any more",
  { timeout: 120_000 },
  async (t) => {
    const repo = temporaryRepo();
    t.after(() => {
      repo[Symbol.dispose]();
    });
    const storage = join(repo.top, "storage");
    const start = (wait = ""): Host => startHost(t, storage, repo.root, wait);

    const first = start();
    const atFirst = await openEnvelopeClient(await addressOf(first));
    await atFirst.call("envelope/subscribe", { topics: ["kept"], name: "n" });
    await atFirst.call("envelope/unsubscribe", {});
    await keep(atFirst, "one");
    await work(atFirst, "w1");

    await t.test(
      "who does not wait is told why, also while the writer is stopped",
      async () => {
        const refused = async (): Promise<void> => {
          const { problem } = await start().said;
          assert.equal(problem?.code, "log-busy");
          assert.match(
            `${problem.message} ${problem.next}`,
            /another window or terminal.*go on there|close it/is,
          );
        };
        await refused();
        first.child.kill("SIGSTOP");
        await refused();
        first.child.kill("SIGCONT");
        await keep(atFirst, "two");
        await work(atFirst, "w2");
      },
    );

    const second = start("wait");
    let address: Discovered;
    await t.test(
      "who waits takes over when the writer is killed, with what was acknowledged",
      async () => {
        await keep(atFirst, "three");
        first.child.kill("SIGKILL");
        address = await addressOf(second);
        const client = await openEnvelopeClient(address);
        await client.call("envelope/subscribe", {
          topics: ["kept"],
          name: "n",
        });
        for (const id of ["one", "two", "three"])
          assert.equal((await client.messages.next()).payload, id);
        await work(client, "w3");
        await client.close();
      },
    );

    await t.test(
      "a writer that stood still while its files became another's writes nothing when it goes on",
      async () => {
        const stale = await openEnvelopeClient(address);
        await work(stale, "w4");
        second.child.kill("SIGSTOP");
        // The lock is the system's and outlives a pause: only who takes the files away can make two writers.
        await rm(join(storage, "log.db.lock"));
        await copyFile(join(storage, "mailbox.db"), join(storage, "copy"));
        await copyFile(
          join(storage, "mailbox.db-wal"),
          join(storage, "copy-wal"),
        ).catch(() => undefined);
        await rename(join(storage, "copy"), join(storage, "mailbox.db"));
        await rename(
          join(storage, "copy-wal"),
          join(storage, "mailbox.db-wal"),
        ).catch(() => undefined);
        const third = start();
        const client = await openEnvelopeClient(await addressOf(third));
        await keep(client, "four");
        await work(client, "w5");

        second.child.kill("SIGCONT");
        await assert.rejects(keep(stale, "five"), Refused);
        await assert.rejects(work(stale, "w6"), Refused);
        await keep(client, "six");
        await work(client, "w7");
        const told = JSON.stringify(
          await client.call("ListTasks", {
            includeArtifacts: true,
            historyLength: 10,
          }),
        );
        for (const id of ["w1", "w2", "w3", "w4", "w5", "w7"])
          assert.ok(told.includes(`"messageId":"${id}"`), id);
        assert.ok(!told.includes('"messageId":"w6"'));
        stale.socket.terminate();
        await client.close();
      },
    );
    atFirst.socket.terminate();
  },
);
