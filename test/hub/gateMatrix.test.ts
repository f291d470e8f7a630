import assert from "node:assert/strict";
import { connect } from "node:net";
import { after, before, describe, it } from "node:test";
import { BARE_CARD_PATH, judge } from "../../src/hub/gate.ts";
import { callHub } from "../../src/hub/callHub.ts";
import { type Identity, OWNER } from "../../src/hub/outside/identity.ts";
import { ROUTES } from "../../src/hub/routes.ts";
import { WS_PATH } from "../../src/hub/server.ts";
import { IssuedToken } from "../../src/protocol/hub.ts";
import type { Table } from "./table.ts";
import { openTable } from "./table.ts";

const METHODS = ["GET", "POST", "DELETE", "PUT", "PATCH", "OPTIONS", "HEAD"];
const TAKEN = new Set(["GET", "POST", "DELETE"]);

type Values = readonly string[];
/** Header values by name, with whether the gate lets them pass. */
type Choices = Readonly<Record<string, readonly [ok: boolean, Values]>>;

const HOSTS: Choices = {
  ours: [true, ["127.0.0.1:1"]],
  none: [false, []],
  rebound: [false, ["evil.test:1"]],
  byName: [false, ["localhost:1"]],
  withoutPort: [false, ["127.0.0.1"]],
  longer: [false, ["127.0.0.1.evil.test:1"]],
  otherPort: [false, ["127.0.0.1:2"]],
  twice: [false, ["127.0.0.1:1", "127.0.0.1:1"]],
};
const ORIGINS: Choices = {
  absent: [true, []],
  evil: [false, ["https://evil.test"]],
  null: [false, ["null"]],
  ours: [false, ["http://127.0.0.1:1"]],
};
const SITES: Choices = {
  absent: [true, []],
  none: [true, ["none"]],
  cross: [false, ["cross-site"]],
};
const TOKENS: Choices = {
  right: [true, ["right"]],
  mayAsk: [true, ["mayAsk"]],
  mayNotAsk: [true, ["mayNotAsk"]],
  absent: [false, []],
  wrong: [false, ["wrong"]],
  twice: [false, ["right", "right"]],
};
const TYPES: Choices = {
  json: [true, ["application/json"]],
  a2a: [true, ["application/a2a+json; charset=utf-8"]],
  absent: [false, []],
  form: [false, ["text/plain"]],
  twice: [false, ["application/json", "application/json"]],
};

/** Whose tokens they are. */
const OWNERS: ReadonlyMap<string, Identity> = new Map<string, Identity>([
  ["right", OWNER],
  ["mayAsk", { kind: "agent", agentId: "x", mayAsk: true }],
  ["mayNotAsk", { kind: "agent", agentId: "x", mayAsk: false }],
]);
/** What no agent is told over HTTP, whatever its token. */
const FOR_THE_OWNER = new Set(["/health", "/status", "/metrics"]);

/** An agent's token opens its socket; HTTP only where it may ask, and only what is not the owner's. */
function scopeFits(
  kind: "http" | "upgrade",
  url: string,
  [shown = ""]: Values,
): boolean {
  const identity = OWNERS.get(shown);
  if (identity?.kind !== "agent" || kind === "upgrade") return true;
  return identity.mayAsk && !FOR_THE_OWNER.has(url);
}

const PATHS = [
  ...new Set(
    [
      ...ROUTES.map((route) => route.split(" ")[1] ?? ""),
      WS_PATH,
      "/nowhere",
    ].map((path) =>
      path.replace("{agent}", "worker").replaceAll(/\{\w+\}/g, "x"),
    ),
  ),
];

