import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { after, before, describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { withCurl } from "./curl.ts";
import { seatAgent } from "./scriptedAgent.ts";
import type { Table } from "./table.ts";
import { openTable } from "./table.ts";

const DOCS = fileURLToPath(new URL("../../docs/a2a.md", import.meta.url));

interface Part {
  readonly [name: string]: unknown;
}
interface Answer {
  readonly result: {
    readonly kind: string;
    readonly status: { readonly state: string };
    readonly artifacts: readonly { readonly parts: readonly Part[] }[];
    readonly history: readonly { readonly parts: readonly Part[] }[];
    readonly metadata: { readonly agentId: string };
  };
  readonly error?: { readonly code: number };
}

describe("clients from before A2A 0.3", { timeout: 60_000 }, () => {
  let table: Table;
  before(async () => {
    table = await openTable();
  });
  after(() => table.close());

  async function post(
    method: string,
    message: unknown,
    path = "/",
  ): Promise<string> {
    const response = await fetch(`${table.address.url}${path}`, {
      method: "POST",
      headers: {
        authorization: `Bearer ${table.address.token}`,
        "content-type": "application/json",
      },
      body: JSON.stringify({
        jsonrpc: "2.0",
        id: 1,
        method,
        params: { message },
      }),
    });
    return response.text();
  }

  const say = (...parts: readonly Part[]): unknown => ({ role: "user", parts });

  it("are answered in kind, at the root and at each address of JSON-RPC", async () => {
    for (const path of ["/", "/rpc", "/agents/worker/rpc"]) {
      const message = say({ type: "text", content: "echo hello" });
      const { result } = JSON.parse(
        await post("message/send", message, path),
      ) as Answer;
      assert.equal(result.kind, "task");
      assert.equal(result.status.state, "completed");
      assert.deepEqual(result.artifacts[0]?.parts, [
        { type: "text", content: "hello" },
      ]);
      assert.deepEqual(result.history[0]?.parts, [
        { type: "text", content: "echo hello" },
      ]);
    }
  });

  it("may put text in text, and send files and data", async () => {
    const parts = [
      { type: "text", text: "echo x" },
      { type: "file", file: { bytes: "aGk=", name: "hi.txt" } },
      { type: "data", data: [1, { a: 2 }] },
    ];
    const { result } = JSON.parse(
      await post("message/send", say(...parts)),
    ) as Answer;
    assert.deepEqual(result.history[0]?.parts, [
      { type: "text", content: "echo x" },
      ...parts.slice(1),
    ]);
  });

  it("get their stream in the same words", async () => {
    const message = say({ type: "text", content: "stream 2" });
    const events = (await post("message/stream", message))
      .split("\n")
      .filter((line) => line.startsWith("data: "));
    assert.equal(events.length, 5);
    assert.match(events[2] ?? "", /"parts":\[\{"type":"text","content":"0 "\}/);
    assert.match(events[4] ?? "", /"state":"completed".*"final":true/);
  });

  it("say the same thing twice when they send it twice without an id, and once with one", async () => {
    const ids = async (message: unknown): Promise<number> => {
      const executed = table.worker.executed.length;
      await post("message/send", message);
      await post("message/send", message);
      return table.worker.executed.length - executed;
    };
    const part = { type: "text", content: "echo again" };
    assert.equal(await ids(say(part)), 2);
    assert.equal(
      await ids({ messageId: "one", role: "user", parts: [part] }),
      1,
    );
  });

  it("are told by field what does not fit", async () => {
    for (const message of [
      say({ type: "text" }),
      say({ type: "text", content: 7 }),
      say({ type: "text", content: "a", text: "b" }),
      say({ type: "nothing", content: "x" }),
      { role: "system", parts: [{ type: "text", content: "x" }] },
    ]) {
      const answer = await post("message/send", message);
      const { error } = JSON.parse(answer) as Answer;
      assert.equal(error?.code, -32602);
      assert.match(answer, /"field":"message\.(parts|role)/);
    }
  });
});

describe("the curl lines of docs/a2a.md", { timeout: 60_000 }, () => {
  let table: Table;
  let dir: string;
  let blocks: readonly string[];
  let path: string;
  before(async () => {
    table = await openTable();
    await seatAgent(table.hub.connectInProcess(), "planner");
    dir = await mkdtemp(join(tmpdir(), "roundtable-curl-"));
    const document = await readFile(DOCS, "utf8");
    blocks = [...document.matchAll(/```sh\n([^]*?)```/g)].map(
      ([, block = ""]) => block,
    );
    const curl = await withCurl(dir);
    path = curl.path;
    if (!curl.isReal)
      console.warn(
        "curl is not installed: the lines of docs/a2a.md run on a stand-in over fetch",
      );
  });
  after(async () => {
    await table.close();
    await rm(dir, { recursive: true, force: true });
  });

  /** Runs a block after the one that sets up. */
  async function run(block: string): Promise<string> {
    const child = spawn("sh", ["-euc", `${blocks[0] ?? ""}\n${block}`], {
      env: { PATH: path, HUB_FILE: table.address.tokenFile },
      stdio: ["ignore", "pipe", "pipe"],
    });
    const [out, trouble] = await Promise.all([
      text(child.stdout),
      text(child.stderr),
    ]);
    assert.equal(trouble, "");
    return out;
  }

  it("work as they are written, and keep the token out of the arguments of processes", async () => {
    const [
      ,
      early = "",
      before03 = "",
      rpc = "",
      rest = "",
      list = "",
      stream = "",
      ...more
    ] = blocks;
    assert.deepEqual(more, []);
    const { result: first } = JSON.parse(await run(early)) as Answer;
    assert.deepEqual(first.artifacts[0]?.parts, [
      { type: "text", content: "heard What is in this folder?" },
    ]);
    const { result: second } = JSON.parse(await run(before03)) as Answer;
    assert.deepEqual(second.artifacts[0]?.parts, [
      { kind: "text", text: "heard What comes first?" },
    ]);
    assert.equal(second.metadata.agentId, "planner");
    const third = await run(rpc);
    assert.match(third, /"text":"heard What comes next\?"/);
    assert.match(third, /TASK_STATE_COMPLETED/);
    assert.match(await run(rest), /"text":"heard And then\?"/);
    assert.match(await run(list), /"totalSize":1.*"text":"heard And then\?"/);
    assert.match(await run(stream), /^data: \{"statusUpdate".*COMPLETED/m);
    const [, auth = ""] = blocks[0]?.split("\n") ?? [];
    assert.match(auth, /^auth\(\) \{ sed /);
    for (const block of blocks.slice(1))
      assert.ok(block.includes("auth | curl -sS"), block);
  });
});
