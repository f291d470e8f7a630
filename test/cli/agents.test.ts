import assert from "node:assert/strict";
import { test } from "node:test";
import { AgentsList, IssuedToken } from "../../src/protocol/hub.ts";
import { temporaryRepo } from "../adapters/git/temporaryRepo.ts";
import { openTable } from "../hub/table.ts";
import { seatAgent } from "../hub/scriptedAgent.ts";
import { openSocket, transportOf } from "../hub/webSocketClient.ts";
import { run, start } from "./terminal.ts";

test("the terminal shows who sits at a running hub, gives out and takes back tokens, and lets servers elsewhere join and leave", async (t) => {
  using repo = temporaryRepo();
  const far = await openTable();
  t.after(() => far.close());
  const hub = start(
    repo.top,
    ["hub", "--repo", repo.root, "--model", "none", "--json"],
    { FAR_TOKEN: far.address.token },
  );
  t.after(() => hub.child.kill("SIGKILL"));
  await hub.shows("\n");
  const agents = (...args: readonly string[]): ReturnType<typeof run> =>
    run(repo.top, ["agents", ...args, "--repo", repo.root]);
  const seated = async (...args: readonly string[]): Promise<string[]> =>
    AgentsList.parse(
      JSON.parse((await agents("--json", ...args)).out),
    ).agents.map(({ agentId }) => agentId);

  const token = await agents("token", "guest", "--days", "2");
  assert.match(token.out, /^[\w-]{43}\n$/);
  assert.match(token.err, /not shown again/);
  const { wsUrl } = JSON.parse(hub.out()) as { readonly wsUrl: string };
  const socket = await openSocket(wsUrl, token.out.trim());
  await seatAgent(transportOf(socket), "guest", { role: "guest" });
  assert.deepEqual(await seated("--role", "g*"), ["guest"]);
  const shown = await agents();
  assert.match(shown.out, /guest +guest, on a socket, ready, 0 of 64 tasks/);
  assert.match(shown.out, /planner +planner, in the hub/);
  assert.match((await agents("--skill", "none-such")).out, /Nobody here fits/);

  const closed = new Promise((resolve) => socket.once("close", resolve));
  assert.equal((await agents("revoke", "guest")).code, 0);
  assert.equal(await closed, 4001);
  const again = await agents("revoke", "guest");
  assert.equal(again.code, 2);
  assert.match(again.err, /no token was issued/);

  const cardUrl = `${far.address.url}/agents/worker/.well-known/agent-card.json`;
  const joined = await agents(
    ...["join", cardUrl, "--as", "helper", "--with-role", "help"],
    ...["--token-env", "FAR_TOKEN"],
  );
  assert.equal(joined.out, "worker sits here as helper.\n", joined.err);
  assert.deepEqual(await seated("--role", "help"), ["helper"]);
  assert.equal((await agents("leave", "helper")).code, 0);
  assert.deepEqual(await seated("--role", "help"), []);

  const bad = [
    [["join", "ftp://x/card"], /https/],
    [["join", cardUrl, "--token-env", "1bad"], /tokenFrom/],
    [["join", cardUrl, "--key", "/nowhere.jwk"], /no public key/],
    [["token", "No Name"], /no agent's id/],
    [["token", "guest", "--days", "0"], /1 to 3650/],
    [["--hub", "/none/hub.json"], /no hub at/],
  ] as const;
  await Promise.all(
    bad.map(async ([args, what]) => {
      const { code, err } = await agents(...args);
      assert.equal(code, 2, args.join(" "));
      assert.match(err, what);
    }),
  );
  const issued = IssuedToken.parse(
    JSON.parse((await agents("token", "guest", "--json")).out),
  );
  assert.equal(issued.agentId, "guest");
});

test("without a hub that runs, the terminal lists who would sit at the table and says how to start one", async () => {
  using repo = temporaryRepo();
  const args = ["--repo", repo.root];
  const listed = await run(repo.top, ["agents", ...args]);
  assert.match(listed.out, /^Architect +architect/m);
  assert.equal(listed.code, 0);
  const refused = await run(repo.top, ["agents", "token", "guest", ...args]);
  assert.equal(refused.code, 2);
  assert.match(refused.err, /roundtable hub/);
});
