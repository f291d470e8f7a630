/** Three hubs in three processes, started as in three terminals. */
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { JobOpened, JobShown, StatusReport } from "../../src/protocol/jobs.ts";
import { HubAddress } from "../../src/protocol/hub.ts";
import { PeersShown } from "../../src/protocol/peers.ts";
import { temporaryRepo } from "../adapters/git/temporaryRepo.ts";
import { start, type Running } from "../cli/terminal.ts";

interface Hub extends HubAddress {
  readonly terminal: Running;
  ask(method: string, params?: unknown): Promise<unknown>;
}

/** A hub that has connected to those it was told to connect to. */
async function startHub(
  top: string,
  args: readonly string[],
  shows: readonly string[],
): Promise<Hub> {
  const terminal = start(top, [
    ...["hub", "--model", "rehearsal", "--pace", "20", ...args],
  ]);
  await terminal.shows("\n");
  const [line = ""] = terminal.out().split("\n");
  const address = HubAddress.parse(JSON.parse(line));
  for (const text of shows) await terminal.shows(text);
  // What `curl -H @FILE` sends.
  const header = await readFile(
    address.tokenFile.replace(/[^/\\]*$/, "authorization"),
    "utf8",
  );
  const [name = "", value = ""] = header.trim().split(": ");
  return {
    ...address,
    terminal,
    async ask(method, params) {
      const response = await fetch(`${address.url}/rpc`, {
        method: "POST",
        headers: { [name]: value, "content-type": "application/json" },
        body: JSON.stringify({ jsonrpc: "2.0", id: 1, method, params }),
      });
      const { result, error } = (await response.json()) as {
        readonly result?: unknown;
        readonly error?: unknown;
      };
      assert.equal(error, undefined);
      return result;
    },
  };
}

/** `message/send` of A2A 0.3; the text of the artifact it leads to. */
async function say(hub: Hub, text: string): Promise<string> {
  const task = (await hub.ask("message/send", {
    message: {
      kind: "message",
      messageId: text,
      role: "user",
      parts: [{ kind: "text", text }],
    },
  })) as { readonly artifacts?: { readonly parts: { text?: string }[] }[] };
  return task.artifacts?.[0]?.parts[0]?.text ?? "";
}

async function jobAt(hub: Hub, room: string): Promise<JobShown> {
  return JobShown.parse(await hub.ask("peers/job", { room }));
}

test("three hubs share work, report as one, go on without the coordinator, and it catches up when it is back", async () => {
  using repo = temporaryRepo();
  const of = (name: string): string[] => ["--repo", repo.root, "--name", name];
  const hubs: Hub[] = [];
  const open = async (
    name: string,
    to: readonly Hub[],
    ...shows: readonly string[]
  ): Promise<Hub> => {
    const urls = to.map(({ url }) => url).join(",");
    const connect = urls === "" ? [] : ["--connect", urls];
    const hub = await startHub(
      repo.top,
      [...of(name), ...connect, "--scopes", "observe,message,vote"],
      [...to.map((one) => `Connected to ${one.name}:`), ...shows],
    );
    hubs.push(hub);
    return hub;
  };
  try {
    const a = await open("Server-A", []);
    const b = await open("Server-B", [a]);
    const c = await open("Server-C", [a, b]);

    // Pinned by the words of a real pairing, each at both.
    for (const hub of [a, b, c]) {
      const { peers } = PeersShown.parse(await hub.ask("peers/list"));
      assert.deepEqual(
        peers.map(({ state, scopes }) => [state, ...scopes]),
        [1, 2].map(() => ["connected", "observe", "message", "vote"]),
      );
    }

    const gathered = await say(a, "coordinate One; Two; Three");
    for (const part of ["One", "Two", "Three"])
      assert.match(gathered, new RegExp(`## ${part}\nServer-[ABC]/`));
    // Every monitor sees every completion event, and the end.
    for (const { terminal } of [a, b, c])
      for (const part of ["p1", "p2", "p3"])
        await terminal.shows(`${part} done by Server-`);

    const report = await say(c, "status report");
    assert.match(report, /^Server-C: this hub; 0 open missions, /);
    assert.match(report, /\nServer-A: connected, \d+ ms away; .*architect/);
    assert.match(report, /\nServer-B: connected, /);
    const { hubs: told } = StatusReport.parse(
      await b.ask("peers/statusReport"),
    );
    assert.equal(told.length, 3);

    // A job of its coordinator's own home, which is gone in the middle of it.
    const { room } = JobOpened.parse(
      await c.ask("peers/coordinate", {
        goal: "1. one 2. two 3. three 4. four 5. five 6. six 7. seven",
        hubs: ["Server-A", "Server-B"],
      }),
    );
    await a.terminal.shows(`Job ${room.slice(-6)}: p1 given`);
    await b.terminal.shows(`Job ${room.slice(-6)}: p2 given`);
    c.terminal.child.kill("SIGKILL");
    await c.terminal.ended;
    await a.terminal.shows(`Job ${room.slice(-6)}: done.`);
    await b.terminal.shows(`Job ${room.slice(-6)}: done.`);
    const done = await jobAt(a, room);
    assert.notEqual(done.coordinator?.name, "Server-C");
    assert.ok((done.coordinator?.term ?? 0) > 1);
    assert.deepEqual(
      done.parts.map(({ state }) => state),
      Array.from({ length: 7 }, () => "done"),
    );

    // Back under its name it has what it missed.
    const back = await open("Server-C", [], `Job ${room.slice(-6)}: done.`);
    assert.equal((await jobAt(back, room)).text, done.text);
    assert.equal((await jobAt(b, room)).text, done.text);
  } finally {
    for (const { terminal } of hubs) terminal.child.kill("SIGTERM");
    await Promise.all(hubs.map(({ terminal }) => terminal.ended));
  }
});