describe(
  "the gate at every route the router knows",
  { timeout: 60_000 },
  () => {
    it("judges method × host × origin × fetch site × token × content type as specified, over HTTP and upgrade", () => {
      let judged = 0;
      for (const kind of ["http", "upgrade"] as const)
        for (const url of PATHS)
          for (const method of METHODS)
            for (const [hostFits, host] of Object.values(HOSTS))
              for (const [originFits, origin] of Object.values(ORIGINS))
                for (const [siteFits, site] of Object.values(SITES))
                  for (const [tokenFits, authorization] of Object.values(
                    TOKENS,
                  ))
                    for (const [typeIsJson, type] of Object.values(TYPES)) {
                      const headers = new Map<string, Values>();
                      if (host.length > 0) headers.set("host", host);
                      if (origin.length > 0) headers.set("origin", origin);
                      if (site.length > 0) headers.set("sec-fetch-site", site);
                      if (type.length > 0) headers.set("content-type", type);
                      if (authorization.length > 0)
                        headers.set("authorization", authorization);
                      const verdict = judge(
                        { kind, method, url, headers },
                        {
                          host: "127.0.0.1:1",
                          accepts: (shown) => OWNERS.get(shown),
                          takes: () => true,
                        },
                      );
                      const methodFits =
                        kind === "http" ? TAKEN.has(method) : method === "GET";
                      const isBareCard =
                        kind === "http" &&
                        method === "GET" &&
                        url === BARE_CARD_PATH &&
                        authorization.length === 0;
                      const passes =
                        methodFits &&
                        hostFits &&
                        originFits &&
                        siteFits &&
                        (typeIsJson ||
                          (type.length === 0 && method !== "POST")) &&
                        ((tokenFits && scopeFits(kind, url, authorization)) ||
                          isBareCard);
                      judged += 1;
                      if (verdict.pass === passes) continue;
                      assert.fail(
                        `${kind} ${method} ${url} ${JSON.stringify([...headers])} passes: ${String(verdict.pass)}`,
                      );
                    }
      assert.equal(
        judged,
        2 * PATHS.length * METHODS.length * 8 * 4 * 3 * 6 * 5,
      );
      assert.ok(PATHS.length > 30);
    });

    describe("on a socket", () => {
      let table: Table;
      let host: string;
      before(async () => {
        table = await openTable();
        host = new URL(table.address.url).host;
      });
      after(() => table.close());

      /** The status of one request by hand. */
      async function statusOf(
        route: string,
        headers: readonly string[],
      ): Promise<number> {
        const socket = connect(Number(host.split(":")[1]), "127.0.0.1");
        const body = route.startsWith("POST")
          ? ["Content-Type: application/json", "Content-Length: 2", "", "{}"]
          : ["", ""];
        socket.write(
          [`${route} HTTP/1.1`, `Host: ${host}`, ...headers, ...body].join(
            "\r\n",
          ),
        );
        let text = "";
        for await (const chunk of socket) {
          text += String(chunk);
          if (text.includes("\r\n")) break;
        }
        socket.destroy();
        return Number(text.split(" ")[1]);
      }

      it("answers every route to who has the token, and to nobody else", async () => {
        const token = `Authorization: Bearer ${table.address.token}`;
        for (const route of ROUTES) {
          const here = route
            .replace("{agent}", "worker")
            .replaceAll(/\{\w+\}/g, "x");
          const isBareCard = here === `GET ${BARE_CARD_PATH}`;
          assert.notEqual(await statusOf(here, [token]), 401, here);
          assert.equal(await statusOf(here, []), isBareCard ? 200 : 401, here);
          for (const extra of [
            "Origin: https://evil.test",
            "Sec-Fetch-Site: cross-site",
            "Authorization: Bearer wrong",
            `Host: ${host}`,
          ])
            assert.equal(await statusOf(here, [token, extra]), 401, here);
        }
      });

      it("answers an agent's token where it may ask, but for what is the owner's, and nowhere where it may not", async () => {
        const tokenOf = async (mayAsk: boolean): Promise<string> => {
          const agentId = mayAsk ? "asks" : "works";
          const issued = IssuedToken.parse(
            await callHub(table.address, "agents/issueToken", {
              agentId,
              mayAsk,
            }),
          );
          return `Authorization: Bearer ${issued.token}`;
        };
        const asks = await tokenOf(true);
        const works = await tokenOf(false);
        for (const route of ROUTES) {
          const here = route
            .replace("{agent}", "worker")
            .replaceAll(/\{\w+\}/g, "x");
          const status = await statusOf(here, [asks]);
          const isOwners = FOR_THE_OWNER.has(here.split(" ")[1] ?? "");
          assert.equal(status === 401, isOwners, here);
          assert.equal(await statusOf(here, [works]), 401, here);
        }
      });

      it("refuses every method but three, whoever asks", async () => {
        const token = `Authorization: Bearer ${table.address.token}`;
        for (const method of METHODS.filter((one) => !TAKEN.has(one)))
          for (const path of PATHS)
            assert.equal(
              await statusOf(`${method} ${path}`, [token]),
              401,
              `${method} ${path}`,
            );
      });

      it("upgrades at one path only", async () => {
        const token = `Authorization: Bearer ${table.address.token}`;
        const upgrade = [
          "Connection: Upgrade",
          "Upgrade: websocket",
          "Sec-WebSocket-Version: 13",
          "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
          "Sec-WebSocket-Protocol: a2a.v1",
        ];
        for (const path of PATHS) {
          const route = `GET ${path}`;
          assert.equal(await statusOf(route, upgrade), 401, path);
          assert.equal(
            await statusOf(route, [...upgrade, token]),
            path === WS_PATH ? 101 : 404,
            path,
          );
        }
      });
    });
  },
);
