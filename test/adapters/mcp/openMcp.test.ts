import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";
import { test, type TestContext } from "node:test";
import { fileURLToPath } from "node:url";
import { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";
import { StreamableHTTPServerTransport } from "@modelcontextprotocol/sdk/server/streamableHttp.js";
import type { McpServerConfig } from "../../../src/adapters/mcp/config.ts";
import { openMcp } from "../../../src/adapters/mcp/openMcp.ts";
import { isProblem } from "../../../src/core/errors.ts";
import type { McpTools, TextLog } from "../../../src/ports.ts";

const never = new AbortController().signal;
const quiet: TextLog = {
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};
const root = path.resolve(import.meta.dirname, "../../..");

const everything: McpServerConfig = {
  name: "everything",
  kind: "stdio",
  command: process.execPath,
  args: [
    fileURLToPath(
      import.meta
        .resolve("@modelcontextprotocol/server-everything/dist/index.js"),
    ),
    "stdio",
  ],
  env: {},
  cwd: root,
};
const changing: McpServerConfig = {
  ...everything,
  name: "changing",
  args: [path.join(import.meta.dirname, "changingServer.ts")],
  env: { GIVEN: "yes" },
};

function open(
  t: TestContext,
  configs: readonly McpServerConfig[],
  timeouts = { connectMs: 20_000, callMs: 20_000 },
): McpTools {
  const mcp = openMcp({
    configs,
    clientInfo: { name: "roundtable-test", version: "0.0.0" },
    textLog: quiet,
    timeouts,
  });
  t.after(() => mcp.dispose());
  return mcp;
}

test("a server on stdio is started when first needed, and its tools really called", async (t) => {
  const mcp = open(t, [everything]);
  const tools = await mcp.list(never);
  const echo = tools.find(({ name }) => name === "everything/echo");
  assert.equal(echo?.server, "everything");
  assert.match(echo.definitionHash, /^[0-9a-f]{64}$/);
  const said = await mcp.call("everything/echo", { message: "tea" }, never);
  assert.deepEqual(said, { ok: true, text: "Echo: tea" });
  const sum = tools.find(({ name }) => /sum|add/.test(name));
  assert.ok(sum !== undefined);
  const added = await mcp.call(sum.name, { a: 2, b: 40 }, never);
  assert.match(added.text, /42/);
  assert.deepEqual(mcp.problems(), []);
});

test("input the server refuses is a no, not an error", async (t) => {
  const mcp = open(t, [everything]);
  const said = await mcp.call("everything/echo", { message: 1 }, never);
  assert.equal(said.ok, false);
});

test("a tool that redefines itself has another hash, and nothing of our environment", async (t) => {
  process.env["ROUNDTABLE_TEST_SECRET"] = "x";
  t.after(() => {
    delete process.env["ROUNDTABLE_TEST_SECRET"];
  });
  const mcp = open(t, [changing]);
  const hashNow = async (): Promise<string | undefined> =>
    (await mcp.list(never)).find(({ name }) => name === "changing/environment")
      ?.definitionHash;
  const before = await hashNow();
  const said = await mcp.call("changing/environment", {}, never);
  assert.match(said.text, /GIVEN/);
  assert.doesNotMatch(said.text, /ROUNDTABLE_TEST_SECRET/);
  const after = await hashNow();
  assert.ok(before !== undefined && after !== undefined);
  assert.notEqual(after, before);
});

test("a call can be given up, and takes no longer than it may", async (t) => {
  const mcp = open(t, [changing], { connectMs: 20_000, callMs: 300 });
  await mcp.list(never);
  await assert.rejects(mcp.call("changing/hang", {}, never), (error: unknown) =>
    isProblem(error, "mcp-failed"),
  );
  const stop = new AbortController();
  const call = mcp.call("changing/hang", {}, stop.signal);
  stop.abort(new Error("enough"));
  await assert.rejects(call, /enough/);
});

test("a server that ends is started again, a few times", async (t) => {
  const mcp = open(t, [changing]);
  for (let deaths = 1; deaths <= 3; deaths += 1) {
    assert.equal((await mcp.list(never)).length, 3);
    await assert.rejects(mcp.call("changing/die", {}, never));
  }
  assert.deepEqual(await mcp.list(never), []);
  assert.equal(mcp.problems()[0]?.server, "changing");
});

test("a server that cannot be used is a problem with a reason, and the others work", async (t) => {
  const mcp = open(t, [
    { name: "odd", kind: "unusable", why: "It is odd." },
    { ...everything, name: "gone", command: "/no/such/program" },
    {
      ...everything,
      name: "silent",
      args: ["-e", "console.error('I am broken'); process.exit(3)"],
    },
    changing,
  ]);
  const tools = await mcp.list(never);
  assert.equal(tools.length, 3);
  assert.deepEqual(
    mcp.problems().map(({ server }) => server),
    ["odd", "gone", "silent"],
  );
  assert.match(mcp.problems()[2]?.message ?? "", /I am broken/);
  await assert.rejects(mcp.call("nobody/tool", {}, never), (error: unknown) =>
    isProblem(error, "mcp-failed"),
  );
});

test("a server behind HTTP is called with its headers", async (t) => {
  const seen: unknown[] = [];
  const http = createServer((request, response) => {
    seen.push(request.headers["x-key"]);
    const server = new McpServer({ name: "web", version: "1.0.0" });
    server.registerTool("hello", { description: "Greets." }, () => ({
      content: [{ type: "text", text: "hello" }],
    }));
    const transport = new StreamableHTTPServerTransport({
      enableJsonResponse: true,
    });
    void server
      .connect(transport as Parameters<typeof server.connect>[0])
      .then(() => transport.handleRequest(request, response));
  });
  await new Promise<void>((resolve) => {
    http.listen(0, "127.0.0.1", resolve);
  });
  t.after(() => {
    http.closeAllConnections();
    http.close();
  });
  const { port } = http.address() as AddressInfo;
  const mcp = open(t, [
    {
      name: "web",
      kind: "http",
      url: `http://127.0.0.1:${String(port)}/mcp`,
      headers: { "x-key": "k" },
    },
  ]);
  assert.deepEqual(
    (await mcp.list(never)).map(({ name }) => name),
    ["web/hello"],
  );
  assert.equal((await mcp.call("web/hello", {}, never)).text, "hello");
  assert.ok(seen.length > 0 && seen.every((key) => key === "k"));
});
